import Testing

@testable import Puzzles

@Suite("Scores of the library")
struct GoldenTests {
  /// Cases that score otherwise than the library on purpose, and the weakness of the library that each avoids.
  ///
  /// All but the last two lines bear a flag that says so.
  static let weaknesses: [(cases: Set<String>, why: String)] = [
    (["rg-00647", "rg-00699"], "more rows than asked"),
    (["rg-01153", "rg-01187", "rg-02765", "rg-02791"], "more words than asked"),
    (["rg-01405", "rg-01423", "rg-01435", "rg-01439", "rg-01471"], "numbers off by up to 1"),
    (
      [
        "rg-05027", "rg-05029", "rg-05033", "rg-05035", "rg-05059", "rg-05061", "rg-05077", "rg-05087",
        "rg-05099",
      ], "numbers that were not given"
    ),
    (
      [
        "rg-06873", "rg-06875", "rg-06877", "rg-06897", "rg-06905", "rg-06907", "rg-06909", "rg-06929",
        "rg-06937", "rg-06939", "rg-06951", "rg-06963",
      ], "text that is no formula is a variable there"
    ),
    (["rg-04391", "rg-04413"], "`x` between factors ends the program there"),
    (["rg-02033", "rg-02059", "rg-05799"], "blanks earn something there"),
    (["rg-01203"], "a word more than asked"),
    (["rg-07261"], "0 for a probability that is not 0"),
  ]

  @Test("answers that the library scored score the same, but for those listed")
  func goldenCases() throws {
    let avoided = Self.weaknesses.reduce(into: Set<String>()) { $0.formUnion($1.cases) }
    var differing: Set<String> = []
    var (unflagged, unflaggedSame) = (0, 0)
    var tasks: Set<String> = []
    for item in try Fixture.goldenItems() {
      tasks.insert(item.task)
      for example in item.cases {
        // A response without an answer is not scored as one that is empty.
        guard let answer = example.answer else { continue }
        let ours = Puzzles.score(
          task: item.task, metadata: item.metadata, answer: item.answer, response: answer)
        let isSame = abs(ours.score - example.score) <= 0.01 + 1e-9
        if !isSame { differing.insert(example.id) }
        if example.flags.isEmpty {
          unflagged += 1
          unflaggedSame += isSame ? 1 : 0
        }
        #expect(
          isSame || avoided.contains(example.id),
          "\(item.task) \(example.id) \(answer.debugDescription): \(ours), not \(example.score)")
      }
    }
    #expect(differing == avoided)
    #expect(tasks.count == 84)
    #expect(unflaggedSame * 1000 >= unflagged * 999, "\(unflaggedSame) of \(unflagged)")
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
