/// Why a row's tests cannot be read.
public struct GroundTruthError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong.
  public let reason: String

  /// What is wrong, and what is read.
  public var description: String {
    """
    no tests of code: \(reason); expected `entry_point` and `tests`, or `inputs` and `outputs`, or `assert_case`, \
    or HumanEval's `prompt`, `test` and `entry_point`, or MBPP's `test_list`, or a list of `input` and `output`
    """
  }
}

extension CodeTask {
  /// Reads the tests of a row of data, from JSON.
  ///
  /// - `{"entry_point": …, "tests": [{"args": […], "expected": …}, …]}`, our own; with `"signature"` where the
  ///   answer is one expression;
  /// - `{"inputs": […], "outputs": […]}`, verl's: standard streams or, with `"fn_name"`, calls, whose input holds a
  ///   line of JSON for each argument and whose output is JSON, or the values themselves; an output that is a list of
  ///   one element may stand for the element;
  /// - `{"assert_case": […]}`, verl's, statements with `assert`;
  /// - `{"prompt": …, "test": …, "entry_point": …}`, a row of HumanEval;
  /// - `{"test_list": […], "test_setup_code": …}` or `"test_imports"`, a row of MBPP;
  /// - `[{"input": …, "output": …}, …]`, standard streams.
  public init(groundTruth json: String) throws(GroundTruthError) {
    let value: PlainValue
    do { value = try PlainValue(json: json) } catch { throw GroundTruthError(reason: error.description) }
    try self.init(groundTruth: value)
  }

  /// Reads the same from values.
  public init(groundTruth value: PlainValue) throws(GroundTruthError) {
    if let tests = value.asList {
      self = .standardStreams(try Self.streams(tests))
    } else if let name = value["entry_point"]?.asText, let tests = value["tests"]?.asList {
      self = .function(
        entryPoint: name, signature: value["signature"]?.asText, tests: try Self.calls(tests))
    } else if let name = value["entry_point"]?.asText, let test = value["test"]?.asText {
      self = .humanEval(prompt: value["prompt"]?.asText ?? "", test: test, entryPoint: name)
    } else if let tests = value["test_list"]?.asList {
      self = .mbpp(setup: Self.setup(value), tests: try Self.texts(tests))
    } else if let inputs = value["inputs"]?.asList, let outputs = value["outputs"]?.asList {
      self = try Self.pairs(inputs, outputs, function: value["fn_name"]?.asText)
    } else if let asserts = value["assert_case"]?.asList {
      self = .mbpp(setup: "", tests: try Self.texts(asserts))
    } else {
      throw GroundTruthError(reason: "unknown fields")
    }
    guard testCount > 0 else { throw GroundTruthError(reason: "there are none") }
  }

  /// How many results a verdict has.
  public var testCount: Int {
    switch self {
    case .humanEval: 1
    case .mbpp(_, let tests): tests.count
    case .function(_, _, let tests): tests.count
    case .standardStreams(let tests): tests.count
    }
  }

  /// The program that an answer of one expression stands for: a function that returns it.
  static func program(ofExpression expression: String, signature: String) -> String {
    "\(signature)\n    return (\n\(expression)\n    )\n"
  }

  /// What runs before the tests of a row of MBPP: its imports and its set-up.
  private static func setup(_ row: PlainValue) -> String {
    let imports = row["test_imports"]?.asList?.compactMap(\.asText) ?? []
    return (imports + [row["test_setup_code"]?.asText ?? ""]).joined(separator: "\n")
  }

  /// The texts of a list of such.
  private static func texts(_ values: [PlainValue]) throws(GroundTruthError) -> [String] {
    let texts = values.compactMap(\.asText)
    guard texts.count == values.count else { throw GroundTruthError(reason: "a test that is no text") }
    return texts
  }

  private static func calls(_ tests: [PlainValue]) throws(GroundTruthError) -> [FunctionTest] {
    var calls: [FunctionTest] = []
    for test in tests {
      guard let arguments = test["args"]?.asList, let expected = test["expected"] else {
        throw GroundTruthError(reason: "a test without `args` or `expected`")
      }
      calls.append(FunctionTest(arguments: arguments, expected: expected))
    }
    return calls
  }

  private static func streams(_ tests: [PlainValue]) throws(GroundTruthError) -> [StreamTest] {
    var streams: [StreamTest] = []
    for test in tests {
      guard let input = test["input"]?.asText, let output = test["output"]?.asText else {
        throw GroundTruthError(reason: "a test without `input` or `output`")
      }
      streams.append(StreamTest(input: input, expected: output))
    }
    return streams
  }

  private static func pairs(
    _ inputs: [PlainValue], _ outputs: [PlainValue], function: String?
  ) throws(GroundTruthError) -> CodeTask {
    guard inputs.count == outputs.count else {
      throw GroundTruthError(reason: "inputs and outputs differ in number")
    }
    guard let function else {
      let tests = zip(inputs, outputs).compactMap { input, output -> StreamTest? in
        guard let input = input.asText, let output = output.asText else { return nil }
        return StreamTest(input: input, expected: output)
      }
      guard tests.count == inputs.count else { throw GroundTruthError(reason: "an input that is no text") }
      return .standardStreams(tests)
    }
    var calls: [FunctionTest] = []
    for (input, output) in zip(inputs, outputs) { calls.append(try call(input, output)) }
    return .function(entryPoint: function, tests: calls)
  }

  private static func call(_ input: PlainValue, _ output: PlainValue) throws(GroundTruthError) -> FunctionTest
  {
    do throws(JSONTextError) {
      var arguments = input.asList ?? []
      if let text = input.asText {
        arguments = []
        for line in text.split(whereSeparator: \.isNewline) {
          arguments.append(try PlainValue(json: String(line)))
        }
      }
      let expected = if let text = output.asText { try PlainValue(json: text) } else { output }
      return FunctionTest(arguments: arguments, expected: expected, mayBeWrapped: true)
    } catch {
      throw GroundTruthError(reason: error.description)
    }
  }
}

extension PlainValue {
  /// The elements of a list; nil for every other kind.
  var asList: [PlainValue]? {
    guard case .row(.list, let elements) = self else { return nil }
    return elements
  }

  /// The element under a text key of a mapping; the last, where several have it.
  subscript(key: String) -> PlainValue? {
    guard case .mapping(let pairs) = self else { return nil }
    return pairs.last { $0.key == .text(key) }?.element
  }
}
