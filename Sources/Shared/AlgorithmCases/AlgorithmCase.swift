import Foundation

/// One line of a case file: a function, what goes in, and what another system got out.
struct AlgorithmCase {
  let place: CasePlace
  let id: String
  let function: String
  let inputs: CaseObject
  let options: CaseObject
  let expected: CaseObject

  /// What a number may differ by: `absolute + relative · |expected|`.
  let relativeTolerance: Double
  let absoluteTolerance: Double

  /// Whether the function is to refuse the inputs.
  var isRefused: Bool { expected.members["error"] == .boolean(true) }

  /// Reads a line.
  init(line: some StringProtocol, at place: CasePlace) throws(CaseFileError) {
    let line = CaseObject(place: place, name: "", members: try Self.members(of: line, at: place))
    func object(_ key: String) throws(CaseFileError) -> CaseObject {
      guard let value = line.members[key] else { throw .missing(place, key: key) }
      guard case .object(let members) = value else {
        throw .unexpected(place, key: key, wanted: "an object")
      }
      return CaseObject(place: place, name: key, members: members)
    }
    func text(_ key: String) throws(CaseFileError) -> String {
      guard let value = line.members[key] else { throw .missing(place, key: key) }
      guard case .text(let text) = value else { throw .unexpected(place, key: key, wanted: "a text") }
      return text
    }
    let isRefused: Bool
    self.place = place
    (id, function) = (try text("id"), try text("function"))
    (inputs, options, expected) = (try object("inputs"), try object("options"), try object("expected"))
    isRefused = expected.members["error"] == .boolean(true)
    // A refusal has nothing to compare.
    func tolerance(_ key: String) throws(CaseFileError) -> Double {
      guard let value = line.members[key] else {
        if isRefused { return 0 }
        throw .missing(place, key: key)
      }
      guard let number = value.number, number >= 0 else {
        throw .unexpected(place, key: key, wanted: "a number that is not negative")
      }
      return number
    }
    relativeTolerance = try tolerance("relative_tolerance")
    absoluteTolerance = try tolerance("absolute_tolerance")
  }

  /// The cases of a file, one per line; empty lines are passed over.
  static func read(file: String) throws(CaseFileError) -> [AlgorithmCase] {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: file))
    } catch {
      throw .unreadable(file: file, reason: error.localizedDescription)
    }
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    var cases: [AlgorithmCase] = []
    for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
      cases.append(try AlgorithmCase(line: line, at: CasePlace(file: file, line: index + 1)))
    }
    guard !cases.isEmpty else { throw .empty(file: file) }
    return cases
  }

  private static func members(
    of line: some StringProtocol, at place: CasePlace
  ) throws(CaseFileError) -> [String: JSONValue] {
    let value: JSONValue
    do {
      value = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
    } catch {
      throw .malformed(place, reason: "it cannot be parsed.")
    }
    guard case .object(let members) = value else { throw .malformed(place, reason: "it is another value.") }
    return members
  }
}
