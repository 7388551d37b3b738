import CodeProblems
import Randomness
import Testing

/// Problems drawn for tests, by their ordinal.
private func name(_ ordinal: Int) -> RandomName {
  RandomName(seed: 11, purpose: .test, step: 0, ordinal: ordinal, sample: 0)
}

@Suite("Code problems")
struct CodeProblemsTests {
  private static let problems = CodeProblem.distinct(5000, name: name)

  @Test("there are 5,000 that ask for different things")
  func distinct() {
    #expect(Self.problems.count == 5000)
    #expect(Set(Self.problems.map(\.identity)).count == 5000)
    for difficulty in 1...5 { #expect(Self.problems.count { $0.difficulty == difficulty } >= 300) }
    #expect(Set(Self.problems.map(\.kind)).count == 19)
  }

  @Test("the same name gives the same problem, and fewer are the beginning of more")
  func repeatable() {
    let again = CodeProblem.distinct(200, name: name)
    #expect(again == Array(Self.problems.prefix(200)))
  }

  @Test("a problem has two tests to show and twelve to hide, all of them different calls")
  func tests() {
    for problem in Self.problems {
      let calls = (problem.shownTests + problem.hiddenTests).map(\.arguments)
      #expect(problem.shownTests.count == 2 && problem.hiddenTests.count == 12)
      #expect(Set(calls).count == calls.count, "\(problem.identity)")
    }
  }

  @Test("hidden tests refuse who returns an argument or always the same")
  func telling() {
    for problem in Self.problems {
      let results = Set(problem.hiddenTests.map(\.expected))
      #expect(results.count >= 2, "\(problem.identity)")
      #expect(!problem.hiddenTests.allSatisfy { $0.arguments.first == $0.expected }, "\(problem.identity)")
    }
  }

  @Test("the prompt shows the head, the shown tests, and no hidden one")
  func prompts() {
    for problem in Self.problems {
      #expect(problem.prompt.contains(problem.signature))
      for test in problem.shownTests { #expect(problem.prompt.contains("== \(test.expected.python)")) }
      for test in problem.hiddenTests where test.arguments.description.count > 60 {
        let arguments = test.arguments.map(\.python).joined(separator: ", ")
        #expect(!problem.prompt.contains("(\(arguments))"), "\(problem.identity)")
      }
    }
  }

  @Test("difficulty 0 is answered by one expression, which is the solution's")
  func expressions() {
    for ordinal in 0..<100 {
      var generator = NamedGenerator(name(ordinal))
      let problem = CodeProblem.generate(difficulty: 0, generator: &generator)
      #expect(problem.answer == .expression)
      #expect(problem.solution == "\(problem.signature)\n    return \(problem.exampleAnswer)\n")
    }
  }

  @Test("values are written as JSON and as Python has them")
  func values() {
    let value = CodeValue.list([.none, .boolean(true), .integer(-3), .text("a\"\\\n")])
    #expect(value.json == #"[null, true, -3, "a\"\\\n"]"#)
    #expect(value.python == #"[None, True, -3, "a\"\\\n"]"#)
  }

  @Test("a difficulty out of range counts as the nearest", arguments: [(-3, 0), (9, 5)])
  func difficulties(given: Int, meant: Int) {
    var generator = NamedGenerator(name(1))
    #expect(CodeProblem.generate(difficulty: given, generator: &generator).difficulty == meant)
  }
}
