import Randomness

/// The sum of two two-digit numbers, by columns.
///
/// | | `Add 47 + 85` |
/// |---|---|
/// | careful | ` 7+5=12 4+8+1=13 132`: units, tens with the carry, the sum |
/// | careless | ` 47`: the first number |
///
/// The last field of a response must be the sum.
struct Addition: Miniature {
  static let operands = 10...99

  let left: Int
  let right: Int

  init(drawnFrom generator: inout NamedGenerator) {
    left = generator.integer(in: Self.operands)
    right = generator.integer(in: Self.operands)
  }

  var prompt: String { "Add \(left) + \(right)\n" }

  var groundTruth: String { "\(left + right)" }

  var careful: String {
    let units = left % 10 + right % 10
    let carry = units / 10
    let tens = left / 10 + right / 10 + carry
    let carried = carry == 0 ? "" : "+1"
    return " \(left % 10)+\(right % 10)=\(units) \(left / 10)+\(right / 10)\(carried)=\(tens) \(left + right)"
  }

  var careless: String { " \(left)" }
}
