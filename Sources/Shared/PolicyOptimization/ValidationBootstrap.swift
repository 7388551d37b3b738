/// verl's statistics of repeated answers to one prompt, to the last digit.
///
/// | name, for the N values of a prompt | what it is |
/// |---|---|
/// | `mean@N` | the mean |
/// | `std@N` | the deviation over N; for N > 1, like all that follow |
/// | `best@n/mean`, `best@n/std` | of the largest of n values drawn with replacement |
/// | `worst@n/mean`, `worst@n/std` | of the smallest |
/// | `maj@n/mean`, `maj@n/std` | of the value that goes with the most frequent answer; only with answers |
///
/// for n = 2, 4, 8, … below N, and N. Each is over 1000 draws, for which the generator is seeded with 42
/// anew.
/// `best@n` is not pass@n, since one value may be drawn twice: of 1, 0, 0, 1 `best@2/mean` is 0.738 and
/// pass@2 is 0.833. See `passAtK`.
///
/// Source: verl's `process_validation_metrics` under numpy 2.
public struct ValidationBootstrap: Sendable {
  /// How often each set is drawn.
  public static let draws = 1000

  private static let seed: UInt32 = 42

  private var indices: [Draw: [Int]] = [:]

  /// What drawn indices depend on.
  private struct Draw: Hashable {
    var count, size: Int
  }

  /// Creates statistics; what they draw they remember, so one is best used for all prompts.
  public init() {}

  /// The statistics of one prompt, in verl's order.
  ///
  /// - Parameters:
  ///   - values: What each response earned, in order of its sample number; such as its accuracy.
  ///   - answers: What each response answered, verl's `pred`; nil without majority votes.
  /// - Returns: None for no values.
  public mutating func statistics(of values: [Double], answers: [String]? = nil) -> [NamedValue] {
    precondition(answers.map { $0.count == values.count } ?? true, "\(values.count) values, other answers")
    guard !values.isEmpty else { return [] }
    let count = values.count
    var list = [NamedValue("mean@\(count)", numpyMean(values))]
    guard count > 1 else { return list }
    list.append(NamedValue("std@\(count)", numpyDeviation(values)))
    let votes = answers.map { Self.votes($0) }
    for size in Self.sizes(count) {
      let drawn = draw(Draw(count: count, size: size))
      list += Self.summary("best@\(size)", drawn, size) { Self.extreme(values, $0, >) }
      list += Self.summary("worst@\(size)", drawn, size) { Self.extreme(values, $0, <) }
      if let votes {
        list += Self.summary("maj@\(size)", drawn, size) { Self.majority(values, votes, $0) }
      }
    }
    return list
  }

  /// The sizes of the sets that are drawn from `count` values: 2, 4, 8, … below it, and `count`.
  public static func sizes(_ count: Int) -> [Int] {
    guard count > 1 else { return [] }
    var sizes: [Int] = []
    var size = 2
    while size < count {
      sizes.append(size)
      size *= 2
    }
    return sizes + [count]
  }

  /// What numpy's `choice(count, 1000 · size)` draws.
  private mutating func draw(_ draw: Draw) -> [Int] {
    if let known = indices[draw] { return known }
    var random = MersenneTwister(seed: Self.seed)
    let drawn = (0..<Self.draws * draw.size).map { _ in random.index(below: draw.count) }
    indices[draw] = drawn
    return drawn
  }

  private static func summary(
    _ name: String, _ drawn: [Int], _ size: Int, of value: (ArraySlice<Int>) -> Double
  ) -> [NamedValue] {
    let results = (0..<draws).map { value(drawn[$0 * size..<($0 + 1) * size]) }
    return [
      NamedValue("\(name)/mean", numpyMean(results)), NamedValue("\(name)/std", numpyDeviation(results)),
    ]
  }

  private static func extreme(
    _ values: [Double], _ drawn: ArraySlice<Int>, _ precedes: (Double, Double) -> Bool
  ) -> Double {
    var extreme = values[drawn[drawn.startIndex]]
    for index in drawn where precedes(values[index], extreme) { extreme = values[index] }
    return extreme
  }

  /// The answers as numbers from 0 in order of their first appearance.
  private static func votes(_ answers: [String]) -> [Int] {
    var numbers: [String: Int] = [:]
    return answers.map { answer in
      let number = numbers[answer] ?? numbers.count
      numbers[answer] = number
      return number
    }
  }

  /// The first drawn value that goes with the most frequent answer; of several, with the one drawn first.
  private static func majority(_ values: [Double], _ votes: [Int], _ drawn: ArraySlice<Int>) -> Double {
    var counts = Array(repeating: 0, count: votes.count)
    for index in drawn { counts[votes[index]] += 1 }
    var winner = drawn[drawn.startIndex]
    for index in drawn where counts[votes[index]] > counts[votes[winner]] { winner = index }
    return values[winner]
  }
}

/// The mean over prompts of each of their statistics: verl's last step.
///
/// - Parameter prompts: The statistics of each prompt, in order.
/// - Returns: By name, in order of first appearance; a name that not all prompts have is averaged over those
///   that have it.
public func meanOverPrompts(_ prompts: [[NamedValue]]) -> [NamedValue] {
  var names: [String] = []
  var values: [String: [Double]] = [:]
  for statistic in prompts.joined() {
    if values[statistic.name] == nil { names.append(statistic.name) }
    values[statistic.name, default: []].append(statistic.value)
  }
  return names.map { NamedValue($0, numpyMean(values[$0] ?? [])) }
}

/// The keys under which verl logs the validation statistics of one variable.
///
/// `val-core/{source}/{variable}/{statistic}` for mean, maj and best at the largest N of the variable that
/// counts, `acc` or else `reward`; `val-aux/…` for everything else.
///
/// - Parameters:
///   - statistics: Of one variable, from `meanOverPrompts`.
///   - dataSource: Of which prompts.
///   - variable: Such as `acc`.
///   - variables: All variables of the data source.
/// - Returns: The statistics under their full names, in order.
public func validationMetrics(
  _ statistics: [NamedValue], dataSource: String, variable: String, variables: [String]
) -> [NamedValue] {
  let core = variables.contains("acc") ? "acc" : "reward"
  let largest = statistics.compactMap { sampleCount(of: $0.name) }.max() ?? 0
  return statistics.map { statistic in
    let isCore =
      variable == core && sampleCount(of: statistic.name) == largest
      && ["mean", "maj", "best"].contains { statistic.name.hasPrefix($0) }
    let section = isCore ? "val-core" : "val-aux"
    return NamedValue("\(section)/\(dataSource)/\(variable)/\(statistic.name)", statistic.value)
  }
}

/// The n of `best@n/mean`.
private func sampleCount(of name: String) -> Int? {
  name.split(separator: "@").last?.split(separator: "/").first.flatMap { Int($0) }
}

/// As numpy adds and divides.
private func numpyMean(_ values: [Double]) -> Double {
  pairwiseSum(values[...]) / Double(values.count)
}

/// Over n, as numpy adds, divides and takes the root.
private func numpyDeviation(_ values: [Double]) -> Double {
  let mean = numpyMean(values)
  return numpyMean(values.map { ($0 - mean) * ($0 - mean) }).squareRoot()
}

/// The sum in numpy's order: eight lanes over at most 128 values, halves beyond.
private func pairwiseSum(_ values: ArraySlice<Double>) -> Double {
  guard values.count >= 8 else { return values.reduce(0, +) }
  guard values.count <= 128 else {
    let half = values.count / 2
    let middle = values.startIndex + half - half % 8
    return pairwiseSum(values[..<middle]) + pairwiseSum(values[middle...])
  }
  var lanes = Array(values.prefix(8))
  let rest = values.endIndex - values.count % 8
  for start in stride(from: values.startIndex + 8, to: rest, by: 8) {
    for lane in 0..<8 { lanes[lane] += values[start + lane] }
  }
  let sum =
    ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
  return values[rest...].reduce(sum, +)
}
