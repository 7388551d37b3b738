import Randomness

/// Equations in one and several unknowns, polynomials, exponents.
enum EquationProblems {
  /// a(x + b) + c = dx + e.
  static func linear(level: Int, generator: inout NamedGenerator) -> Draft {
    let size = 2 + 2 * level
    let a = generator.nonzero(in: -size...size)
    var d = a
    while d == a { d = generator.integer(in: -size...size) }
    let b = generator.nonzero(in: -size...size)
    let (c, e) = (generator.integer(in: -5 * size...5 * size), generator.integer(in: -5 * size...5 * size))
    let name = generator.pick(["x", "y", "t", "n", "k"])
    let left = "\(a == 1 ? "" : a == -1 ? "-" : "\(a)")(\(name)\(Notation.added(b)))\(Notation.added(c))"
    let right = d == 0 ? "\(e)" : Notation.linear([d], [name]) + Notation.added(e)
    let opening = generator.pick(["Solve for", "Find the value of", "Determine"])
    return Draft("\(opening) $\(name)$: $\(left) = \(right)$.", .of(e - c - a * b, a - d))
  }

  /// Two unknowns, three from level 4 on, with a whole solution.
  static func system(level: Int, generator: inout NamedGenerator) -> Draft {
    let count = level < 4 ? 2 : 3
    let names = Array(["x", "y", "z"].prefix(count))
    let size = 2 + level
    let solution = (0..<count).map { _ in generator.integer(in: -4 * level...4 * level) }
    var rows: [[Int]] = []
    repeat {
      rows = (0..<count).map { _ in (0..<count).map { _ in generator.nonzero(in: -size...size) } }
    } while AlgebraProblems.determinant(rows) == 0
    let equations = rows.map { row in
      "\(Notation.linear(row, names)) = \(zip(row, solution).map(*).reduce(0, +))"
    }
    let list = "$\(equations.joined(separator: "$, $"))$"
    let tuple = names.joined(separator: ",")
    switch generator.next(below: 3) {
    case 0:
      return Draft(
        "The numbers $\(tuple)$ satisfy \(list). What is $\(names.joined(separator: " + "))$?",
        solution.reduce(0, +))
    case 1:
      let product = solution.reduce(1, *)
      return Draft("Given \(list), find the product $\(names.joined())$.", product)
    default:
      return Draft(
        "Solve the system \(list). Give the solution as a tuple $(\(tuple))$.",
        "(\(solution.map(String.init).joined(separator: ",")))", "tuple")
    }
  }

  /// From whole roots up to level 2, with surds from level 3 on.
  static func quadratic(level: Int, generator: inout NamedGenerator) -> Draft {
    let opening = generator.pick([
      "Find all real solutions of", "Solve over the real numbers:", "Which real $x$ satisfy",
    ])
    let end = opening.hasPrefix("Which") ? "?" : "."
    let hint = " List them separated by commas."
    if level < 3 {
      let (p, q) = (
        generator.integer(in: -6 * level...6 * level), generator.integer(in: -6 * level...6 * level)
      )
      let a = level == 1 ? 1 : generator.integer(in: 2...6)
      let equation = Notation.polynomial([a * p * q, -a * (p + q), a])
      let answer = p == q ? "\(p)" : "\(min(p, q)),\(max(p, q))"
      return Draft("\(opening) $\(equation) = 0$\(end)\(hint)", answer, p == q ? "int" : "set")
    }
    let half = generator.nonzero(in: -2 * level...2 * level)
    var n = generator.integer(in: 2...12 * level)
    while Notation.squareRoot(n).inside == 1 { n += 1 }
    let factor = level == 5 ? generator.integer(in: 1...3) : 1
    let equation = Notation.polynomial([factor * (half * half - n), -2 * half * factor, factor])
    let root = Notation.root(n)
    return Draft(
      "\(opening) $\(equation) = 0$\(end)\(hint) Give exact values.", "\(half)-\(root),\(half)+\(root)", "set"
    )
  }

  /// P(a) as the remainder of a division by x - a.
  static func remainder(level: Int, generator: inout NamedGenerator) -> Draft {
    let degree = level + 1
    var coefficients = (0..<degree).map { _ in generator.integer(in: -9...9) }
    coefficients.append(generator.nonzero(in: -5...5))
    let a = generator.nonzero(in: -3...3)
    let value = coefficients.reversed().reduce(0) { $0 * a + $1 }
    let polynomial = Notation.polynomial(coefficients)
    return Draft(
      generator.pick([
        "Find the remainder of $\(polynomial)$ on division by $x\(Notation.added(-a))$.",
        "The polynomial $\(polynomial)$ is divided by $x\(Notation.added(-a))$. What remains?",
      ]), value)
  }

  /// Powers of one base, or logarithms of one.
  static func exponents(level: Int, generator: inout NamedGenerator) -> Draft {
    let base = generator.pick([2, 3, 5, 6, 7, 10])
    if level < 4 || generator.coin() {
      let (p, q) = (generator.nonzero(in: -2 - level...2 + level), generator.integer(in: -9...9))
      let e = generator.integer(in: -9...9)
      let exponent = Notation.linear([p], ["x"]) + Notation.added(q)
      if level >= 3 {
        let power = generator.integer(in: 2...3)
        return Draft(
          "Find $x$ if $\(base)^{\(exponent)} = \(Whole.power(base, power))^{\(e)}$.", .of(power * e - q, p))
      }
      return Draft("Find $x$ if $\(base)^{\(exponent)} = \(base)^{\(e)}$.", .of(e - q, p))
    }
    let (n, m) = (generator.integer(in: 1...level), generator.integer(in: 1...4))
    if level == 5, generator.coin() {
      let k = generator.integer(in: 2...5)
      return Draft(
        "Compute $\\log_{\(Whole.power(base, m))} \\sqrt[\(k)]{\(Whole.power(base, n))}$.", .of(n, m * k))
    }
    return Draft("Compute $\\log_{\(Whole.power(base, m))} \(Whole.power(base, n))$.", .of(n, m))
  }
}
