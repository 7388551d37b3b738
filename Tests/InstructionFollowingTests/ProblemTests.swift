import Randomness
import Testing

@testable import InstructionFollowing

@Suite("Problems")
struct ProblemTests {
  private static func problems(seed: UInt64, count: Int) -> [InstructionProblem] {
    var generator = NamedGenerator(RandomName(seed: seed, purpose: .problems, step: 0, ordinal: 0, sample: 0))
    return (0..<count).map { InstructionProblems.problem(difficulty: $0 % 5 + 1, generator: &generator) }
  }

  @Test("3,000 problems differ, and each reference follows its instructions strictly and loosely")
  func references() throws {
    let problems = Self.problems(seed: 1, count: 3_000)
    #expect(Set(problems.map(\.prompt)).count == problems.count)
    var ids: Set<String> = []
    for problem in problems {
      let check = try problem.check()
      #expect(!check.followed(by: problem.reference, mode: .strict).contains(false), "\(problem.prompt)")
      #expect(!check.followed(by: problem.reference, mode: .loose).contains(false), "\(problem.prompt)")
      ids.formUnion(problem.instructionIDs)
    }
    #expect(ids == Set(Instruction.knownIDs), "every instruction is asked for")
  }

  @Test("the difficulty says how many instructions there are")
  func difficulties() {
    for problem in Self.problems(seed: 2, count: 500) {
      #expect(problem.instructionIDs.count == [1, 1, 2, 3, 3][problem.difficulty - 1])
      #expect(problem.arguments.count == problem.instructionIDs.count)
    }
    var generator = NamedGenerator(RandomName(seed: 2, purpose: .problems, step: 0, ordinal: 0, sample: 0))
    #expect(InstructionProblems.problem(difficulty: 9, generator: &generator).difficulty == 5)
    #expect(InstructionProblems.problem(difficulty: -1, generator: &generator).difficulty == 1)
  }

  @Test("the same seed gives the same bytes, another seed other problems")
  func determinism() {
    let first = Self.problems(seed: 3, count: 200)
    #expect(first == Self.problems(seed: 3, count: 200))
    #expect(Set(first.map(\.prompt)).isDisjoint(with: Self.problems(seed: 4, count: 200).map(\.prompt)))
    let bytes = first.flatMap { Array(($0.prompt + $0.reference).utf8) }
    let digest = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    #expect(digest == 2_641_764_078_255_812_532, "frozen: a change of any byte changes what runs train on")
  }

  @Test("instructions that conflict are never asked together")
  func conflicts() throws {
    for problem in Self.problems(seed: 5, count: 2_000) {
      let demands = try problem.instructionIDs.map { try #require(Demand(rawValue: $0)) }
      for (place, demand) in demands.enumerated() {
        for other in demands[(place + 1)...] {
          #expect(!demand.conflicts(with: other), "\(demand) and \(other)")
        }
      }
    }
  }

  @Test(
    "the conflicts hold both ways",
    arguments: [
      (.language, .existence), (.language, .lowercase), (.paragraphs, .firstWord),
      (.paragraphs, .sentences),
      (.constrained, .noComma), (.json, .title), (.twoResponses, .words), (.repeated, .quotation),
      (.sections, .highlights),
      (.capitalWords, .capital), (.capital, .lowercase), (.quotation, .title), (.bullets, .paragraphs),
      (.words, .words),
    ] as [(Demand, Demand)])
  func table(first: Demand, second: Demand) {
    #expect(first.conflicts(with: second))
    #expect(second.conflicts(with: first))
  }

  @Test("what a request asks to use it does not forbid")
  func words() throws {
    for problem in Self.problems(seed: 6, count: 2_000) {
      guard let place = problem.instructionIDs.firstIndex(of: "keywords:forbidden_words"),
        case .array(let words)? = problem.arguments[place]["forbidden_words"]
      else { continue }
      for (id, arguments) in zip(problem.instructionIDs, problem.arguments)
      where id != "keywords:forbidden_words" {
        for word in words {
          #expect(arguments["keyword"] != word)
          if case .array(let asked)? = arguments["keywords"] { #expect(!asked.contains(word)) }
        }
      }
    }
  }

  @Test("every instruction is told in the prompt: its numbers and its words stand there")
  func prompts() {
    for problem in Self.problems(seed: 7, count: 1_000) {
      for argument in problem.arguments.flatMap(\.values) {
        switch argument {
        case .integer(let number): #expect(problem.prompt.contains(String(number)))
        case .string("at least"): #expect(problem.prompt.contains("at least"))
        case .string("less than"): #expect(problem.prompt.contains("fewer than"))
        case .string(let text) where text.count > 2:
          #expect(problem.prompt.contains(text), "\(problem.prompt)")
        default: break
        }
      }
    }
  }
}
