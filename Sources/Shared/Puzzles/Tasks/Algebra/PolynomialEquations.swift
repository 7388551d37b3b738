import Foundation
import Randomness

/// The real roots of a polynomial, in ascending order, rounded to four places, separated by commas.
///
/// Roots given are matched with roots expected, each with the nearest that is left; the score is the mean of
/// exp(-10·distance) over matches, less 0.5 for every root that is missing or too many.
///
/// Levels: linear; two whole roots; two real roots; three whole roots; a whole root and two real ones.
enum PolynomialEquations: PuzzleTask {
  static let name = "polynomial_equations"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    var coefficients = [generator.integer(in: 1...at(level, 20, 3, 9, 1, 3))]
    var roots: [Double] = []
    func multiply(byRoot root: Int) {
      coefficients = zip(coefficients + [0], [0] + coefficients).map { $0 - root * $1 }
      roots.append(Double(root))
    }
    switch level {
    case 1:
      let constant = generator.integer(in: -40...40)
      roots = [-Double(constant) / Double(coefficients[0])]
      coefficients.append(constant)
    case 2, 4:
      for root in generator.choose(level == 2 ? 2 : 3, of: Array(-9...9)) { multiply(byRoot: root) }
    default:
      let (a, b) = (coefficients[0], generator.integer(in: -20...20))
      // The constant is at most what leaves two real roots.
      let most = (b * b - 1) / (4 * a)
      let c = generator.integer(in: min(most, -30)...most)
      let discriminant = Double(b * b - 4 * a * c).squareRoot()
      roots = [(-Double(b) - discriminant) / Double(2 * a), (-Double(b) + discriminant) / Double(2 * a)]
      coefficients = [a, b, c]
      if level == 5 {
        let free = (-9...9).filter { root in roots.allSatisfy { abs($0 - Double(root)) > 0.01 } }
        multiply(byRoot: generator.element(of: free))
      }
    }
    let variable = generator.element(of: ["x", "y", "z", "w"])
    let expression = written(coefficients, variable)
    let steps = roots.sorted().map { Int(($0 * 10000).rounded()) }
    return Puzzle(
      question:
        "Find all real numbers \(variable) with \(expression) = 0. Answer with these only, smallest first, "
        + "rounded to 4 decimal places and separated by commas, as in -1.25, 0.3333.",
      answer: steps.map { shortDecimalText($0, places: 4) }.joined(separator: ", "),
      metadata: [
        "polynomial_expr": .text(expression), "variable": .text(variable),
        "degree": .integer(coefficients.count - 1),
        "real_solutions": .list(steps.map { .number(Double($0) / 10000) }),
      ])
  }

  private static func written(_ coefficients: [Int], _ variable: String) -> String {
    var text = ""
    for (index, coefficient) in coefficients.enumerated() where coefficient != 0 {
      let power = coefficients.count - 1 - index
      let sign = coefficient < 0 ? (text.isEmpty ? "-" : " - ") : (text.isEmpty ? "" : " + ")
      let factor = power == 0 ? "" : power == 1 ? variable : "\(variable)**\(power)"
      let number = abs(coefficient) == 1 && power > 0 ? "" : "\(abs(coefficient))" + (power > 0 ? "*" : "")
      text += sign + number + factor
    }
    return text
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    var expected: [Double]
    if let numbers = key.metadata["real_solutions"]?.numbers {
      expected = numbers.sorted()
    } else {
      expected = numbers(try key.answer)
    }
    // Beyond some roots, each costs half a point and the score stays 0.
    let given = numbers(answer)
    if given.count > expected.count + 4 { return .wrong("\(given.count) numbers") }
    if given.isEmpty && expected.isEmpty { return .correct("no roots") }
    if given.isEmpty { return .unparsed("no numbers") }
    var (sum, matched, extra) = (0.0, 0, 0)
    for number in given {
      let nearest = expected.indices.filter { abs(number - expected[$0]) < .infinity }
        .min { abs(number - expected[$0]) < abs(number - expected[$1]) }
      guard let nearest else {
        extra += 1
        continue
      }
      sum += exp(-10 * abs(number - expected[nearest]))
      expected.remove(at: nearest)
      matched += 1
    }
    let mean = matched > 0 ? sum / Double(matched) : 0
    let score = mean - 0.5 * Double(expected.count + extra)
    return .share(min(score, 1), "\(matched) matched, \(expected.count) missing, \(extra) too many")
  }

  /// The numbers between commas in ascending order; what is none is passed over.
  private static func numbers(_ text: AnswerText) -> [Double] {
    text.parts(between: ",").compactMap(\.real).sorted()
  }
}
