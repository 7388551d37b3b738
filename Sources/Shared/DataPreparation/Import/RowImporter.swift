import MathVerification
import Puzzles

/// Makes rows of a public data set's objects.
public struct RowImporter: Sendable {
  /// The data set's format.
  public let format: ImportFormat

  /// What rows are scored by instead of what the format says; nil leaves that.
  public let dataSource: String?

  /// The split that rows say they are from.
  public let split: String

  /// An importer.
  public init(_ format: ImportFormat, dataSource: String? = nil, split: String = "train") {
    self.format = format
    self.dataSource = dataSource
    self.split = split
  }

  /// The row of `object`, the `index`-th of the output.
  func row(_ object: PuzzleValue, index: Int) throws(ImportFault) -> DataRow {
    let fields = Fields(object)
    var row =
      switch format {
      case .gsm8k: try gsm8k(fields)
      case .math: try math(fields)
      case .humaneval: try humanEval(fields)
      case .mbpp: try mbpp(fields)
      case .ifeval: try ifeval(fields)
      case .reasoningGym: try reasoningGym(fields)
      case .verl: try verl(fields)
      case .trl: try trl(fields)
      }
    if let dataSource { row.dataSource = dataSource }
    if format != .verl {
      row.extra = [.init("split", .text(split)), .init("index", .integer(index))] + row.extra
    }
    return row
  }

  // MARK: Mathematics

  private func gsm8k(_ fields: Fields) throws(ImportFault) -> DataRow {
    let (question, answer) = (try fields.text("question"), try fields.text("answer"))
    guard let mark = answer.lastRange(of: "####") else {
      throw ImportFault(reason: "`answer` has no `####`")
    }
    let number = answer[mark.upperBound...].filter { $0 != "," }.trimmed
    return DataRow(
      dataSource: "openai/gsm8k",
      question: question + " Let's think step by step and output the final answer after \"####\".",
      ability: "math", groundTruth: .text(number),
      extra: [.init("answer", .text(answer)), .init("question", .text(question))])
  }

  private func math(_ fields: Fields) throws(ImportFault) -> DataRow {
    let problem = try fields.text("problem")
    let solution = fields.optionalText("solution")
    guard let answer = fields.optionalText("answer") ?? solution.flatMap(Extraction.boxedContent) else {
      throw ImportFault(reason: "no `answer`, and no closed \\boxed{…} in `solution`")
    }
    return DataRow(
      dataSource: "math_verify",
      question: problem + " Let's think step by step and output the final answer within \\boxed{}.",
      ability: "math", groundTruth: .text(answer),
      extra: fields.kept(["level", "type", "subject", "unique_id", "solution"]))
  }

  // MARK: Code

  private func humanEval(_ fields: Fields) throws(ImportFault) -> DataRow {
    let prompt = try fields.text("prompt")
    let name = try fields.text("entry_point")
    _ = try fields.text("test")
    return DataRow(
      dataSource: "humaneval",
      question:
        "Complete this Python function. Answer with one ```python block that holds the whole function and what it "
        + "imports.\n\n```python\n\(prompt)```",
      ability: "code", groundTruth: .text(name),
      extra: fields.kept(["task_id", "prompt", "test", "entry_point", "canonical_solution"]))
  }

  private func mbpp(_ fields: Fields) throws(ImportFault) -> DataRow {
    guard let text = fields.optionalText("text") ?? fields.optionalText("prompt") else {
      throw ImportFault(reason: "neither `text` nor `prompt`")
    }
    guard case .list(let list)? = fields["test_list"], !list.isEmpty else {
      throw ImportFault(reason: "`test_list` is no list of tests")
    }
    let tests = list.compactMap { if case .text(let test) = $0 { test } else { nil } }
    return DataRow(
      dataSource: "mbpp",
      question:
        "\(text)\n\nThe code must pass these tests:\n\(tests.joined(separator: "\n"))\n\nAnswer with one ```python block.",
      ability: "code", groundTruth: .object([.init("assert_case", .list(tests.map(PuzzleValue.text)))]),
      extra: fields.kept([
        "task_id", "test_list", "test_setup_code", "test_imports", "challenge_test_list", "code",
      ]))
  }

  // MARK: Others

  private func ifeval(_ fields: Fields) throws(ImportFault) -> DataRow {
    let prompt = try fields.text("prompt")
    guard case .list(let ids)? = fields["instruction_id_list"], case .list(let arguments)? = fields["kwargs"],
      ids.count == arguments.count
    else { throw ImportFault(reason: "`instruction_id_list` and `kwargs` are not lists of one length") }
    // The copy on Hugging Face has every argument's name, with null where it has no use.
    let used = arguments.map { element -> PuzzleValue in
      guard case .object(let members) = element else { return .object([]) }
      return .object(members.filter { $0.value != .null })
    }
    return DataRow(
      dataSource: "ifeval", question: prompt, ability: "instruction", groundTruth: "",
      extra: fields.kept(["key", "instruction_id_list"]) + [
        .init("kwargs", .list(used)), .init("prompt", .text(prompt)),
      ])
  }

  private func reasoningGym(_ fields: Fields) throws(ImportFault) -> DataRow {
    var metadata = fields["metadata"] ?? .object([])
    if case .text(let json) = metadata { metadata = PuzzleValue(json: json) ?? .object([]) }
    guard case .text(let task)? = metadata["source_dataset"] ?? fields["source_dataset"] else {
      throw ImportFault(reason: "`metadata.source_dataset`, the task's name, is missing")
    }
    return DataRow(
      dataSource: "reasoning_gym/\(task)",
      question: try fields.text("question") + "\n\nGive the final answer between <answer> and </answer>.",
      ability: "logic", groundTruth: .text(fields.optionalText("answer") ?? ""),
      extra: [.init("task", .text(task)), .init("metadata", metadata)])
  }

  private func verl(_ fields: Fields) throws(ImportFault) -> DataRow {
    guard let truth = fields["reward_model"]?["ground_truth"] else {
      throw ImportFault(reason: "`reward_model.ground_truth` is missing")
    }
    var extra: [PuzzleMember] = []
    if case .object(let members)? = fields["extra_info"] { extra = members }
    return DataRow(
      dataSource: try fields.text("data_source"), prompt: try fields.messages("prompt"),
      ability: fields.optionalText("ability") ?? "", groundTruth: truth, extra: extra)
  }

  private func trl(_ fields: Fields) throws(ImportFault) -> DataRow {
    let messages = try fields.messages(fields["prompt"] == nil ? "messages" : "prompt")
    guard let answer = ["solution", "answer", "ground_truth"].lazy.compactMap(fields.optionalText).first
    else {
      throw ImportFault(
        reason: "no `solution`, `answer` or `ground_truth`; such rows need a reward of the run's own")
    }
    // A conversation is answered again from its last turn of the assistant.
    let end = messages.last?.role == "assistant" ? messages.count - 1 : messages.count
    return DataRow(
      dataSource: "math_verify", prompt: Array(messages[..<end]), ability: "math", groundTruth: .text(answer))
  }
}

/// The members of an object, asked for by name.
private struct Fields {
  let object: PuzzleValue

  init(_ object: PuzzleValue) { self.object = object }

  subscript(name: String) -> PuzzleValue? {
    let value = object[name]
    return value == .null ? nil : value
  }

  func optionalText(_ name: String) -> String? {
    if case .text(let text)? = self[name] { text } else { nil }
  }

  func text(_ name: String) throws(ImportFault) -> String {
    guard let text = optionalText(name) else { throw ImportFault(reason: "`\(name)` is missing or no text") }
    return text
  }

  /// Those of `names` that are there, in this order.
  func kept(_ names: [String]) -> [PuzzleMember] {
    names.compactMap { name in self[name].map { PuzzleMember(name, $0) } }
  }

  /// A conversation, or a text as its only message.
  func messages(_ name: String) throws(ImportFault) -> [(role: String, content: String)] {
    switch self[name] {
    case .text(let text)?: return [("user", text)]
    case .list(let turns)? where !turns.isEmpty:
      var messages: [(role: String, content: String)] = []
      for turn in turns {
        guard case .text(let role)? = turn["role"], case .text(let content)? = turn["content"] else {
          throw ImportFault(reason: "a message of `\(name)` has no `role` or no `content`")
        }
        messages.append((role, content))
      }
      return messages
    default: throw ImportFault(reason: "`\(name)` is neither text nor a list of messages")
    }
  }
}

extension StringProtocol {
  /// Where `mark` stands last.
  fileprivate func lastRange(of mark: String) -> Range<Index>? {
    var found: Range<Index>?
    var rest = self[...]
    while let range = rest.firstRange(of: mark) {
      found = range
      rest = rest[range.upperBound...]
    }
    return found
  }

  /// Without white space at both ends.
  fileprivate var trimmed: String {
    var rest = self[...]
    while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
    while rest.last?.isWhitespace == true { rest = rest.dropLast() }
    return String(rest)
  }
}
