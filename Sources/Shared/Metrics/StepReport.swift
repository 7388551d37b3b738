/// The numbers of one step, in the order they were added.
public struct StepReport: Sendable, Equatable {
  /// A metric and its value.
  public struct Entry: Sendable, Equatable {
    /// What was measured.
    public let name: MetricName

    /// What came out, in the name's unit; it may be infinite or NaN.
    public var value: Double
  }

  /// The step, from 1; 0 for what is measured before the first.
  public var step: Int

  /// The metrics added, each name once.
  public private(set) var entries: [Entry] = []

  /// What happened in the step, in sentences, such as why the reference was reset.
  public var events: [String] = []

  private var positions: [MetricName: Int] = [:]

  /// A report without metrics.
  public init(step: Int) { self.step = step }

  /// The value of `name`, nil if none was added.
  public subscript(name: MetricName) -> Double? { positions[name].map { entries[$0].value } }

  /// Adds a metric at the end; one that is there already keeps its position and takes the new value.
  public mutating func add(_ name: MetricName, _ value: Double) {
    if let position = positions[name] {
      entries[position].value = value
    } else {
      positions[name] = entries.count
      entries.append(Entry(name: name, value: value))
    }
  }

  /// Adds a count.
  public mutating func add(_ name: MetricName, _ count: Int) { add(name, Double(count)) }
}
