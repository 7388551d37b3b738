import Testing

@testable import Puzzles

@Suite("Scores of the library")
struct GoldenTests {
  /// Tasks that score otherwise than the library on purpose, by the weakness of the library that they avoid.
  static let weaknesses: [String: Set<String>] = [
    // Extra rows, extra words, numbers within 1, and numbers that were not given count as right there.
    "game_of_life": ["quirk_extra_rows_accepted"], "letter_jumble": ["quirk_extra_words_accepted"],
    "word_sorting": ["quirk_extra_words_accepted"], "number_sorting": ["quirk_tolerance_1"],
    "puzzle24": ["quirk_wrong_numbers_accepted"],
    // Text that is no formula counts as a variable there.
    "propositional_logic": ["quirk_garbage_is_variable"],
    // There `x` between factors ends the program.
    "prime_factorization": ["library_raises"],
    // An answer of blanks earns something there.
    "sentence_reordering": ["floor_reward"], "tower_of_hanoi": ["floor_reward"],
  ]

  /// Cases without a flag that differ: a word behind a right list; words that only the library's dictionary
  /// knows not to be any; 0 for a probability that is not 0.
  static let exceptions: Set = ["rg-01203", "rg-02595", "rg-02631", "rg-07261"]

  @Test("answers that the library scored score the same")
  func goldenCases() throws {
    var counts: [String: (cases: Int, same: Int)] = [:]
    for item in try Fixture.goldenItems() {
      for example in item.cases {
        // A response without an answer is not scored as one that is empty.
        guard let answer = example.answer else { continue }
        let ours = Puzzles.score(
          task: item.task, metadata: item.metadata, answer: item.answer, response: answer)
        let isSame = abs(ours.score - example.score) <= 0.01 + 1e-9
        let (cases, same) = counts[item.task] ?? (0, 0)
        counts[item.task] = (cases + 1, same + (isSame ? 1 : 0))
        let avoided = Self.weaknesses[item.task] ?? []
        #expect(
          isSame || !avoided.isDisjoint(with: example.flags) || Self.exceptions.contains(example.id),
          "\(item.task) \(example.id) \(answer.debugDescription): \(ours), not \(example.score)")
      }
    }
    let table = counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.same) of \($0.value.cases)" }
    #expect(counts.count == 84, "\(table.joined(separator: "\n"))")
    let same = counts.values.reduce(0) { $0 + $1.same }
    let cases = counts.values.reduce(0) { $0 + $1.cases }
    #expect(Double(same) >= 0.985 * Double(cases), "\(same) of \(cases)\n\(table.joined(separator: "\n"))")
  }

  @Test("the library's own answers are right")
  func oracleCases() throws {
    var count = 0
    for line in try Fixture.lines("oracle.jsonl") {
      let task = try #require(line["task"]?.text)
      let metadata = try #require(line["metadata"])
      // Where any formula or colouring will do, the metadata hold an example.
      let example = metadata["example_answer"]?.text ?? metadata["possible_answer"]?.json
      let answer = try #require(line["answer"]?.text ?? example)
      let ours = Puzzles.score(task: task, metadata: metadata, answer: line["answer"]?.text, response: answer)
      // Some examples of formulas are single variables.
      let isTrivial = task == "propositional_logic" && ours.score == 0.25
      #expect(ours.score == 1 || isTrivial, "\(task) \(answer.debugDescription): \(ours)")
      count += 1
    }
    #expect(count > 1000)
  }

  @Test("metadata may come as a string, and names with a prefix")
  func exportedRows() {
    let score = Puzzles.score(
      task: "reasoning_gym/countdown", metadata: "{\"numbers\": [3, 4, 7], \"target\": 25}", answer: nil,
      response: "<think>21</think> <answer>3*7 + 4</answer>")
    #expect(score.score == 1)
    #expect(score.extracted == "3*7 + 4")
  }

  @Test("a task without a verifier is scored by its text, and says so")
  func unknownTask() {
    let score = Puzzles.score(task: "rush_hour", metadata: .null, answer: "F+1", response: "F+1")
    #expect(score.score == 1)
    #expect(score.reason.contains("`rush_hour` has no verifier"))
  }

  @Test("a row that lacks what is needed is an error", arguments: Puzzles.scoredNames)
  func missingMetadata(task: String) {
    let score = Puzzles.score(task: task, metadata: [:], answer: nil, response: "7")
    #expect(score.score == 0)
    // What is no answer of any row may be found out first.
    #expect(score.outcome == .error || score.outcome == .unparsed, "\(score)")
  }
}
