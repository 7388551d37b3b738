import Foundation
import Testing

/// A JSON value read leniently: what is not there is empty, and then the comparison fails.
enum JSON: Decodable {
  case number(Double)
  case text(String)
  case boolean(Bool)
  case list([JSON])
  case object([String: JSON])
  case other

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .list(value)
    } else if let value = try? container.decode([String: JSON].self) {
      self = .object(value)
    } else {
      self = .other
    }
  }

  subscript(key: String) -> JSON {
    if case .object(let members) = self { members[key] ?? .other } else { .other }
  }

  var number: Double? { if case .number(let value) = self { value } else { nil } }
  var boolean: Bool { if case .boolean(let value) = self { value } else { false } }
  var text: String { if case .text(let value) = self { value } else { "" } }
  var list: [JSON] { if case .list(let values) = self { values } else { [] } }
  var members: [String: JSON] { if case .object(let members) = self { members } else { [:] } }
  var numbers: [Double] { list.compactMap(\.number) }
  var integers: [Int] { numbers.map { Int($0) } }
  var floats: [Float] { numbers.map { Float($0) } }
  var rows: [[Float]] { list.map(\.floats) }
}

/// The files beside the tests.
enum Fixture {
  private static func data(_ name: String) throws -> Data {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(name)"))
  }

  /// Results of verl's own functions, by name; torch 2.15, fp32, or Python floats for controllers and
  /// schedules.
  static func goldens() throws -> JSON {
    try JSONDecoder().decode(JSON.self, from: data("goldens.json"))
  }

  /// Results of verl's, NeMo-RL's, OpenRLHF's and TRL's own estimators, statistics and controllers.
  static func estimators() throws -> JSON {
    try JSONDecoder().decode(JSON.self, from: data("estimators.json"))
  }

  /// Cases of verl's advantages, rollout correction and validation statistics on random inputs.
  static func estimatorCases() throws -> [JSON] {
    try String(decoding: data("estimators.jsonl"), as: UTF8.self).split(separator: "\n").map { line in
      try JSONDecoder().decode(JSON.self, from: Data(line.utf8))
    }
  }
}

/// Expects equal counts, and each element within `relative` of the expected magnitude plus `absolute`.
func expectClose(
  _ values: [Double], _ expected: [Double], relative: Double = 2e-6, absolute: Double = 1e-6,
  _ comment: Comment? = nil, at location: SourceLocation = #_sourceLocation
) {
  let isClose =
    values.count == expected.count
    && zip(values, expected).allSatisfy { ($0 - $1).magnitude <= absolute + relative * $1.magnitude }
  #expect(
    isClose, "\(comment.map { "\($0): " } ?? "")\(values) is not close to \(expected)",
    sourceLocation: location)
}

/// Numbers that are the same in every run.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Float {
  var double: Double { Double(self) }
}
