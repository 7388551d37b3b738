import Configuration
import Foundation
import Testing

@testable import Dialects

/// docs/from-trl.md, compared with the translation.
@Suite("The table of docs/from-trl.md")
struct TRLDocumentTests {
  /// The cells of the rows below the heading `title`, up to the next of its kind.
  private func rows(below title: String) throws -> [[String]] {
    let file = URL(filePath: #filePath).appending(path: "../../../docs/from-trl.md").standardized
    let text = try String(contentsOf: file, encoding: .utf8)
    let start = try #require(text.range(of: "\n## \(title)\n"))
    let rest = text[start.upperBound...]
    let body = rest[..<(rest.range(of: "\n## ")?.lowerBound ?? rest.endIndex)]
    let rows = body.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
      line.dropFirst(2).dropLast(2).components(separatedBy: " | ")
    }
    try #require(!rows.isEmpty)
    return rows
  }

  /// What stands between backticks.
  private func codes(_ cell: String) -> [String] {
    cell.matches(of: #/`([^`]*)`/#).map { String($0.1) }
  }

  @Test("it has every translated field with its default")
  func fields() throws {
    let translation = try TRLTranslation(yaml: "", file: "trl.yaml")
    let documented = try rows(below: "Fields that are translated")
    let defaults = Dictionary(documented.map { (codes($0[0]).first ?? "", codes($0[1]).first ?? "") }) {
      first, _ in first
    }
    #expect(defaults.count == documented.count, "a field has two rows")
    #expect(
      defaults
        == Dictionary(
          uniqueKeysWithValues: translation.fields.map { ($0.path, $0.value.replacing("\"", with: "")) }))
  }

  @Test("it has the keys that each field becomes, and no others")
  func keys() throws {
    var becomes: [String: Set<String>] = [:]
    for example in TRLTranslationTests.cases {
      for line in try TRLTranslation(yaml: example.yaml, file: "trl.yaml").lines {
        for field in line.fields { becomes[field, default: []].insert(line.key) }
      }
    }
    for row in try rows(below: "Fields that are translated") {
      let field = try #require(codes(row[0]).first)
      #expect(Set(codes(row[2])) == becomes[field, default: []], "\(field)")
    }
  }

  @Test("it has every other field with what is done about it")
  func others() throws {
    var without: [String: String] = [:]
    var refused: [String: [String]] = [:]
    for rule in ForeignKeys.trl.rules {
      for key in rule.keys where !key.hasSuffix(".*") {
        switch rule.meaning {
        case .ignored(let sentence): without[key] = sentence
        case .harmless(let sentence): without[key] = sentence + " *"
        case .only(let values, let sentence): refused[key] = values + [sentence]
        default: Issue.record("\(key) has a meaning that the document does not know")
        }
      }
    }
    var documented: [String: String] = [:]
    for row in try rows(below: "Fields without effect") {
      for key in codes(row[0]) { documented[key] = row[1] }
    }
    #expect(documented == without)
    var documentedRefusals: [String: [String]] = [:]
    for row in try rows(below: "Fields that are refused") {
      for key in codes(row[0]) { documentedRefusals[key] = codes(row[1]) + [row[2]] }
    }
    #expect(documentedRefusals == refused)
  }
}
