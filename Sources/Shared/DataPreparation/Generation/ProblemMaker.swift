import CodeProblems
import InstructionFollowing
import MathVerification
import Puzzles
import Randomness

/// A problem of any family, ready to be a row.
struct MadeProblem {
  let task: String
  let difficulty: Int
  let question: String
  let groundTruth: PuzzleValue
  let answerType: String
  /// A response that the verifier accepts.
  let reference: String
  /// Equal for problems that ask the same.
  let identity: String
  var extra: [PuzzleMember] = []
}

/// Makes the problems of one family.
struct ProblemMaker {
  let family: TaskFamily
  private let tasks: [String]

  init(_ family: TaskFamily) {
    self.family = family
    tasks =
      switch family {
      case .math: MathProblems.tasks
      case .stem: StemProblems.tasks
      case .logic: Puzzles.names
      case .code, .instruction: ["any"]
      }
  }

  /// How many tasks take turns.
  var taskCount: Int { tasks.count }

  /// A problem of task number `task`; nil where the draw gave none.
  func problem(_ task: Int, _ difficulty: Int, _ generator: inout NamedGenerator) -> MadeProblem? {
    switch family {
    case .math:
      MathProblems.generate(task: tasks[task], difficulty: difficulty, generator: &generator).map(
        Self.answered)
    case .stem:
      StemProblems.generate(task: tasks[task], difficulty: difficulty, generator: &generator).map(
        Self.answered)
    case .logic:
      Puzzles.generate(task: tasks[task], difficulty: difficulty, generator: &generator).map {
        Self.puzzle($0, tasks[task], difficulty)
      }
    case .code: Self.code(CodeProblem.generate(difficulty: difficulty, generator: &generator))
    case .instruction:
      Self.instruction(InstructionProblems.problem(difficulty: difficulty, generator: &generator))
    }
  }

  private static func answered(_ problem: GeneratedProblem) -> MadeProblem {
    let (truth, text): (PuzzleValue, String) =
      switch problem.answer {
      case .math(let answer): (.text(answer), answer)
      case .stem(let answer): stem(answer)
      }
    return MadeProblem(
      task: problem.task, difficulty: problem.difficulty, question: problem.question, groundTruth: truth,
      answerType: problem.answerType, reference: "\\boxed{\(text)}", identity: problem.question)
  }

  /// The ground truth, and the answer as a response writes it.
  private static func stem(_ answer: StemAnswer) -> (PuzzleValue, String) {
    switch answer {
    case .numeric(let value, let unit, let tolerance):
      let truth: PuzzleValue = .object([
        .init("value", .number(value)), .init("unit", .text(unit)), .init("rel_tol", .number(tolerance)),
      ])
      return (truth, unit.isEmpty ? "\(value)" : "\(value)\\ \\text{\(unit)}")
    case .exact(let text): return (.object([.init("exact", .text(text))]), text)
    case .choice(let letter): return (.object([.init("choice", .text(letter))]), letter)
    case .integers(let numbers):
      return (
        .object([.init("list", .list(numbers.map(PuzzleValue.integer)))]),
        numbers.map(String.init).joined(separator: ", ")
      )
    case .expression(let text): return (.object([.init("expression", .text(text))]), text)
    }
  }

  private static func puzzle(_ puzzle: Puzzle, _ task: String, _ difficulty: Int) -> MadeProblem {
    let truth: PuzzleValue = .object([
      .init("task", .text(task)), .init("metadata", puzzle.metadata), .init("answer", .text(puzzle.answer)),
    ])
    return MadeProblem(
      task: task, difficulty: difficulty, question: puzzle.question, groundTruth: truth,
      answerType: "puzzle", reference: "<answer>\(puzzle.answer)</answer>", identity: puzzle.question)
  }

  private static func code(_ problem: CodeProblem) -> MadeProblem {
    MadeProblem(
      task: problem.kind, difficulty: problem.difficulty, question: problem.prompt,
      groundTruth: PuzzleValue(json: problem.groundTruth) ?? .null, answerType: problem.answer.rawValue,
      reference: problem.exampleAnswer, identity: problem.identity,
      extra: [.init("entry_point", .text(problem.entryPoint)), .init("solution", .text(problem.solution))])
  }

  private static func instruction(_ problem: InstructionProblem) -> MadeProblem {
    let arguments = problem.arguments.map { members in
      PuzzleValue.object(members.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.json) })
    }
    let truth: PuzzleValue = .object([
      .init("instruction_id_list", .list(problem.instructionIDs.map(PuzzleValue.text))),
      .init("kwargs", .list(arguments)),
    ])
    return MadeProblem(
      task: problem.instructionIDs.count == 1 ? "one" : problem.instructionIDs.count == 2 ? "two" : "three",
      difficulty: problem.difficulty, question: problem.prompt, groundTruth: truth, answerType: "text",
      reference: problem.reference, identity: problem.prompt)
  }
}

extension ArgumentValue {
  /// The same for a row.
  fileprivate var json: PuzzleValue {
    switch self {
    case .null: .null
    case .bool(let bool): .bool(bool)
    case .integer(let integer): .integer(integer)
    case .number(let number): .number(number)
    case .string(let text): .text(text)
    case .array(let elements): .list(elements.map(\.json))
    case .object(let members):
      .object(members.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.json) })
    }
  }
}
