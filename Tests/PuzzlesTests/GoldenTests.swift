import Testing

@testable import Puzzles

@Suite("Scores of the library")
struct GoldenTests {
  @Test("answers that the library scored score the same")
  func goldenCases() throws {
    var cases: [String: Int] = [:]
    var misses: [String: [String]] = [:]
    for item in try Fixture.goldenItems() where Puzzles.scoredNames.contains(item.task) {
      for example in item.cases {
        guard let answer = example.answer else { continue }
        cases[item.task, default: 0] += 1
        let ours = Puzzles.score(
          task: item.task, metadata: item.metadata, answer: item.answer, response: answer)
        if abs(ours.score - example.score) > 0.01 + 1e-9 {
          misses[item.task, default: []].append(
            "\(example.id) \(answer.debugDescription.prefix(300)): \(ours.score) (\(ours.reason)), not \(example.score) "
              + "\(example.flags)")
        }
      }
    }
    for task in cases.keys.sorted() {
      print(task, cases[task] ?? 0, (cases[task] ?? 0) - (misses[task]?.count ?? 0))
      for miss in misses[task] ?? [] { print("   ", miss) }
    }
  }

  @Test("the library's own answers are right")
  func oracleCases() throws {
    for line in try Fixture.lines("oracle.jsonl") {
      let task = try #require(line["task"]?.text)
      guard Puzzles.scoredNames.contains(task), let answer = line["answer"]?.text else { continue }
      let ours = Puzzles.score(
        task: task, metadata: try #require(line["metadata"]), answer: answer, response: answer)
      #expect(ours.score == 1, "\(task) \(answer.debugDescription): \(ours)")
    }
  }
}
