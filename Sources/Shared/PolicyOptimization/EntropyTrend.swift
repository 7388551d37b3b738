/// Whether the policy's entropy rises or falls: the metric `prorl/entropy_trend`.
///
/// The mean of the last ten steps minus the mean of the ten before, in nats; below zero, the policy is
/// narrowing. 0 until twenty steps have been seen. A value that is not finite is not counted.
///
/// Source: ProRL's recipe for verl.
public struct EntropyTrend: Sendable, Equatable, Codable {
  /// How many steps each of the two means is over.
  public static let window = 10

  /// The last entropies, oldest first; a checkpoint keeps them.
  ///
  /// A reference reset does not clear them, since it leaves the entropy as it is.
  public private(set) var history: [Double] = []

  /// Creates a trend that has seen nothing.
  public init() {}

  /// Takes note of a step's mean entropy per token, in nats.
  public mutating func record(_ entropy: Double) {
    guard entropy.isFinite else { return }
    history.append(entropy)
    history = history.suffix(2 * Self.window)
  }

  /// The difference of the two means, in nats.
  public var value: Double {
    guard history.count >= 2 * Self.window else { return 0 }
    return mean(history.suffix(Self.window)) - mean(history.suffix(2 * Self.window).prefix(Self.window))
  }

  private func mean(_ values: ArraySlice<Double>) -> Double {
    values.reduce(0, +) / Double(values.count)
  }
}
