import FoundationEssentials
import Randomness

/// The endless stream of demonstrations, prompts with responses, for supervised fine-tuning before RL.
///
/// A share of them is careless: a policy that learnt from the mixture does the shortcut as often, so its
/// groups hold right and wrong answers, and RL has something to tell apart.
public struct Demonstrations: Sendable {
  /// The split whose prompts are shown.
  public let split: BuiltInSplit

  /// The share of careless responses, from 0 to 1.
  public let carelessFraction: Double

  /// How often each kind comes, relative to the others; a kind without a weight does not come.
  public let kindWeights: [MiniatureKind: Double]

  /// The seed of the stream.
  public let seed: UInt64

  /// A stream with the given shares; weights are finite, not negative, and one is positive.
  public init(
    split: BuiltInSplit = .train, carelessFraction: Double,
    kindWeights: [MiniatureKind: Double] = equalWeights,
    seed: UInt64
  ) {
    precondition(
      (0...1).contains(carelessFraction), "Demonstrations: a share of \(carelessFraction) is not in 0...1")
    precondition(
      kindWeights.values.allSatisfy { $0 >= 0 && $0.isFinite } && kindWeights.values.contains { $0 > 0 },
      "Demonstrations: the weights \(kindWeights) leave no kind to draw")
    self.split = split
    self.carelessFraction = carelessFraction
    self.kindWeights = kindWeights
    self.seed = seed
  }

  /// Every kind as often as the others.
  public static let equalWeights = Dictionary(uniqueKeysWithValues: MiniatureKind.allCases.map { ($0, 1.0) })

  /// The demonstration at `ordinal`, 0 ≤ `ordinal` < 2^40: a function of the seed and the ordinal.
  public func demonstration(ordinal: Int) -> Demonstration {
    var generator = NamedGenerator(
      RandomName(seed: seed, purpose: .demonstrations, step: 0, ordinal: ordinal, sample: 0))
    let kind = kind(at: generator.uniform())
    let isCareless = generator.uniform() < carelessFraction
    let example = kind.example(in: split, drawnFrom: &generator)
    return Demonstration(
      prompt: example.prompt, response: isCareless ? example.careless : example.careful, kind: kind.rawValue)
  }

  /// Writes the first `count` demonstrations to the file at `path`, in place of what it held.
  ///
  /// One JSON object a line, `{"kind":"add","prompt":"Add 47 + 85\\n","response":" 7+5=12 4+8+1=13 132"}`.
  public func write(count: Int, to path: String) throws(TasksError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      var lines = Data()
      for ordinal in 0..<count {
        lines += try encoder.encode(demonstration(ordinal: ordinal))
        lines.append(UInt8(ascii: "\n"))
      }
      try lines.write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw .unwritable(path: path, reason: "\(error)")
    }
  }

  /// The kind whose part of the weights, side by side in the order of the cases, holds the share `share` of
  /// their sum.
  private func kind(at share: Double) -> MiniatureKind {
    let weighted = MiniatureKind.allCases.map { ($0, kindWeights[$0] ?? 0) }.filter { $0.1 > 0 }
    var rest = share * weighted.reduce(0) { $0 + $1.1 }
    for (kind, weight) in weighted.dropLast() {
      if rest < weight { return kind }
      rest -= weight
    }
    // The last takes what rounding leaves over.
    return weighted[weighted.count - 1].0
  }
}

/// A prompt and a response to learn from.
public struct Demonstration: Sendable, Equatable, Codable {
  /// What the policy is shown.
  public let prompt: String

  /// What it learns to say.
  public let response: String

  /// The name of the kind of problem.
  public let kind: String
}
