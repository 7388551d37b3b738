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
}
