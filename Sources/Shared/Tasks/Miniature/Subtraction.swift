import Randomness

/// The difference of two two-digit numbers, the larger first, by columns.
///
/// | | `Subtract 85 - 47` |
/// |---|---|
/// | careful | ` 15-7=8 7-4=3 38`: units with the borrowed ten, tens less the borrowed one, the difference |
/// | careless | ` 85`: the first number |
///
/// The last field of a response must be the difference.
struct Subtraction: Miniature {
  static let operands = 10...99

  let larger: Int
  let smaller: Int

  init(drawnFrom generator: inout NamedGenerator) {
    let first = generator.integer(in: Self.operands)
    let second = generator.integer(in: Self.operands)
    larger = max(first, second)
    smaller = min(first, second)
  }

  var prompt: String { "Subtract \(larger) - \(smaller)\n" }

  var groundTruth: String { "\(larger - smaller)" }

  var careful: String {
    let borrow = larger % 10 < smaller % 10 ? 1 : 0
    let units = larger % 10 + 10 * borrow
    let tens = larger / 10 - borrow
    let columns =
      " \(units)-\(smaller % 10)=\(units - smaller % 10) \(tens)-\(smaller / 10)=\(tens - smaller / 10)"
    return columns + " \(larger - smaller)"
  }

  var careless: String { " \(larger)" }
}
