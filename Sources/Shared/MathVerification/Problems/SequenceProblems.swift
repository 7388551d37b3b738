import BigInt
import Randomness

/// Sequences, sums, derivatives and integrals.
enum SequenceProblems {
  static func sequence(level: Int, generator: inout NamedGenerator) -> Draft {
    switch generator.next(below: 4) {
    case 0:
      let (first, step) = (generator.integer(in: -20...20), generator.nonzero(in: -9...9))
      let n = generator.integer(in: 5...15 * level)
      let start = (0..<3).map { String(first + $0 * step) }.joined(separator: ", ")
      return generator.coin()
        ? Draft(
          "Add up the first \(n) terms of the arithmetic sequence $\(start), \\dots$.",
          n * first + step * n * (n - 1) / 2)
        : Draft(
          "What is term number \(n) of the arithmetic sequence $\(start), \\dots$?", first + (n - 1) * step)
    case 1:
      let first = generator.nonzero(in: -4 * level...4 * level)
      let bottom = generator.integer(in: 2...3 + level)
      let top = generator.nonzero(in: -(bottom - 1)...bottom - 1)
      return Draft(
        "A geometric series starts with \(first) and has the ratio $\(Rational.of(top, bottom).latex)$. What is its infinite sum?",
        Rational(first) / (.one - .of(top, bottom)))
    case 2:
      let (first, ratio) = (generator.nonzero(in: -9...9), generator.pick([-4, -3, -2, 2, 3, 4, 5]))
      let n = generator.integer(in: 3...4 + level)
      return Draft(
        "The first term of a geometric sequence is \(first), and each term is \(ratio) times the one before. What is "
          + "term number \(n)?", first * Whole.power(ratio, n - 1))
    default:
      let (p, q) = (generator.integer(in: 1...3), generator.nonzero(in: -3...3))
      var (a, b) = (generator.integer(in: -3...5), generator.integer(in: 1...6))
      let n = generator.integer(in: 4...4 + level)
      let start = "$a_1 = \(a)$, $a_2 = \(b)$"
      for _ in 3...n { (a, b) = (b, p * b + q * a) }
      let rule = Notation.linear([p, q], ["a_{n-1}", "a_{n-2}"])
      return Draft("Let \(start) and $a_n = \(rule)$ for $n \\ge 3$. Find $a_{\(n)}$.", b)
    }
  }

  static func sum(level: Int, generator: inout NamedGenerator) -> Draft {
    let n = generator.integer(in: 5...15 * level)
    switch generator.next(below: 4) {
    case 0:
      let (a, b) = (generator.nonzero(in: -6...6), generator.integer(in: -9...9))
      return Draft(
        "Evaluate $\\sum_{k=1}^{\(n)} (\(Notation.linear([a], ["k"]))\(Notation.added(b)))$.",
        a * n * (n + 1) / 2 + b * n)
    case 1:
      let start = generator.integer(in: 1...3)
      let value = (start...max(start, n)).reduce(0) { $0 + $1 * $1 }
      return Draft("Evaluate $\\sum_{k=\(start)}^{\(max(start, n))} k^2$.", value)
    case 2:
      let a = generator.integer(in: 1...5)
      return Draft(
        "Evaluate $\\sum_{k=1}^{\(n)} \(a == 1 ? "" : "\(a)")k^3$.", a * n * n * (n + 1) * (n + 1) / 4)
    default:
      let m = generator.integer(in: 1...3 + level)
      let (left, right) = (m == 1 ? "k" : "(k+\(m - 1))", "(k+\(m))")
      return Draft(
        "Evaluate $\\sum_{k=1}^{\(n)} \\frac{1}{\(left)\(right)}$ as a fraction.", .of(1, m) - .of(1, n + m))
    }
  }

  static func calculus(level: Int, generator: inout NamedGenerator) -> Draft {
    let degree = 1 + (level + 1) / 2 + generator.next(below: 2)
    var coefficients = (0..<degree).map { _ in generator.integer(in: -9...9) }
    coefficients.append(generator.nonzero(in: -6...6))
    let formula = Notation.polynomial(coefficients)
    if generator.coin() {
      let a = generator.integer(in: -4...4)
      let slope = coefficients.enumerated().dropFirst().reduce(0) {
        $0 + $1.element * $1.offset * Whole.power(a, $1.offset - 1)
      }
      return Draft(
        generator.pick([
          "Let $f(x) = \(formula)$. Find $f'(\(a))$.",
          "What is the slope of the graph of $f(x) = \(formula)$ at $x = \(a)$?",
        ]), slope)
    }
    let lower = generator.integer(in: -3...2)
    let upper = lower + generator.integer(in: 1...1 + level)
    var value = Rational.zero
    for (power, coefficient) in coefficients.enumerated() {
      let difference = Whole.power(upper, power + 1) - Whole.power(lower, power + 1)
      value = value + .of(coefficient * difference, power + 1)
    }
    return Draft("Evaluate $\\int_{\(lower)}^{\(upper)} (\(formula))\\,dx$.", value)
  }
}
