import Randomness

/// The probability of a number of heads in some throws of a coin.
///
/// A decimal or a fraction within 0.0001 is right; another but 0 earns the share of digits it agrees in from
/// the front, by the shorter of the two, so that a rounded number can be right as well. Levels have up to
/// 6, 7, 9, 11, 15 throws.
enum CoinFlip: PuzzleTask {
  static let name = "coin_flip"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let throwCount = generator.integer(in: max(2, 3 * level - 2)...at(level, 6, 7, 9, 11, 15))
    let heads = generator.integer(in: 1...throwCount)
    let isExact = generator.chance(0.5)
    let side = generator.chance(0.5) ? "heads" : "tails"
    var (binomial, good) = (1, 0)
    for k in 0...throwCount {
      if k == heads || k > heads && !isExact { good += binomial }
      binomial = binomial * (throwCount - k) / (k + 1)
    }
    let all = 1 << throwCount
    return Puzzle(
      question:
        "A fair coin is thrown \(throwCount) times. How likely are \(isExact ? "exactly" : "at least") \(heads) "
        + "\(side)? Answer with a decimal number or a fraction only.",
      answer: generalText(Double(good) / Double(all), digits: 10),
      metadata: [
        "num_trials": .integer(throwCount), "k_heads": .integer(heads),
        "problem_type": isExact ? "exact" : "at_least",
        "rational": ["numerator": .integer(good), "denominator": .integer(all)],
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    guard let expected = fraction(try key.answer.without(",")) else {
      throw PuzzleFault(reason: "the reference answer is not a number")
    }
    guard let number = fraction(answer.without(",")), number.isFinite else {
      return .unparsed("not a number")
    }
    if abs(number - expected) <= 1e-4 { return .correct("within 0.0001") }
    // The digit before the point is always right, and alone would earn everything.
    if number == 0 { return .wrong() }
    let (given, wanted) = (generalText(number, digits: 10), generalText(expected, digits: 10))
    let common = zip(given.utf8, wanted.utf8).prefix { $0 == $1 }.count
    return .share(
      Double(common) / Double(min(given.utf8.count, wanted.utf8.count)), "\(common) characters agree")
  }

  /// The number that Python's `Fraction` reads: a decimal, or two integers with nothing but `/` between them.
  private static func fraction(_ text: AnswerText) -> Double? {
    let text = text.trimmed
    guard let slash = text.scalars.firstIndex(of: "/") else {
      let number = text.real
      return number?.isFinite == true ? number : nil
    }
    let denominator = text.scalars[(slash + 1)...]
    guard text.scalars[..<slash].last.map(AnswerText.isSpace) == false,
      let above = AnswerText(text.scalars[..<slash]).integer,
      let digits = AnswerText.digits(denominator), let below = AnswerText(denominator).integer,
      !digits.isEmpty, below != 0
    else { return nil }
    return Double(above) / Double(below)
  }
}
