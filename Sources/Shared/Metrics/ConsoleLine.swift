/// A step in verl's words: `step:12 - actor/pg_loss:0.0123 - actor/lr:1e-06`.
///
/// Scripts that follow a run of verl read the same line here. Values are the shortest digits that give the
/// same `Double`, as Python prints them.
public struct ConsoleLine: Sendable, CustomStringConvertible {
  /// The line, without a line break.
  public let description: String

  /// The line of `report`, its metrics in the order they were added.
  public init(_ report: StepReport) {
    description = report.entries.reduce(into: "step:\(report.step)") { $0 += " - \($1.name):\($1.value)" }
  }
}
