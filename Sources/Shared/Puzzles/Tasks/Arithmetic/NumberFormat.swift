import Randomness

/// The largest or smallest of some numbers that lie close together and are written in different ways.
///
/// Right within 0.01, commas aside. Levels have 2, 3, 4, 5, 5 numbers around up to 10^3 … 10^8, drawn within
/// 500, 100, 20, 10, 2.
enum NumberFormat: PuzzleTask {
  static let name = "number_format"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let center = generator.integer(in: 1000...at(level, 9999, 99999, 999_999, 9_999_999, 99_999_999)) * 1000
    let spread = at(level, 500, 100, 20, 10, 2) * 1000
    var numbers: Set<Int> = []
    while numbers.count < at(level, 2, 3, 4, 5, 5) {
      let number = center + generator.integer(in: -spread...spread)
      // Far enough apart that the next is not within the tolerance.
      if numbers.allSatisfy({ abs($0 - number) > 20 }) { numbers.insert(number) }
    }
    let candidates = generator.shuffled(numbers.sorted())
    let isLargest = generator.chance(0.5)
    let solution = isLargest ? candidates.max() ?? 0 : candidates.min() ?? 0
    let written = candidates.map { format($0, generator.next(below: 3)) }
    let size = isLargest ? "largest" : "smallest"
    return Puzzle(
      question:
        "Which is the \(size) of these numbers: \(written.joined(separator: "   "))? Answer with that number "
        + "only.",
      answer: decimalText(solution, places: 3),
      metadata: [
        "candidates": .list(candidates.map { .number(Double($0) / 1000) }),
        "solution": .number(Double(solution) / 1000), "formatted_candidates": PuzzleValue(written),
        "size": .text(size), "num_candidates": .integer(candidates.count),
      ])
  }

  /// A number of thousandths: plain, with commas, or with an exponent.
  private static func format(_ thousandths: Int, _ style: Int) -> String {
    let plain = decimalText(thousandths, places: 3)
    if style == 0 { return plain }
    if style == 2 {
      let digits = String(thousandths)
      return "\(digits.prefix(1)).\(digits.dropFirst())e+\(digits.count - 4)"
    }
    let whole = Array(plain.dropLast(4))
    let grouped = whole.indices.map { place in
      place > 0 && (whole.count - place).isMultiple(of: 3) ? ",\(whole[place])" : "\(whole[place])"
    }
    return grouped.joined() + plain.suffix(4)
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let solution = try key.number("solution")
    guard let number = answer.trimmed.without(",").real else { return .unparsed("not a number") }
    return abs(number - solution) < 0.01 ? .correct("the expected number") : .wrong()
  }
}
