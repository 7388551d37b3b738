/// One line that a reward program reads.
///
/// ```json
/// {"id": 7, "data_source": "openai/gsm8k", "prompt": "2+2=", "response": "4", "solution_str": "4",
///  "ground_truth": "4", "extra_info": {"index": 3}, "finished": true}
/// ```
///
/// On one line. `response` and `solution_str` are the same text, under TRL's and verl's name. `prompt` is a text or
/// a list of messages, as in the row.
enum RewardRequest {
  /// The line for `response`, with its end.
  static func line(id: Int, response: String, problem: Problem, finished: Bool) -> [UInt8] {
    var line = JSONLine()
    line.begin(id: id, dataSource: problem.dataSource)
    switch problem.prompt {
    case .text(let text): line.member("prompt", text: text)
    case .messages(let messages): line.member("prompt", messages: messages)
    }
    line.member("response", text: response)
    line.member("solution_str", text: response)
    if problem.isGroundTruthJSON {
      line.member("ground_truth", json: problem.groundTruth)
    } else {
      line.member("ground_truth", text: problem.groundTruth)
    }
    line.member("extra_info", json: problem.extra)
    line.member("finished", json: finished ? "true" : "false")
    return line.ended
  }

  /// The line that a program has to answer, with whatever score, before it is given others.
  static func selfTest(id: Int) -> [UInt8] {
    var line = JSONLine()
    line.begin(id: id, dataSource: "self_test")
    line.member("self_test", json: "true")
    line.member("prompt", text: "What is 1 + 1?")
    line.member("response", text: "2")
    line.member("solution_str", text: "2")
    line.member("ground_truth", text: "2")
    line.member("extra_info", json: "{}")
    line.member("finished", json: "true")
    return line.ended
  }
}

/// An object of JSON on one line, in the making.
private struct JSONLine {
  private var bytes: [UInt8] = []

  /// The whole line.
  var ended: [UInt8] { bytes + Array("}\n".utf8) }

  mutating func begin(id: Int, dataSource: String) {
    bytes += "{\"id\": \(id)".utf8
    member("data_source", text: dataSource)
  }

  mutating func member(_ name: String, json: String) {
    bytes += ", \"\(name)\": ".utf8
    // A line end inside would end the request; JSON text has one only between its tokens.
    bytes += json.utf8.lazy.filter { $0 != 0x0A && $0 != 0x0D }
  }

  mutating func member(_ name: String, text: String) {
    bytes += ", \"\(name)\": ".utf8
    add(text)
  }

  mutating func member(_ name: String, messages: [Message]) {
    bytes += ", \"\(name)\": [".utf8
    for (index, message) in messages.enumerated() {
      bytes += (index == 0 ? "{\"role\": " : ", {\"role\": ").utf8
      add(message.role)
      bytes += ", \"content\": ".utf8
      add(message.content)
      bytes.append(UInt8(ascii: "}"))
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func add(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes += "\\n".utf8
      case 0..<0x20:
        let digits = String(byte, radix: 16)
        bytes += "\\u00\(digits.utf8.count == 1 ? "0" : "")\(digits)".utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
