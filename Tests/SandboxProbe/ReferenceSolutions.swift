import Foundation
import Sandbox
import Synchronization

/// A data set whose own solutions must be judged right.
struct ReferenceSolutions {
  struct Row {
    let name: String
    let task: CodeTask
    let program: String
  }

  let rows: [Row]

  init(format: String, path: String) throws {
    let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    let values =
      text.hasPrefix("[")
      ? try PlainValue(json: text).elements
      : try text.split(whereSeparator: \.isNewline).map { try PlainValue(json: String($0)) }
    rows = try values.map { value in
      let task = try CodeTask(groundTruth: value)
      guard format == "humaneval" else {
        return Row(name: "MBPP/\(value["task_id"])", task: task, program: value["code"].string)
      }
      let program = task.program(from: value["canonical_solution"].string) ?? ""
      return Row(name: value["task_id"].string, task: task, program: program)
    }
  }

  /// Judges all rows, and a program that knows nothing, which must fail each.
  func run(launcher: String) throws -> Bool {
    let limits = SandboxLimits(callSeconds: 20, totalSeconds: 40)
    let sandbox = try Sandbox(SandboxSettings(slots: 2, limits: limits, launcher: launcher))
    let wrong = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: rows.count) { index in
      let row = rows[index]
      let verdict = sandbox.evaluate(row.program, for: row.task)
      if !verdict.isPassed { wrong.withLock { $0.append("\(row.name): \(verdict.reason)") } }
      if sandbox.evaluate("", for: row.task).isPassed {
        wrong.withLock { $0.append("\(row.name): passed by nothing") }
      }
    }
    let list = wrong.withLock { $0 }
    for line in list { print(line) }
    print("\(rows.count - list.count) of \(rows.count)")
    return list.isEmpty
  }
}

extension PlainValue {
  /// The element under a key of a mapping; none where there is none.
  subscript(key: String) -> PlainValue {
    guard case .mapping(let pairs) = self else { return .none }
    return pairs.first { $0.key == .text(key) }?.element ?? .none
  }

  var elements: [PlainValue] {
    guard case .row(_, let elements) = self else { return [] }
    return elements
  }

  var string: String {
    guard case .text(let bytes) = self else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}
