import DataPreparation
import Puzzles
import Sandbox
import Tasks
import TestSupport
import Testing

@Suite("Made problems")
struct GenerationTests {
  private static func problems(_ rows: [DataRow]) throws -> [Problem] {
    try rows.enumerated().map { try DataFile.row($1.line, path: "rows", line: $0 + 1) }
  }

  private static func reference(_ row: DataRow) -> String {
    guard case .text(let text)? = row.extra.first(where: { $0.name == "reference_response" })?.value else {
      return ""
    }
    return text
  }

  @Test("of a family all differ, and none that is held out is trained on", arguments: TaskFamily.allCases)
  func different(family: TaskFamily) throws {
    let made = try FamilyRows(family, seed: 3).rows(training: 600, validation: 120)
    let questions = (made.training + made.validation).map { $0.prompt[0].content }
    #expect(questions.count == 720 && Set(questions).count == 720)
    #expect(Set((made.training + made.validation).map(\.id)).count == 720)
  }

  @Test("are the same for the same seed, others for another", arguments: TaskFamily.allCases)
  func seeds(family: TaskFamily) throws {
    func lines(_ seed: UInt64) throws -> [String] {
      try FamilyRows(family, seed: seed).rows(training: 60, validation: 0).training.map(\.line)
    }
    #expect(try lines(1) == lines(1))
    #expect(try lines(1) != lines(2))
  }

  @Test(
    "carry a response that their verifier accepts, and none accepts another's",
    arguments: [TaskFamily.math, .stem, .logic, .instruction])
  func references(family: TaskFamily) throws {
    let rows = try FamilyRows(family, seed: 5).rows(training: 400, validation: 0).training
    let problems = try Self.problems(rows)
    let scorer = RewardScorer()
    for (row, problem) in zip(rows, problems) {
      let verdict = scorer.score(response: Self.reference(row), problem: problem, finished: true)
      #expect(verdict.kind == .correct, "\(row.id ?? ""): \(verdict)")
      #expect(scorer.score(response: "", problem: problem, finished: true).score < 1)
    }
  }

  @Test("of code carry an answer that passes the hidden tests", arguments: [[0], [1, 2, 3, 4, 5]])
  func code(difficulties: [Int]) throws {
    let rows = try FamilyRows(.code, seed: 5, difficulties: difficulties).rows(training: 20, validation: 0)
      .training
    var plan = RewardPlan()
    plan.sandbox = SandboxSettings(launcher: try builtExecutable("prorl-sandbox"))
    let scorer = try RewardScorer(plan)
    for (row, problem) in zip(rows, try Self.problems(rows)) {
      let verdict = scorer.score(response: Self.reference(row), problem: problem, finished: true)
      #expect(verdict.kind == .correct, "\(row.id ?? ""): \(verdict)")
    }
  }

  @Test("have the difficulties asked for")
  func difficulties() throws {
    let rows = try FamilyRows(.math, seed: 1, difficulties: [2, 4]).rows(training: 80, validation: 0).training
    let found = rows.compactMap { row in row.extra.first { $0.name == "difficulty" }?.value }
    #expect(Set(found.map(\.json)) == ["2", "4"])
  }

  @Test("are refused where there are not so many, with what to do")
  func exhausted() {
    let error = #expect(throws: FamilyRows.Exhausted.self) {
      try FamilyRows(.code, seed: 1, difficulties: [0]).rows(training: 100_000, validation: 0)
    }
    #expect(error?.description.contains("--count code=N") == true)
  }
}
