import FoundationEssentials

/// Turns one row of a JSONL file into a problem.
///
/// | field | read as |
/// |---|---|
/// | `prompt` | text, or a list of `{"role": …, "content": …}`; else `question`, text |
/// | `reward_model.ground_truth` | the answer, JSON text if it is no text; else `answer` |
/// | `data_source` | text; `custom` if missing |
/// | `extra_info` | kept as JSON text |
///
/// An `answer` that holds `####`, as GSM8K's do, is the rest of the line after the last one, without commas.
/// Other fields are ignored; of a key that comes twice, one of the two is read.
struct RowReader {
  /// The reward the run names, for all rows; nil to go by each row's `data_source`.
  let reward: RewardRule?

  /// Whether a row that the verifier cannot score is refused; else responses to it have the verdict `error`.
  var refusesFaults = true

  /// The problem of the row `json` on `line` of the file at `path`.
  func problem(_ json: JSONValue, path: String, line: Int) throws(TasksError) -> Problem {
    guard case .object = json else {
      throw .badRow(path: path, line: line, reason: "not a JSON object; write {\"prompt\": …, \"answer\": …}")
    }
    do {
      let dataSource = try Self.text(json["data_source"], name: "data_source") ?? "custom"
      guard let rule = reward ?? RewardName(dataSource: dataSource).map({ RewardRule($0) }) else {
        throw TasksError.unknownDataSource(path: path, line: line, name: dataSource)
      }
      let prompt = try Self.prompt(json)
      let (truth, isJSON) = try Self.groundTruth(json, rule.name)
      let problem = Problem(
        dataSource: dataSource, prompt: prompt, groundTruth: truth, isGroundTruthJSON: isJSON,
        reward: rule, extra: try json["extra_info"]?.text ?? "{}",
        origin: "\(path.split(separator: "/").last ?? ""):\(line)")
      if refusesFaults, let fault = rule.fault(of: problem) {
        throw RowFault(reason: "the reward `\(rule.name.rawValue)` cannot score this row: \(fault)")
      }
      return problem
    } catch let fault as RowFault {
      throw .badRow(path: path, line: line, reason: fault.reason)
    } catch let error as TasksError {
      throw error
    } catch {
      throw .badRow(path: path, line: line, reason: "`extra_info` cannot be kept (\(error)); leave it out")
    }
  }

  private static func prompt(_ json: JSONValue) throws -> Prompt {
    switch json["prompt"] ?? json["question"] {
    case .string(let text)?:
      guard !text.isEmpty else { throw RowFault(reason: "the prompt is empty; write one, or remove the row") }
      return .text(text)
    case .array(let turns)?:
      guard !turns.isEmpty else {
        throw RowFault(reason: "`prompt` has no messages; write one, or remove the row")
      }
      return .messages(try turns.map(message))
    case nil:
      throw RowFault(reason: "no `prompt`; write it as text or as a list of messages")
    default:
      throw RowFault(reason: "`prompt` is neither text nor a list of messages; write one of them")
    }
  }

  private static func message(_ json: JSONValue) throws -> Message {
    let advice = "; write {\"role\": \"user\", \"content\": …}"
    guard let role = try text(json["role"], name: "role") else {
      throw RowFault(reason: "a message of `prompt` has no role" + advice)
    }
    guard ["system", "user", "assistant", "tool"].contains(role) else {
      throw RowFault(
        reason: "a message of `prompt` has the role `\(role)`; use system, user, assistant or tool")
    }
    guard let content = try text(json["content"], name: "content") else {
      throw RowFault(reason: "a message of `prompt` has no content" + advice)
    }
    return Message(role: role, content: content)
  }

  /// The answer as text, and whether that is JSON of something else.
  private static func groundTruth(
    _ json: JSONValue, _ reward: RewardName
  ) throws -> (text: String, isJSON: Bool) {
    if let truth = json["reward_model"]?["ground_truth"] { return (try truth.plainText, !truth.isText) }
    guard let value = json["answer"] else {
      guard reward.needsGroundTruth else { return ("", false) }
      throw RowFault(
        reason:
          "no answer for the reward `\(reward.rawValue)`; write `answer` or `reward_model.ground_truth`, or set "
          + "reward.name to \(TasksError.rewardsWithoutAnswers)")
    }
    let answer = try value.plainText
    let bytes = ArraySlice(answer.utf8)
    guard value.isText, let mark = AnswerText.lastIndex(of: "####", in: bytes) else {
      return (answer, !value.isText)
    }
    let number = bytes[(mark + 4)...].prefix { $0 != UInt8(ascii: "\n") }.filter { $0 != UInt8(ascii: ",") }
    return (AnswerText.string(AnswerText.trimmed(number[...])), false)
  }

  /// The text of a field; nil if it is missing.
  private static func text(_ json: JSONValue?, name: String) throws -> String? {
    guard let json else { return nil }
    guard case .string(let text) = json else {
      throw RowFault(reason: "`\(name)` is not text; put it in quotes")
    }
    return text
  }
}

/// What is wrong with a row, before it is known where the row stands.
private struct RowFault: Error {
  let reason: String
}

extension JSONValue {
  /// Whether this is a text.
  fileprivate var isText: Bool {
    if case .string = self { true } else { false }
  }

  /// The value of a text, the JSON text of anything else.
  fileprivate var plainText: String {
    get throws {
      if case .string(let text) = self { return text }
      return try text
    }
  }
}
