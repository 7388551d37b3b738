/// Where problems come from: a data set or the built-in generators.
public protocol ProblemSource: Sendable {
  /// How many different rows there are; nil if problems are drawn without end.
  var count: Int? { get }

  /// The problem at `ordinal` of the prompt stream, 0 ≤ `ordinal` < 2^40; the same whenever and wherever it
  /// is asked.
  func problem(ordinal: Int) -> Problem

  /// The task families, by the `data_source` of their problems, in a fixed order.
  var families: [ProblemFamily] { get }

  /// The problem at `place` of a family's own stream, 0 ≤ `place` < 2^40, with the number of its row.
  func problem(family: Int, place: Int) -> (problem: Problem, row: Int?)
}

/// The problems of one data source.
public struct ProblemFamily: Sendable, Equatable {
  /// The data source.
  public let name: String

  /// How many different rows there are; nil if problems are drawn without end.
  public let count: Int?

  /// Creates a family.
  public init(name: String, count: Int?) {
    self.name = name
    self.count = count
  }
}
