import BigInt
import Randomness

/// A problem made by a generator, with the answer that its verifier accepts.
public struct GeneratedProblem: Sendable, Equatable {
  /// What kind of reward decides.
  public enum Answer: Sendable, Equatable {
    /// One LaTeX expression for ``MathVerifier``.
    case math(String)
    /// What ``StemVerifier`` compares with.
    case stem(StemAnswer)
  }

  /// The generator's name, as in ``MathProblems/tasks``.
  public let task: String

  /// From 1 to 5.
  public let difficulty: Int

  /// The question, ending with how to give the answer.
  public let question: String

  /// The reference answer.
  public let answer: Answer

  /// What it is: `int`, `rational`, `surd`, `set`, `numeric`, ….
  public let answerType: String
}

/// A question with its answer, before it is wrapped.
struct Draft {
  let question: String
  let answer: String
  let type: String

  init(_ question: String, _ answer: String, _ type: String) {
    self.question = question
    self.answer = answer
    self.type = type
  }

  /// A whole number as the answer.
  init(_ question: String, _ answer: Int) {
    self.init(question, String(answer), "int")
  }

  /// A fraction as the answer.
  init(_ question: String, _ answer: Rational) {
    self.init(question, answer.latex, answer.isInteger ? "int" : "rational")
  }
}

extension Rational {
  /// `-\frac{3}{4}` or a whole number.
  var latex: String {
    if isInteger { return numerator.description }
    return "\(isNegative ? "-" : "")\\frac{\(numerator.magnitude)}{\(denominator)}"
  }

  static func of(_ top: Int, _ bottom: Int) -> Rational { Rational(BigInt(top), BigInt(bottom)) }
}

extension NamedGenerator {
  /// One of `elements`.
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[next(below: elements.count)] }

  /// A number in `range` other than 0.
  mutating func nonzero(in range: ClosedRange<Int>) -> Int {
    while true {
      let value = integer(in: range)
      if value != 0 { return value }
    }
  }

  /// True half of the time.
  mutating func coin() -> Bool { next(below: 2) == 0 }
}

/// How formulas are written in questions and answers.
enum Notation {
  /// `3x^2-x+4` from coefficients, the constant first.
  static func polynomial(_ coefficients: [Int], _ name: String = "x") -> String {
    var text = ""
    for (degree, coefficient) in coefficients.enumerated().reversed() where coefficient != 0 {
      let power =
        degree == 0 ? "" : degree == 1 ? name : "\(name)^\(degree > 9 ? "{\(degree)}" : "\(degree)")"
      let size = abs(coefficient)
      text += coefficient < 0 ? "-" : text.isEmpty ? "" : "+"
      text += size == 1 && degree > 0 ? power : "\(size)\(power)"
    }
    return text.isEmpty ? "0" : text
  }

  /// `ax + by + cz`, with blanks round the signs.
  static func linear(_ coefficients: [Int], _ names: [String]) -> String {
    var text = ""
    for (coefficient, name) in zip(coefficients, names) where coefficient != 0 {
      if text.isEmpty { text = coefficient < 0 ? "-" : "" } else { text += coefficient < 0 ? " - " : " + " }
      let size = abs(coefficient)
      text += size == 1 && !name.isEmpty ? name : "\(size)\(name)"
    }
    return text.isEmpty ? "0" : text
  }

  /// ` + 5`, ` - 5`, or nothing for 0.
  static func added(_ value: Int) -> String { value == 0 ? "" : value < 0 ? " - \(-value)" : " + \(value)" }

  /// k and m with √n = k √m, m without a square factor.
  static func squareRoot(_ n: Int) -> (outside: Int, inside: Int) {
    var (outside, inside) = (1, n)
    var divisor = 2
    while divisor * divisor <= inside {
      while inside % (divisor * divisor) == 0 {
        inside /= divisor * divisor
        outside *= divisor
      }
      divisor += 1
    }
    return (outside, inside)
  }

  /// `5\sqrt{2}`, `\sqrt{3}` or `4` for √n.
  static func root(_ n: Int) -> String {
    let (outside, inside) = squareRoot(n)
    if inside == 1 { return String(outside) }
    return "\(outside == 1 ? "" : String(outside))\\sqrt{\(inside)}"
  }

  /// A fraction times π.
  static func pi(_ factor: Rational) -> String { factor == .one ? "\\pi" : "\(factor.latex)\\pi" }

  /// `a+bi` with fractions.
  static func complex(_ real: Rational, _ imaginary: Rational) -> String {
    if imaginary.isZero { return real.latex }
    let size = imaginary.isNegative ? -imaginary : imaginary
    let part = "\(size == .one ? "" : size.latex)i"
    if real.isZero { return (imaginary.isNegative ? "-" : "") + part }
    return real.latex + (imaginary.isNegative ? "-" : "+") + part
  }

  /// Rows between `pmatrix`.
  static func matrix(_ rows: [[Int]]) -> String {
    let body = rows.map { $0.map(String.init).joined(separator: "&") }.joined(separator: "\\\\")
    return "\\begin{pmatrix}\(body)\\end{pmatrix}"
  }
}

/// Arithmetic of whole numbers.
enum Whole {
  static func gcd(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (abs(a), abs(b))
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }

  static func power(_ base: Int, _ exponent: Int) -> Int {
    (0..<exponent).reduce(1) { value, _ in value * base }
  }

  static func factorial(_ n: Int) -> Int { n < 2 ? 1 : (2...n).reduce(1, *) }

  static func binomial(_ n: Int, _ k: Int) -> Int {
    guard k >= 0, k <= n else { return 0 }
    return (0..<min(k, n - k)).reduce(1) { $0 * (n - $1) / ($1 + 1) }
  }

  /// Primes with their exponents.
  static func factors(_ n: Int) -> [(prime: Int, exponent: Int)] {
    var rest = n
    var found: [(Int, Int)] = []
    var divisor = 2
    while divisor * divisor <= rest {
      var count = 0
      while rest % divisor == 0 {
        rest /= divisor
        count += 1
      }
      if count > 0 { found.append((divisor, count)) }
      divisor += 1
    }
    if rest > 1 { found.append((rest, 1)) }
    return found
  }
}
