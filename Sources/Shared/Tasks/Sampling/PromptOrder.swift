import Randomness

/// Which row of a data set each ordinal of the prompt stream asks.
///
/// Ordinals count the draws of a run from 0 and never repeat; `count` of them are an epoch, which asks each
/// row once. Shuffled, every epoch has an order of its own.
public struct PromptOrder: Sendable {
  /// How many rows there are.
  public let count: Int

  /// Whether epochs are shuffled; otherwise rows come in the order of the data set.
  public let isShuffled: Bool

  /// The seed of the run.
  public let seed: UInt64

  /// Which of several orders of one run this is.
  public let stream: Int

  /// The order of `count` rows, at least one.
  public init(count: Int, isShuffled: Bool, seed: UInt64, stream: Int = 0) {
    precondition(count > 0, "PromptOrder: there are no rows to ask")
    self.count = count
    self.isShuffled = isShuffled
    self.seed = seed
    self.stream = stream
  }

  /// The row that `ordinal` asks, in 0..<`count`.
  public func row(ordinal: Int) -> Int {
    let (epoch, place) = ordinal.quotientAndRemainder(dividingBy: count)
    guard isShuffled else { return place }
    let name = RandomName(seed: seed, purpose: .promptOrder, step: epoch, ordinal: stream, sample: 0)
    return Permutation(count: count, name: name).element(at: place)
  }
}
