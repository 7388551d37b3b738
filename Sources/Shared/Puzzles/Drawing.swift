import Randomness

extension NamedGenerator {
  /// One of `elements`, of which there is at least one.
  mutating func element<Element>(of elements: [Element]) -> Element {
    elements[next(below: elements.count)]
  }

  /// True with probability `share`.
  mutating func chance(_ share: Double) -> Bool { uniform() < share }

  /// A number of exactly `digits` decimal digits, or, for one digit, 0 to 9.
  mutating func number(digits: Int) -> Int {
    let power = (1..<max(digits, 1)).reduce(1) { product, _ in product * 10 }
    return integer(in: (digits <= 1 ? 0 : power)...(power * 10 - 1))
  }

  /// `elements` in random order.
  mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var elements = elements
    shuffle(&elements)
    return elements
  }
}

/// The element of a table of five that belongs to `level`, 1 to 5.
func at<Element>(_ level: Int, _ table: Element...) -> Element { table[level - 1] }

/// The non-negative remainder.
func modulo(_ dividend: Int, _ divisor: Int) -> Int {
  let remainder = dividend % divisor
  return remainder < 0 ? remainder + abs(divisor) : remainder
}

/// The greatest common divisor, at least 0.
func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (abs(a), abs(b))
  while b != 0 { (a, b) = (b, a % b) }
  return a
}

/// `texts` joined as in a sentence: `a, b and c`.
func listed(_ texts: [String]) -> String {
  guard let last = texts.last, texts.count > 1 else { return texts.first ?? "" }
  return texts.dropLast().joined(separator: ", ") + " and " + last
}

/// The rows of a matrix, one per line, elements separated by blanks.
func written(_ matrix: [[Int]]) -> String {
  matrix.map { $0.map(String.init).joined(separator: " ") }.joined(separator: "\n")
}
