import AlgorithmCases
import Foundation
import Testing

@Suite struct AlgorithmCheckTests {
  @Test func `every case of the case file agrees within its tolerance`() throws {
    let check = try AlgorithmCheck(file: Fixture.path)
    for function in check.functions { #expect(function.failures.isEmpty, "\(function.failures)") }
    #expect(check.unknown.isEmpty)
    #expect(check.isWithinTolerance && check.caseCount == 720)
  }
}

enum Fixture {
  /// Results of verl's own functions on random inputs, Float rounded to nine digits.
  static let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
    path: "Fixtures/cases.jsonl"
  )
  .path
}
