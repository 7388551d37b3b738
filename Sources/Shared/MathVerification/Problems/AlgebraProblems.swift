import Randomness

/// Matrices, complex numbers, inequalities.
enum AlgebraProblems {
  /// By the first row; at most three rows.
  static func determinant(_ rows: [[Int]]) -> Int {
    if rows.count == 2 { return rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0] }
    return rows.indices.reduce(0) { sum, column in
      let minor = rows.dropFirst().map { row in row.indices.filter { $0 != column }.map { row[$0] } }
      return sum + (column.isMultiple(of: 2) ? 1 : -1) * rows[0][column] * determinant(minor)
    }
  }

  private static func entries(_ count: Int, _ size: Int, _ generator: inout NamedGenerator) -> [[Int]] {
    (0..<count).map { _ in (0..<count).map { _ in generator.integer(in: -size...size) } }
  }

  static func matrix(level: Int, generator: inout NamedGenerator) -> Draft {
    let size = 3 + level
    switch generator.next(below: 3) {
    case 0:
      let rows = entries(level < 3 ? 2 : 3, size, &generator)
      return Draft("Find the determinant of $\(Notation.matrix(rows))$.", determinant(rows))
    case 1:
      let (a, b) = (entries(2, size, &generator), entries(2, size, &generator))
      let product = (0..<2).map { i in (0..<2).map { j in a[i][0] * b[0][j] + a[i][1] * b[1][j] } }
      return Draft(
        "Let $A = \(Notation.matrix(a))$ and $B = \(Notation.matrix(b))$. Compute $AB$.",
        Notation.matrix(product), "matrix")
    default:
      let a = entries(2, size, &generator)
      let square = (0..<2).map { i in (0..<2).map { j in a[i][0] * a[0][j] + a[i][1] * a[1][j] } }
      let factor = generator.integer(in: -3...3)
      let result = (0..<2).map { i in (0..<2).map { j in square[i][j] + factor * a[i][j] } }
      let formula =
        "A^2\(factor == 0 ? "" : factor == 1 ? " + A" : factor == -1 ? " - A" : Notation.added(factor) + "A")"
      return Draft(
        "Let $A = \(Notation.matrix(a))$. Compute $\(formula)$.", Notation.matrix(result), "matrix")
    }
  }

  static func complex(level: Int, generator: inout NamedGenerator) -> Draft {
    let size = 4 + 2 * level
    let (a, b) = (generator.nonzero(in: -size...size), generator.nonzero(in: -size...size))
    let (c, d) = (generator.nonzero(in: -size...size), generator.nonzero(in: -size...size))
    func written(_ real: Int, _ imaginary: Int) -> String {
      Notation.complex(Rational(real), Rational(imaginary))
    }
    let ending = "Write the result as $a+bi$."
    switch level < 3 ? 0 : generator.next(below: 3) {
    case 0:
      return Draft(
        "Multiply $(\(written(a, b)))(\(written(c, d)))$. \(ending)",
        written(a * c - b * d, a * d + b * c), "complex")
    case 1:
      let norm = c * c + d * d
      return Draft(
        "Divide $\\frac{\(written(a, b))}{\(written(c, d))}$. \(ending)",
        Notation.complex(.of(a * c + b * d, norm), .of(b * c - a * d, norm)), "complex")
    default:
      let (real, imaginary) = (a * a - b * b, 2 * a * b)
      return Draft(
        "Compute $(\(written(a, b)))^2 - (\(written(c, d)))$. \(ending)",
        written(real - c, imaginary - d), "complex")
    }
  }

  /// (x - a)(x - b) compared with 0; from level 4 on with a leading factor.
  static func inequality(level: Int, generator: inout NamedGenerator) -> Draft {
    let size = 4 + 3 * level
    let a = generator.integer(in: -size...size - 1)
    let b = generator.integer(in: a + 1...size)
    let factor = level < 4 ? 1 : generator.nonzero(in: -3...3)
    let sign = generator.pick(["<", ">", "\\le", "\\ge"])
    let isStrict = sign == "<" || sign == ">"
    let isBetween = (sign == "<" || sign == "\\le") == (factor > 0)
    let (left, right) = isStrict ? ("(", ")") : ("[", "]")
    let answer =
      isBetween
      ? "\(left)\(a),\(b)\(right)" : "(-\\infty,\(a)\(right)\\cup\(left)\(b),\\infty)"
    let formula = Notation.polynomial([factor * a * b, -factor * (a + b), factor])
    return Draft(
      generator.pick([
        "For which real $x$ is $\(formula) \(sign) 0$? Use interval notation.",
        "Solve $\(formula) \(sign) 0$ over the real numbers, in interval notation.",
      ]), answer, "interval")
  }
}
