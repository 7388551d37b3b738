import InstructionFollowing
import Testing

@Suite("Cases labelled by IFEval's own code")
struct GoldenTests {
  /// Instructions whose reference is a statistical model: sentences by Punkt, languages by langdetect.
  private static let approximate: Set = [
    "length_constraints:number_sentences", "language:response_language", "change_case:english_capital",
    "change_case:english_lowercase",
  ]

  @Test("every instruction agrees in both modes", arguments: Instruction.knownIDs)
  func agreement(id: String) throws {
    var (right, count) = (0, 0)
    var wrong: [String] = []
    for row in try goldenLines("golden", as: GoldenCase.self) where row.instructionIdList.contains(id) {
      let check = try row.check()
      for (mode, expected) in [(InstructionCheck.Mode.strict, row.strictList), (.loose, row.looseList)] {
        let followed = check.followed(by: row.response, mode: mode)
        for place in row.instructionIdList.indices where row.instructionIdList[place] == id {
          count += 1
          if followed[place] == expected[place] { right += 1 } else { wrong.append("\(row.id) \(mode)") }
        }
      }
    }
    try #require(count > 0)
    let share = Double(right) / Double(count)
    #expect(share >= (Self.approximate.contains(id) ? 0.95 : 1), "\(id): \(wrong)")
  }

  @Test("responses mutated at random agree with the rules as Python's regular expressions have them")
  func mutated() throws {
    for row in try goldenLines("mutated", as: GoldenCase.self) {
      let check = try row.check()
      #expect(check.followed(by: row.response, mode: .strict) == row.strictList, "\(row.id), strict")
      #expect(check.followed(by: row.response, mode: .loose) == row.looseList, "\(row.id), loose")
    }
  }

  @Test("rows of the public file are understood, whatever they ask")
  func publicRows() throws {
    var ids: Set<String> = []
    for row in try goldenLines("public", as: PublicRow.self) {
      let check = try InstructionCheck(ids: row.instructionIdList, arguments: row.kwargs.map(\.values))
      #expect(check.followed(by: row.prompt).count == row.instructionIdList.count)
      ids.formUnion(row.instructionIdList)
    }
    #expect(ids == Set(Instruction.knownIDs))
  }
}

/// A row of IFEval's `input_data.jsonl`.
private struct PublicRow: Decodable {
  let prompt: String
  let instructionIdList: [String]
  let kwargs: [GoldenArguments]
}
