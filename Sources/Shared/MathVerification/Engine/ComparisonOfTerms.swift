/// Numbers, decimals, percentages, words and matrices.
extension Comparison {
  // MARK: Terms

  mutating func terms(_ gold: Term, _ answer: Term) -> Bool {
    if let equal = matrices(gold, answer) { return equal }
    if let equal = words(gold, answer) { return equal }
    if let equal = percentages(gold, answer) { return equal }
    if gold.isDecimal || answer.isDecimal, let equal = decimals(gold, answer) { return equal }
    return TermEquality.areEqual(gold, answer, &budget)
  }

  /// A word against a product of letters that spells it.
  func words(_ gold: Term, _ answer: Term) -> Bool? {
    switch (gold, answer) {
    case (.symbol(let name), _), (_, .symbol(let name)):
      guard let left = gold.word, let right = answer.word else { return nil }
      return left == right || (name.count == 1 && TermWord.isSymmetric(gold, answer))
    default: return nil
    }
  }

  /// A whole percentage equals the bare number, and any that the gold gives: 50% and 50, 0.3% and 0.3.
  func percentages(_ gold: Term, _ answer: Term) -> Bool? {
    guard gold.percentage != nil || answer.percentage != nil else { return nil }
    guard let left = gold.percentage ?? gold.plainNumber, let right = answer.percentage ?? answer.plainNumber,
      gold.percentage != nil || (left.isInteger && right.isInteger), left == right
    else { return nil }
    return true
  }

  /// Both rounded to six places; nil where one has names or no real value.
  mutating func decimals(_ gold: Term, _ answer: Term) -> Bool? {
    if let left = try? ExactForm(gold, &budget).number, let right = try? ExactForm(answer, &budget).number {
      return left.rounded(places: 6) == right.rounded(places: 6)
    }
    let none = NumericValue(names: [:])
    guard let left = try? none.value(gold, &budget), let right = try? none.value(answer, &budget),
      left.isFinite,
      right.isFinite, left.isReal, right.isReal
    else { return nil }
    return (left.real * 1e6).rounded(.toNearestOrEven) == (right.real * 1e6).rounded(.toNearestOrEven)
  }

  // MARK: Matrices

  mutating func matrices(_ gold: Term, _ answer: Term) -> Bool? {
    let left = Matrices.value(gold)
    let right = Matrices.value(answer)
    guard left != nil || right != nil else { return nil }
    guard let left, let right, left.count == right.count else { return false }
    for (row, otherRow) in zip(left, right) {
      guard row.count == otherRow.count else { return false }
      for (entry, other) in zip(row, otherRow) where !terms(entry, other) { return false }
    }
    return true
  }
}

/// Products of letters against a single letter.
enum TermWord {
  /// Whether both spell the same, e being Euler's number or the letter.
  static func isSymmetric(_ left: Term, _ right: Term) -> Bool {
    guard let left = left.word, let right = right.word else { return false }
    return left.sorted() == right.sorted()
  }
}

extension Term {
  /// The number that a percentage is a hundredth of.
  var percentage: Rational? {
    switch self {
    case .percent(let part): part.plainNumber
    case .product(let factors):
      factors.count == 2 && factors[0] == .minusOne ? factors[1].percentage.map { -$0 } : nil
    default: nil
    }
  }

  /// Its value, if it is a number as written.
  var plainNumber: Rational? {
    switch self {
    case .number(let value, _): value
    case .product(let factors):
      factors.count == 2 && factors[0] == .minusOne ? factors[1].plainNumber.map { -$0 } : nil
    default: nil
    }
  }
}
