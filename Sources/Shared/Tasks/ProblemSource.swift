/// Where problems come from: a data set or the built-in generators.
public protocol ProblemSource: Sendable {
  /// How many different rows there are; nil if problems are drawn without end.
  var count: Int? { get }

  /// The problem at `ordinal` of the prompt stream, 0 ≤ `ordinal` < 2^40; the same whenever and wherever it
  /// is asked.
  func problem(ordinal: Int) -> Problem
}
