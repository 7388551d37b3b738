import Randomness

/// Chooses the prompts of a run where it does not simply ask row after row: task families by weight, and rows
/// by how often they were solved.
///
/// A draw depends on the seed, the ordinal, the state and the rates given, and on nothing else.
public struct PromptSampler: Sendable {
  /// What the choice goes by.
  public struct Options: Sendable, Equatable {
    /// The share of each family's draws, relative to the others'; a family that is not named has none, nil asks row
    /// after row of all.
    ///
    /// Key `data.mix`.
    public var weights: [String: Double]?

    /// How rows are preferred; nil asks each as often as any other of its family.
    ///
    /// Key `data.curriculum`.
    public var curriculum: Curriculum?

    /// Row after row.
    public init(weights: [String: Double]? = nil, curriculum: Curriculum? = nil) {
      self.weights = weights
      self.curriculum = curriculum
    }

    /// Whether anything is chosen at all.
    public var isPlain: Bool { weights == nil && curriculum == nil }
  }

  /// How far each family's stream has been walked; what a checkpoint keeps.
  public struct State: Sendable, Equatable, Codable {
    /// The next place of each family's stream, by name.
    public private(set) var places: [String: Int] = [:]

    /// A run's beginning.
    public init() {}

    fileprivate mutating func next(_ family: String) -> Int {
      defer { places[family, default: 0] += 1 }
      return places[family, default: 0]
    }
  }

  private let source: any ProblemSource
  private let options: Options
  private let seed: UInt64

  /// A sampler of `source`.
  ///
  /// - Throws: For a weight of a family that `source` does not have.
  public init(_ source: any ProblemSource, options: Options, seed: UInt64) throws(MixError) {
    self.source = source
    self.options = options
    self.seed = seed
    guard let weights = options.weights else { return }
    let names = source.families.map(\.name)
    for name in weights.keys.sorted() where !names.contains(name) {
      throw .unknownFamily(name: name, known: names)
    }
  }

  /// The problem that `ordinal` asks, and the row it is.
  ///
  /// - Parameters:
  ///   - ordinal: The number of the draw.
  ///   - state: How far the streams were walked; moves on.
  ///   - rates: How often rows were solved.
  /// - Returns: Without weights and curriculum no row, since none is remembered.
  public func draw(
    ordinal: Int, _ state: inout State, rates: PassRates
  ) -> (problem: Problem, row: Int?) {
    guard !options.isPlain else { return (source.problem(ordinal: ordinal), nil) }
    var generator = NamedGenerator(
      RandomName(seed: seed, purpose: .curriculum, step: 0, ordinal: ordinal, sample: 0))
    let families = source.families
    let family = choose(among: families, generator.uniform())
    // Rows that are seldom wanted are passed over, but not for ever.
    var candidate = source.problem(family: family, place: state.next(families[family].name))
    guard let curriculum = options.curriculum else { return candidate }
    for _ in 0..<curriculum.mostPassedOver {
      let weight = candidate.row.map { curriculum.weight(of: rates[$0]) } ?? 1
      if generator.uniform() < weight { break }
      candidate = source.problem(family: family, place: state.next(families[family].name))
    }
    return candidate
  }

  /// The family in whose share of 0..<1 `number` lies; without weights, shares are as large as families.
  private func choose(among families: [ProblemFamily], _ number: Double) -> Int {
    let shares = families.map { family in
      options.weights.map { $0[family.name] ?? 0 } ?? Double(family.count ?? 1)
    }
    var rest = number * shares.reduce(0, +)
    for (index, share) in shares.enumerated() {
      if rest < share { return index }
      rest -= share
    }
    return shares.lastIndex { $0 > 0 } ?? 0
  }
}

/// Weights that do not fit the problems.
public enum MixError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A weight of a family that no problem belongs to.
  case unknownFamily(name: String, known: [String])

  /// What is wrong, and what to do about it.
  public var description: String { "`data.mix` " + reason }

  /// The same to follow the key's name.
  public var reason: String {
    switch self {
    case .unknownFamily(let name, let known):
      "has a weight for `\(name)`, which is the data_source of no problem; there are "
        + known.map { "`\($0)`" }.joined(separator: ", ")
    }
  }
}

/// How rows are preferred that are neither always nor never solved.
///
/// A row that was never asked has weight 1. One whose mean accuracy over its last `window` groups is p has weight
/// 4 p (1 - p), at least `floor`; so rows that are always or never solved are retired, down to the floor, and come
/// back when their rate changes. The weight is the chance to be asked when the row's turn comes.
public struct Curriculum: Sendable, Equatable {
  /// How many groups of a row are remembered.
  ///
  /// Key `data.curriculum.window`, default 4, range 1...256.
  public var window: Int

  /// The least chance of a row.
  ///
  /// Key `data.curriculum.floor`, default 0.05, range above 0 to 1.
  public var floor: Double

  /// How many rows in a row may be passed over.
  public var mostPassedOver: Int { 64 }

  /// Creates a curriculum.
  public init(window: Int = 4, floor: Double = 0.05) {
    self.window = window
    self.floor = floor
  }

  /// The chance of a row with this mean accuracy; nil stands for one that was never asked.
  public func weight(of rate: Double?) -> Double {
    guard let rate else { return 1 }
    return max(floor, 4 * rate * (1 - rate))
  }
}

/// How often rows were solved lately; what a checkpoint keeps.
public struct PassRates: Sendable, Equatable, Codable {
  /// The mean accuracies of each row's last groups, oldest first.
  private var history: [Int: [Float]] = [:]

  /// Nothing was asked yet.
  public init() {}

  /// The mean accuracy of a row's last groups; nil if it was never asked.
  public subscript(row: Int) -> Double? {
    history[row].map { $0.reduce(0) { $0 + Double($1) } / Double($0.count) }
  }

  /// Takes note of a group's mean accuracy.
  public mutating func record(_ accuracy: Double, row: Int, window: Int) {
    history[row] = ((history[row] ?? []) + [Float(accuracy)]).suffix(window)
  }

  /// How many rows were asked.
  public var count: Int { history.count }

  /// How many rows were solved by all responses, or by none, in all groups that are remembered.
  public var retiredCount: Int {
    history.values.count { rates in rates.allSatisfy { $0 <= 0 } || rates.allSatisfy { $0 >= 1 } }
  }
}
