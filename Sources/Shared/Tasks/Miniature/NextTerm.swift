import Randomness

/// The next term of an arithmetic sequence.
///
/// | | `Next 3 7 11 15` |
/// |---|---|
/// | careful | ` +4 5+4=9 19`: the difference, the last digit of the last term with it, the next term |
/// | careless | ` 15`: the last term |
///
/// The last field of a response must be the next term.
struct NextTerm: Miniature {
  static let starts = 1...80
  static let differences = 2...9
  static let terms = 4

  let start: Int
  let difference: Int

  init(drawnFrom generator: inout NamedGenerator) {
    start = generator.integer(in: Self.starts)
    difference = generator.integer(in: Self.differences)
  }

  var prompt: String {
    "Next " + (0..<Self.terms).map { "\(term($0))" }.joined(separator: " ") + "\n"
  }

  var groundTruth: String { "\(term(Self.terms))" }

  var careful: String {
    let digit = last % 10
    return " +\(difference) \(digit)+\(difference)=\(digit + difference) \(last + difference)"
  }

  var careless: String { " \(last)" }

  private var last: Int { term(Self.terms - 1) }

  private func term(_ index: Int) -> Int { start + index * difference }
}
