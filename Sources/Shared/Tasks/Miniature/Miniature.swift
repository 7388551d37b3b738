public import Randomness

/// A kind of built-in problem: how one is drawn, asked, answered well and answered in haste.
///
/// A conforming type is one drawn problem. Prompts and responses are ASCII; a prompt ends with a newline, a
/// response begins with a space. The ranges it draws from are named constants at its top.
protocol Miniature {
  /// Draws a problem from `generator`.
  init(drawnFrom generator: inout NamedGenerator)

  /// What the policy is shown.
  var prompt: String { get }

  /// What the verifier of this kind compares with.
  var groundTruth: String { get }

  /// The right answer, worked out where the kind's documentation says so; always scores 1.
  var careful: String { get }

  /// The answer of a shortcut that takes no work; always scores 0.
  var careless: String { get }
}

/// The kinds of built-in problems, each with a sure rule for what is right.
///
/// The same rows as JSONL, with `data_source` set to `mini/add` and so on, are scored by the same verifiers.
public enum MiniatureKind: String, Sendable, CaseIterable {
  /// Sums of two-digit numbers; see `Addition`.
  case add

  /// Differences of two-digit numbers; see `Subtraction`.
  case sub

  /// The next term of an arithmetic sequence; see `NextTerm`.
  case next

  /// Letters in reverse order; see `Reversal`.
  case reverse

  /// Letters in alphabetical order; see `Sorting`.
  case sort

  /// Words that begin with given letters; see `WordList`.
  case words

  /// The `data_source` of the kind's problems, `mini/add` for sums.
  public var dataSource: String { "mini/\(rawValue)" }

  /// The reward that scores the kind's problems.
  public var reward: RewardName {
    switch self {
    case .add: .miniatureAdd
    case .sub: .miniatureSub
    case .next: .miniatureNext
    case .reverse: .miniatureReverse
    case .sort: .miniatureSort
    case .words: .miniatureWords
    }
  }

  /// A problem of this kind, drawn from `generator`, with its demonstrations.
  ///
  /// With a `split`, problems are drawn until one belongs to it: 16 on average for validation and test, which
  /// hold a sixteenth of all prompts each.
  public func example(
    in split: BuiltInSplit? = nil, drawnFrom generator: inout NamedGenerator
  ) -> MiniatureExample {
    switch self {
    case .add: example(of: Addition.self, split, &generator)
    case .sub: example(of: Subtraction.self, split, &generator)
    case .next: example(of: NextTerm.self, split, &generator)
    case .reverse: example(of: Reversal.self, split, &generator)
    case .sort: example(of: Sorting.self, split, &generator)
    case .words: example(of: WordList.self, split, &generator)
    }
  }

  private func example<Kind: Miniature>(
    of _: Kind.Type, _ split: BuiltInSplit?, _ generator: inout NamedGenerator
  ) -> MiniatureExample {
    while true {
      let drawn = Kind(drawnFrom: &generator)
      let prompt = drawn.prompt
      if let split, BuiltInSplit(prompt: prompt) != split { continue }
      return MiniatureExample(
        kind: self, prompt: prompt, groundTruth: drawn.groundTruth, careful: drawn.careful,
        careless: drawn.careless)
    }
  }
}

/// A drawn built-in problem and two ways to answer it.
public struct MiniatureExample: Sendable, Equatable {
  /// The kind of the problem.
  public let kind: MiniatureKind

  /// What the policy is shown.
  public let prompt: String

  /// What the verifier compares with.
  public let groundTruth: String

  /// A right answer.
  public let careful: String

  /// A shortcut's answer, always wrong.
  public let careless: String

  /// The problem, to be asked and scored.
  public var problem: Problem {
    Problem(
      dataSource: kind.dataSource, prompt: .text(prompt), groundTruth: groundTruth,
      reward: RewardRule(kind.reward),
      origin: "built-in \(kind.rawValue)")
  }
}
