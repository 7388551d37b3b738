/// Whether validation has become worse: reference document 0's `performance_degradation`.
///
/// Degraded means that the best of the last five scores is below 0.95 times the best one since the last
/// reset. After a reset the history begins again, or one bad stretch would trigger resets for ever.
public struct ValidationTrend: Sendable, Equatable, Codable {
  /// How many recent scores are looked at.
  public static let window = 5

  /// The share of the best score below which the recent ones count as degraded.
  public static let tolerance = 0.95

  /// The scores since the last reset, in order.
  public private(set) var scores: [Double] = []

  /// An empty history.
  public init() {}

  /// Takes over a validation's score.
  public mutating func record(_ score: Double) { scores.append(score) }

  /// Forgets the history, as a reset asks.
  public mutating func reset() { scores = [] }

  /// Whether the recent scores are worse than the best; false until there are more than the window holds.
  public var isDegraded: Bool {
    guard scores.count > Self.window, let best = scores.max(), let recent = scores.suffix(Self.window).max()
    else {
      return false
    }
    return recent < Self.tolerance * best
  }
}
