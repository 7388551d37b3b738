import Randomness
import Testing

@testable import MathVerification

@Suite struct ProblemTests {
  /// The answer in a box, as a response would give it.
  private func response(_ answer: GeneratedProblem.Answer) -> String {
    switch answer {
    case .math(let text), .stem(.expression(let text)): "So the result is $\\boxed{\(text)}$."
    case .stem(.numeric(let value, let unit, _)): "\\boxed{\(value)\\ \\text{\(unit)}}"
    case .stem(.exact(let letters)): "\\boxed{\(letters)}"
    case .stem(.choice(let letter)): "\\boxed{(\(letter))}"
    case .stem(.integers(let numbers)): "\\boxed{\(numbers.map(String.init).joined(separator: ", "))}"
    }
  }

  private func isAccepted(_ response: String, _ answer: GeneratedProblem.Answer) -> Bool {
    switch answer {
    case .math(let gold): MathVerifier.judge(answer: response, gold: gold).isEqual
    case .stem(let expected): StemVerifier.judge(answer: response, expected: expected).isRight
    }
  }

  @Test(arguments: MathProblems.tasks + StemProblems.tasks)
  func `every family's own answers are accepted, and others' are not`(task: String) throws {
    var generator = NamedGenerator(RandomName(seed: 5, purpose: .test, step: 1, ordinal: 0, sample: 0))
    var answers: [GeneratedProblem.Answer] = []
    var crossed = 0
    for number in 0..<100 {
      let level = 1 + number % 5
      let problem = try #require(
        MathProblems.generate(task: task, difficulty: level, generator: &generator)
          ?? StemProblems.generate(task: task, difficulty: level, generator: &generator))
      #expect(problem.task == task && problem.difficulty == level)
      #expect(isAccepted(response(problem.answer), problem.answer), "\(problem)")
      // The answer to the problem before it is right only by chance.
      if let last = answers.last, last != problem.answer, isAccepted(response(last), problem.answer) {
        crossed += 1
      }
      answers.append(problem.answer)
    }
    #expect(crossed <= 12, "\(task): \(crossed)")
  }

  @Test func `a wrong number, sign or order is refused`() {
    for index in 0..<400 {
      let problem = MathProblems.generate(index: index, seed: 3, difficulty: 1 + index % 5)
      guard case .math(let gold) = problem.answer,
        problem.answerType == "int" || problem.answerType == "rational"
      else { continue }
      for wrong in ["\(gold)+1", "\(gold)-\\frac{1}{7}", "2\\cdot(\(gold))+3"] {
        let value = Int(gold) ?? 1
        guard !(wrong.hasPrefix("2") && value == -3) else { continue }
        #expect(!MathVerifier.judge(answer: "\\boxed{\(wrong)}", gold: gold).isEqual, "\(problem), \(wrong)")
      }
    }
  }

  @Test func `the same arguments give the same text, other seeds others`() {
    for index in 0..<100 {
      let problem = MathProblems.generate(index: index, seed: 7, difficulty: 3)
      #expect(problem == MathProblems.generate(index: index, seed: 7, difficulty: 3))
      let stem = StemProblems.generate(index: index, seed: 7, difficulty: 3)
      #expect(stem == StemProblems.generate(index: index, seed: 7, difficulty: 3))
    }
    let texts = Set((0..<100).map { MathProblems.generate(index: $0, seed: 7, difficulty: 3).question })
    let others = Set((0..<100).map { MathProblems.generate(index: $0, seed: 8, difficulty: 3).question })
    #expect(texts.intersection(others).count < 10)
  }

  @Test
  func
    `thirteen thousand draws give ten thousand questions of mathematics, four thousand give three of STEM`()
  {
    let math = Set(
      (0..<13_000).map { MathProblems.generate(index: $0, seed: 1, difficulty: 1 + $0 / 20 % 5).question })
    #expect(math.count >= 10_000, "\(math.count)")
    let stem = Set(
      (0..<4_000).map { StemProblems.generate(index: $0, seed: 1, difficulty: 1 + $0 / 21 % 5).question })
    #expect(stem.count >= 3_000, "\(stem.count)")
  }

  @Test func `reactions are balanced with the smallest numbers`() {
    for reaction in ChemistryProblems.reactions {
      var balance: [String: Int] = [:]
      for (side, sign) in [(reaction.left, 1), (reaction.right, -1)] {
        for (count, formula) in side {
          for atom in ChemistryProblems.atoms(formula) {
            balance[atom.element, default: 0] += sign * count * atom.count
          }
        }
      }
      #expect(balance.values.allSatisfy { $0 == 0 }, "\(reaction)")
      #expect((reaction.left + reaction.right).map(\.0).reduce(0, Whole.gcd) == 1, "\(reaction)")
    }
  }

  @Test(arguments: [
    (123.4567, 4, "123.5"), (0.000123, 3, "0.000123"), (1_234_567_890_123, 3, "1.23e12"), (-9.9996, 4, "-10"),
    (5e14, 4, "5e14"),
    (0.05, 8, "0.05"), (300, 2, "300"), (1e-9, 3, "1e-9"),
  ])
  func `numbers are written with their significant digits`(value: Double, digits: Int, text: String) {
    #expect(Decimal.short(value, digits: digits) == text)
  }
}
