public import Subprocesses

extension ProgramReward {
  /// The function `function` of the Python file at `path`, called by a small adapter that speaks the protocol.
  ///
  /// | the function's parameters | it is called with |
  /// |---|---|
  /// | `data_source, solution_str, ground_truth, extra_info`, or `**kwargs` | these, as verl does |
  /// | some of `response`, `ground_truth`, `task_metadata` | the response, the answer, `extra_info` |
  /// | some of `prompt`, `response` | these |
  /// | `completions` and others of TRL | lists of one, the row's `extra_info` as further columns |
  /// | others without a default | refused at start |
  ///
  /// `arguments`, an object of JSON, are given by name beside these, as verl's `reward_kwargs`.
  ///
  /// It returns a number, a boolean, None, or a dictionary with `score`; a coroutine is run. What it prints goes to
  /// standard errors. The folder of the file is on Python's path.
  ///
  /// - Throws: ``SubprocessError`` where there is no such interpreter.
  public static func python(
    path: String, function: String, interpreter: String = "python3", arguments: String = "{}"
  ) throws(SubprocessError) -> ProgramReward {
    // Sets and dictionaries of texts are walked through in the same order by every process.
    let command = try Command(
      interpreter, arguments: ["-c", pythonAdapter, path, function, arguments],
      variables: ["PYTHONHASHSEED": "0"])
    return ProgramReward(title: "\(path):\(function)", command: command)
  }
}

/// The adapter.
///
/// Protocol in and out go through descriptors that the user's code does not know.
private let pythonAdapter = #"""
  importlib, inspect, json, os, sys, traceback = map(
      __import__, ("importlib.util", "inspect", "json", "os", "sys", "traceback"))

  def refuse(reason):
      sys.stderr.write("\n" + reason + "\n")
      sys.stderr.flush()
      os._exit(1)

  def last_line(error):
      lines = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()
      return clean(lines[-1] if lines else type(error).__name__)

  def clean(text):
      return text.encode("utf-8", "replace").decode()[:200]

  def load(path, name):
      sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
      spec = importlib.util.spec_from_file_location("custom_module", path)
      if spec is None or not os.path.isfile(path):
          refuse("there is no Python file " + path)
      module = importlib.util.module_from_spec(spec)
      sys.modules["custom_module"] = module
      try:
          spec.loader.exec_module(module)
      except BaseException as error:
          refuse(last_line(error))
      function = getattr(module, name, None)
      if not callable(function):
          refuse("%s defines no function %s" % (path, name))
      return function

  def caller(function, extra):
      try:
          parameters = inspect.signature(function).parameters.values()
      except (TypeError, ValueError):
          parameters = ()
      names = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
      needed = [p.name for p in parameters if p.default is p.empty and p.name in names]
      takes_all = not names or any(p.kind == p.VAR_KEYWORD for p in parameters)
      if any(p.kind == p.POSITIONAL_ONLY for p in parameters):
          refuse("the function has parameters that cannot be given by name")

      def trl(r):
          answer = r["response"]
          if not isinstance(r["prompt"], str):
              answer = [{"role": "assistant", "content": answer}]
          columns = dict(r["extra_info"]) if isinstance(r["extra_info"], dict) else {}
          truth = r["ground_truth"]
          columns.update(
              data_source=r["data_source"], ground_truth=truth, solution=truth, answer=truth, prompts=r["prompt"],
              completions=answer)
          return {key: [value] for key, value in columns.items()}

      def named(r):
          return {
              "data_source": r["data_source"], "solution_str": r["response"], "ground_truth": r["ground_truth"],
              "extra_info": r["extra_info"]}

      def every(r):
          return dict(
              named(r), response=r["response"], completion=r["response"], prompt=r["prompt"],
              task_metadata=r["extra_info"], finished=r["finished"])

      is_trl = "completions" in names
      if not is_trl:
          known = every({"data_source": 0, "response": 0, "ground_truth": 0, "extra_info": 0, "prompt": 0, "finished": 0})
          unknown = [name for name in needed if name not in known and name not in extra]
          if unknown:
              refuse("the function needs a parameter `%s`; it can be given %s" % (unknown[0], ", ".join(known)))

      def call(request):
          values = trl(request) if is_trl else every(request)
          given = {name: value for name, value in values.items() if name in names}
          if takes_all:
              given = {**(values if is_trl else named(request)), **given}
          given.update(extra)
          result = function(**given)
          if inspect.isawaitable(result):
              async def waited(coroutine=result):
                  return await coroutine
              result = __import__("asyncio").run(waited())
          if is_trl:
              if not isinstance(result, (list, tuple)) or len(result) != 1:
                  raise TypeError("the function returned no list of one score for one completion")
              result = result[0]
          return result

      return call

  def number(value):
      if hasattr(value, "item") and not isinstance(value, (bool, int, float)):
          value = value.item()
      return float(value) if isinstance(value, (bool, int, float)) else None

  def answer(result):
      if result is None:
          return {"score": None}
      if not isinstance(result, dict):
          score = number(result)
          if score is None:
              raise TypeError("the function returned %s, neither a number nor a dictionary" % type(result).__name__)
          return {"score": score}
      if "score" not in result:
          raise TypeError("the dictionary that the function returned has no `score`")
      reply = {}
      for key, value in result.items():
          if isinstance(value, str):
              reply[clean(str(key))] = clean(value)
          elif value is not None:
              try:
                  value = number(value)
              except (TypeError, ValueError, OverflowError):
                  value = None
              if value is not None:
                  reply[clean(str(key))] = value
      for key in ("id", "error"):
          reply.pop(key, None)
      if result["score"] is None:
          reply["score"] = None
      elif not isinstance(reply.get("score"), float):
          raise TypeError("the `score` that the function returned is no number")
      return reply

  def main():
      requests = os.fdopen(os.dup(0), "rb")
      answers = os.dup(1)
      nothing = os.open(os.devnull, os.O_RDONLY)
      os.dup2(nothing, 0)
      os.close(nothing)
      os.dup2(2, 1)
      path, name, extra = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
      sys.argv = [path]
      call = caller(load(path, name), extra)
      for line in requests:
          request = json.loads(line)
          try:
              reply = {"score": 0} if request.get("self_test") else answer(call(request))
          except BaseException as error:
              reply = {"error": last_line(error)}
          reply["id"] = request["id"]
          data = (json.dumps(reply) + "\n").encode()
          while data:
              data = data[os.write(answers, data):]
      sys.stdout.flush()
      os._exit(0)

  main()
  """#
