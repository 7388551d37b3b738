import Randomness

/// The endless stream of built-in problems of one split: a function of the seed and the ordinal.
///
/// Any `kinds.count` consecutive problems that begin at a multiple of it hold each kind once, in random
/// order. Problems may come again, as there are finitely many; different ordinals draw independently.
public struct BuiltInProblems: ProblemSource {
  /// The split whose problems are drawn.
  public let split: BuiltInSplit

  /// The kinds that are drawn, equally often.
  public let kinds: [MiniatureKind]

  /// The seed of the run.
  public let seed: UInt64

  /// Endless.
  public var count: Int? { nil }

  /// A stream of `kinds`, of which there is at least one; one named twice comes twice as often.
  public init(split: BuiltInSplit, kinds: [MiniatureKind] = MiniatureKind.allCases, seed: UInt64) {
    precondition(!kinds.isEmpty, "BuiltInProblems: no kind of problem to draw")
    self.split = split
    self.kinds = kinds
    self.seed = seed
  }

  /// The problem at `ordinal`, 0 ≤ `ordinal` < 2^40.
  public func problem(ordinal: Int) -> Problem {
    let round = Permutation(count: kinds.count, name: name(.kinds, ordinal: ordinal / kinds.count))
    let kind = kinds[round.element(at: ordinal % kinds.count)]
    var generator = NamedGenerator(name(.problem, ordinal: ordinal))
    return kind.example(in: split, drawnFrom: &generator).problem
  }

  /// The kinds, by their `data_source`.
  public var families: [ProblemFamily] {
    kinds.map { ProblemFamily(name: $0.dataSource, count: nil) }
  }

  /// The problem at `place` of a kind's own stream.
  public func problem(family: Int, place: Int) -> (problem: Problem, row: Int?) {
    var generator = NamedGenerator(name(.ofKind(kinds[family]), ordinal: place))
    return (kinds[family].example(in: split, drawnFrom: &generator).problem, nil)
  }

  /// `perKind` problems of each kind, no prompt twice, kind after kind: a set to measure on.
  ///
  /// It depends on the seed and the arguments alone, and a smaller set is the beginning, kind by kind, of a
  /// larger one. Where a kind has fewer prompts in `split` (`words` has about 105 outside training), those
  /// that were found.
  public func heldOut(split: BuiltInSplit, perKind: Int) -> [Problem] {
    var seen: Set<MiniatureKind> = []
    return kinds.filter { seen.insert($0).inserted }.flatMap { heldOut(of: $0, split: split, count: perKind) }
  }

  private func heldOut(of kind: MiniatureKind, split: BuiltInSplit, count: Int) -> [Problem] {
    var prompts: Set<String> = []
    var problems: [Problem] = []
    // Enough draws to meet every prompt of a kind with few, and a sure end for one with fewer than asked for.
    let draws = 16 * count + 1024
    for draw in 0..<draws where problems.count < count {
      var generator = NamedGenerator(name(.heldOut(kind, split), ordinal: draw))
      let example = kind.example(in: split, drawnFrom: &generator)
      if prompts.insert(example.prompt).inserted { problems.append(example.problem) }
    }
    return problems
  }

  /// What the numbers of a name decide.
  private enum Use {
    case problem
    case kinds
    case ofKind(MiniatureKind)
    case heldOut(MiniatureKind, BuiltInSplit)
  }

  /// The name of `use` at `ordinal`; uses differ in step and sample.
  ///
  /// The numbers are frozen, as the stream of a run depends on them.
  private func name(_ use: Use, ordinal: Int) -> RandomName {
    let (step, sample) =
      switch use {
      case .problem: (0, 0)
      case .kinds: (0, 1)
      case .ofKind(let kind): (0, 2 + kind.code)
      case .heldOut(let kind, let split): (1 + split.code, kind.code)
      }
    return RandomName(seed: seed, purpose: .problems, step: step, ordinal: ordinal, sample: sample)
  }
}

extension BuiltInSplit {
  fileprivate var code: Int {
    switch self {
    case .train: 0
    case .validation: 1
    case .test: 2
    }
  }
}

extension MiniatureKind {
  fileprivate var code: Int {
    switch self {
    case .add: 0
    case .sub: 1
    case .next: 2
    case .reverse: 3
    case .sort: 4
    case .words: 5
    }
  }
}
