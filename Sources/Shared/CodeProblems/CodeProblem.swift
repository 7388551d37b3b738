public import Randomness

/// A task to write a function, with tests and a solution of its own.
public struct CodeProblem: Sendable, Equatable {
  /// How the answer is written.
  public enum Answer: String, Sendable {
    /// A function, in a block of Python.
    case function
    /// One expression in the parameters, and nothing else.
    case expression
  }

  /// One call and its result.
  public struct Example: Sendable, Hashable {
    /// The arguments, in order.
    public let arguments: [CodeValue]
    /// What the function returns.
    public let expected: CodeValue

    /// The call and its result as JSON, `{"args": […], "expected": …}`.
    public var json: String {
      "{\"args\": \(CodeValue.list(arguments).json), \"expected\": \(expected.json)}"
    }
  }

  /// The kind of problem, and the numbers that make it this one: equal for problems that ask the same in other
  /// words.
  public let identity: String

  /// The kind of problem.
  public let kind: String

  /// How hard it is, 0…5.
  public let difficulty: Int

  /// How the answer is written.
  public let answer: Answer

  /// The function's name.
  public let entryPoint: String

  /// The function's first line.
  public let signature: String

  /// What is asked.
  public let prompt: String

  /// A program that solves it.
  public let solution: String

  /// Tests that the prompt shows.
  public let shownTests: [Example]

  /// Tests that only the verifier knows; none is shown.
  public let hiddenTests: [Example]

  /// What a right answer looks like: the solution in a block, or the expression.
  public let exampleAnswer: String

  /// The tests as rows of data carry them: `{"entry_point": …, "tests": […]}`.
  public var groundTruth: String {
    let tests = hiddenTests.map(\.json).joined(separator: ", ")
    let style = answer == .expression ? ", \"signature\": \(quoted(signature))" : ""
    return "{\"entry_point\": \(quoted(entryPoint))\(style), \"tests\": [\(tests)]}"
  }

  /// Draws a problem; equal generators give equal problems.
  ///
  /// Difficulty 0 asks for one expression, 1…5 for functions of more and more parts; others count as the nearest of
  /// these.
  public static func generate(difficulty: Int, generator: inout NamedGenerator) -> CodeProblem {
    let difficulty = min(max(difficulty, 0), 5)
    while true {
      let maker = ProblemMaker(template: drawTemplate(difficulty, &generator), difficulty: difficulty)
      // A few drawings are refused: those that an answer without thought would solve.
      if let problem = maker.make(&generator) { return problem }
    }
  }

  /// `count` problems that differ in what they ask; the same for the same seed, and a smaller set is the beginning
  /// of a larger one.
  ///
  /// The difficulties take turns: 1, 2, 3, 4, 5, then again. Where one has no more problems, the next has its turn.
  public static func distinct(
    _ count: Int, difficulties: [Int] = [1, 2, 3, 4, 5], name: (_ ordinal: Int) -> RandomName
  ) -> [CodeProblem] {
    var seen: Set<String> = []
    var problems: [CodeProblem] = []
    let draws = 8 * count + 64
    for ordinal in 0..<draws where problems.count < count {
      var generator = NamedGenerator(name(ordinal))
      let difficulty = difficulties[ordinal % difficulties.count]
      let problem = generate(difficulty: difficulty, generator: &generator)
      if seen.insert(problem.identity).inserted { problems.append(problem) }
    }
    return problems
  }
}

/// A kind of problem with its numbers drawn.
protocol ProblemTemplate: Sendable {
  /// The kind, and the numbers.
  static var kind: String { get }
  var numbers: String { get }

  /// Names that the function may have.
  var names: [String] { get }

  /// The parameters' names.
  var parameters: [String] { get }

  /// What the function returns, in words.
  var statement: String { get }

  /// The function's body in Python, without its first indentation.
  var body: [String] { get }

  /// Arguments at the edges of what is asked.
  var edges: [[CodeValue]] { get }

  /// Arguments as they come.
  func arguments(_ generator: inout NamedGenerator) -> [CodeValue]

  /// What the function returns.
  func result(_ arguments: [CodeValue]) -> CodeValue
}

extension CodeProblem {
  /// Kinds with their numbers drawn; chains of steps have half of what is drawn, since there are most of them.
  private static func drawTemplate(
    _ difficulty: Int, _ generator: inout NamedGenerator
  ) -> any ProblemTemplate {
    if difficulty == 0 { return ExpressionProblem(&generator) }
    if difficulty > 3 || generator.next(below: 2) == 0 { return ChainProblem(difficulty, &generator) }
    let kinds = difficulty == 1 ? easyKinds : difficulty == 2 ? middleKinds : hardKinds
    return kinds[generator.next(below: kinds.count)](&generator)
  }

  private typealias Draw = @Sendable (inout NamedGenerator) -> any ProblemTemplate

  private static let easyKinds: [Draw] = [
    { CountText(&$0) }, { PickWords(&$0) }, { CountBetween(&$0) }, { EditLetters(&$0) },
  ]
  private static let middleKinds: [Draw] = [
    { ShiftLetters(&$0) }, { Digits(&$0) }, { InBase(&$0) }, { Divisors(&$0) }, { Recurrence(&$0) },
    { Windows(&$0) }, { Runs(&$0) }, { Orbit(&$0) },
  ]
  private static let hardKinds: [Draw] = [
    { MergeIntervals(&$0) }, { Brackets(&$0) }, { Coins(&$0) }, { GridPaths(&$0) }, { LongestChain(&$0) },
    { TurnMatrix(&$0) },
  ]
}
