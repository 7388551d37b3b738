/// Whether an answer means what the gold answer means; math-verify's rules, in its order.
///
/// - An equation with a name on its left is worth its right side where the other is none: `x=5` and `5`. An
///   answer that is any equation is worth its right side where the gold is none.
/// - A gold inequality is a set where the answer is one: `x>3` and `(3,∞)`.
/// - Relations are equal part by part, or turned round, or as multiples of one another.
/// - Lists without order for a gold list or set, in order for a gold tuple; `(1,2)` may be an open interval, a
///   pair or a list.
/// - A decimal is equal to what rounds to the same six places; a percentage to its hundredth, a whole one to the
///   bare number too.
/// - Otherwise ``TermEquality``.
struct Comparison {
  private var budget = WorkBudget()

  /// Whether `answer` is as good as `gold`.
  static func areEqual(gold: MathObject, answer: MathObject) -> Bool {
    var comparison = Comparison()
    return comparison.objects(gold, answer, depth: 0)
  }

  private mutating func objects(_ gold: MathObject, _ answer: MathObject, depth: Int) -> Bool {
    guard depth < Limits.depth, (try? budget.spend(1)) != nil else { return false }
    var (gold, answer) = (Self.shortened(gold), Self.shortened(answer))
    let goldIsEquation = Self.isEquation(gold)
    let answerIsEquation = Self.isEquation(answer)
    if answerIsEquation, !goldIsEquation {
      answer = Self.lastSide(answer)
    } else if Self.isAssignment(gold), !answerIsEquation {
      gold = Self.lastSide(gold)
    }
    if case .relation(let sides, let signs) = gold {
      if case .relation(let otherSides, let otherSigns) = answer {
        return relations((sides, signs), (otherSides, otherSigns), depth: depth + 1)
      }
      guard Self.isSet(answer), let set = Self.solutionSet(sides, signs) else { return false }
      gold = set
    } else if case .relation = answer {
      guard case .set(let parts) = gold, parts.count == 1 else { return false }
      return objects(parts[0], answer, depth: depth + 1)
    }
    if case .term(let left) = gold, case .term(let right) = answer { return terms(left, right) }
    return sets(gold, answer, depth: depth + 1)
  }

  // MARK: Equations

  private static func isEquation(_ object: MathObject) -> Bool {
    guard case .relation(_, let signs) = object else { return false }
    return signs.allSatisfy { $0 == .equal }
  }

  /// Whether it is an equation whose left side holds names only, as x or x + y.
  private static func isAssignment(_ object: MathObject) -> Bool {
    guard isEquation(object), case .relation(let sides, _) = object else { return false }
    return isNames(sides[0])
  }

  private static func isNames(_ object: MathObject) -> Bool {
    switch object {
    case .term(let term): isNames(term)
    case .tuple(let parts): parts.allSatisfy(isNames)
    case .interval(let interval): interval.isOpen && isNames(interval.lower) && isNames(interval.upper)
    default: false
    }
  }

  private static func isNames(_ term: Term) -> Bool {
    switch term {
    case .symbol: true
    case .function(.named, _): true
    case .constant(let constant): constant == .e || constant == .i
    case .product(let parts), .sum(let parts): parts.allSatisfy(isNames)
    default: false
    }
  }

  private static func lastSide(_ object: MathObject) -> MathObject {
    if case .relation(let sides, _) = object, let last = sides.last { return last }
    return object
  }

  /// Of a chain a = b = c that starts with names, the first and the last side.
  private static func shortened(_ object: MathObject) -> MathObject {
    guard case .relation(let sides, _) = object, sides.count > 2, isAssignment(object), let last = sides.last
    else { return object }
    return .relation([sides[0], last], [.equal])
  }

  // MARK: Relations

  private typealias Relation = (sides: [MathObject], signs: [MathObject.RelationSign])

  private mutating func relations(_ gold: Relation, _ answer: Relation, depth: Int) -> Bool {
    guard gold.signs.count == answer.signs.count else { return false }
    if chain(gold, answer, depth: depth) { return true }
    return chain(gold, (answer.sides.reversed(), answer.signs.reversed().map(\.mirrored)), depth: depth)
  }

  private mutating func chain(_ gold: Relation, _ answer: Relation, depth: Int) -> Bool {
    for place in gold.signs.indices {
      let left = (gold.sides[place], gold.sides[place + 1], gold.signs[place])
      let right = (answer.sides[place], answer.sides[place + 1], answer.signs[place])
      guard relation(left, right, depth: depth) else { return false }
    }
    return true
  }

  private mutating func relation(
    _ gold: (MathObject, MathObject, MathObject.RelationSign),
    _ answer: (MathObject, MathObject, MathObject.RelationSign), depth: Int
  ) -> Bool {
    guard case .term(let goldLeft) = gold.0, case .term(let goldRight) = gold.1, case .term(let left) = answer.0,
      case .term(let right) = answer.1
    else {
      return gold.2 == answer.2 && objects(gold.0, answer.0, depth: depth + 1)
        && objects(gold.1, answer.1, depth: depth + 1)
    }
    if gold.2 == answer.2, terms(goldLeft, left), terms(goldRight, right) { return true }
    guard let ratio = ratio(goldLeft.minus(goldRight), left.minus(right)) else { return false }
    return ratio.isNegative ? gold.2 == answer.2.mirrored : gold.2 == answer.2
  }

  /// The number by which `answer` must be multiplied to be `gold`, if both are polynomials and it is not 0.
  private mutating func ratio(_ gold: Term, _ answer: Term) -> Rational? {
    guard let left = try? ExactForm(gold, &budget), let right = try? ExactForm(answer, &budget),
      let ratio = Self.ratio(left, right), let scaled = try? ExactForm(.product([.number(ratio, isDecimal: false), answer]), &budget)
    else {
      return terms(gold, answer) ? .one : terms(gold, answer.negated) ? Rational(-1) : nil
    }
    return (try? left.equals(scaled, &budget)) == true ? ratio : nil
  }

  /// The ratio of two coefficients of the same monomial; positive ones are preferred where both are equations.
  private static func ratio(_ left: ExactForm, _ right: ExactForm) -> Rational? {
    guard let bottomLeft = left.denominator.number, let bottomRight = right.denominator.number, !bottomLeft.isZero,
      !bottomRight.isZero
    else { return nil }
    for (monomial, coefficient) in left.numerator.terms {
      guard let other = right.numerator.terms[monomial] else { continue }
      return coefficient / bottomLeft / (other / bottomRight)
    }
    return nil
  }

  // MARK: Terms

  private mutating func terms(_ gold: Term, _ answer: Term) -> Bool {
    if let equal = matrices(gold, answer) { return equal }
    if let equal = words(gold, answer) { return equal }
    if let equal = percentages(gold, answer) { return equal }
    if gold.isDecimal || answer.isDecimal, let equal = decimals(gold, answer) { return equal }
    return TermEquality.areEqual(gold, answer, &budget)
  }

  /// A word against a product of letters that spells it.
  private func words(_ gold: Term, _ answer: Term) -> Bool? {
    switch (gold, answer) {
    case (.symbol(let name), _), (_, .symbol(let name)):
      guard let left = gold.word, let right = answer.word else { return nil }
      return left == right || (name.count == 1 && TermWord.isSymmetric(gold, answer))
    default: return nil
    }
  }

  /// A whole percentage equals the bare number, and any that the gold gives: 50% and 50, 0.3% and 0.3.
  private func percentages(_ gold: Term, _ answer: Term) -> Bool? {
    guard gold.percentage != nil || answer.percentage != nil else { return nil }
    guard let left = gold.percentage ?? gold.plainNumber, let right = answer.percentage ?? answer.plainNumber,
      gold.percentage != nil || (left.isInteger && right.isInteger), left == right
    else { return nil }
    return true
  }

  /// Both rounded to six places; nil where one has names or no real value.
  private mutating func decimals(_ gold: Term, _ answer: Term) -> Bool? {
    if let left = try? ExactForm(gold, &budget).number, let right = try? ExactForm(answer, &budget).number {
      return left.rounded(places: 6) == right.rounded(places: 6)
    }
    let none = NumericValue(names: [:])
    guard let left = try? none.value(gold, &budget), let right = try? none.value(answer, &budget), left.isFinite,
      right.isFinite, left.isReal, right.isReal
    else { return nil }
    return (left.real * 1e6).rounded(.toNearestOrEven) == (right.real * 1e6).rounded(.toNearestOrEven)
  }

  // MARK: Matrices

  private mutating func matrices(_ gold: Term, _ answer: Term) -> Bool? {
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

  // MARK: Sets

  private static func isSet(_ object: MathObject) -> Bool {
    switch object {
    case .set, .interval, .combination, .named: true
    case .term, .tuple, .relation: false
    }
  }

  private mutating func sets(_ gold: MathObject, _ answer: MathObject, depth: Int) -> Bool {
    if case .interval(let left) = gold, case .interval(let right) = answer {
      return left.isLowerOpen == right.isLowerOpen && left.isUpperOpen == right.isUpperOpen
        && terms(left.lower, right.lower) && terms(left.upper, right.upper)
    }
    if case .named(let left) = gold, case .named(let right) = answer, left == right { return true }
    let (left, right) = (Self.elements(gold), Self.elements(answer))
    if let left, let right {
      return left.isOrdered ? inOrder(left.parts, right.parts, depth) : matched(left.parts, right.parts, depth)
    }
    if let left = NumberSet(gold), let right = NumberSet(answer) { return pieces(left, right) }
    return combinations(gold, answer, depth: depth)
  }

  /// The elements of what may be a list: whether their order counts, and they themselves.
  private static func elements(_ object: MathObject) -> (isOrdered: Bool, parts: [MathObject])? {
    switch object {
    case .term: return (false, [object])
    case .set(let parts): return (false, parts)
    case .tuple(let parts): return (true, parts)
    case .interval(let interval):
      guard interval.isOpen || NumberSet.isDecreasing(interval) else { return nil }
      return (true, [.term(interval.lower), .term(interval.upper)])
    case .named(.empty): return (false, [])
    case .combination, .named, .relation: return nil
    }
  }

  private mutating func inOrder(_ gold: [MathObject], _ answer: [MathObject], _ depth: Int) -> Bool {
    guard gold.count == answer.count else { return false }
    for (left, right) in zip(gold, answer) where !objects(left, right, depth: depth + 1) { return false }
    return true
  }

  /// Each element has its own in the other; those written twice count once.
  private mutating func matched(_ gold: [MathObject], _ answer: [MathObject], _ depth: Int) -> Bool {
    if inOrder(gold, answer, depth) { return true }
    let left = distinct(gold, depth)
    var right = distinct(answer, depth)
    guard left.count == right.count else { return false }
    for part in left {
      guard let place = right.indices.first(where: { objects(part, right[$0], depth: depth + 1) }) else { return false }
      right.remove(at: place)
    }
    return true
  }

  private mutating func distinct(_ parts: [MathObject], _ depth: Int) -> [MathObject] {
    guard parts.count <= 200 else { return parts }
    var result: [MathObject] = []
    for part in parts where !result.contains(where: { objects($0, part, depth: depth + 1) }) { result.append(part) }
    return result
  }

  private mutating func pieces(_ gold: NumberSet, _ answer: NumberSet) -> Bool {
    guard gold.pieces.count == answer.pieces.count else { return false }
    for (left, right) in zip(gold.pieces, answer.pieces) {
      guard left.isLowerOpen == right.isLowerOpen, left.isUpperOpen == right.isUpperOpen,
        terms(left.lower.term, right.lower.term), terms(left.upper.term, right.upper.term)
      else { return false }
    }
    return true
  }

  /// Sets with names in them: unions in any order, others part by part.
  private mutating func combinations(_ gold: MathObject, _ answer: MathObject, depth: Int) -> Bool {
    guard case .combination(let left, let a, let b) = gold, case .combination(let right, let c, let d) = answer,
      left == right
    else { return false }
    if objects(a, c, depth: depth + 1), objects(b, d, depth: depth + 1) { return true }
    return left != .difference && objects(a, d, depth: depth + 1) && objects(b, c, depth: depth + 1)
  }

  // MARK: Inequalities as sets

  /// The numbers that satisfy a chain of inequalities in which one name stands alone: x > 3, 1 < x ≤ 2, x ≠ 0.
  private static func solutionSet(
    _ sides: [MathObject], _ signs: [MathObject.RelationSign]
  ) -> MathObject? {
    var parts: [MathObject] = []
    for (place, sign) in signs.enumerated() {
      guard case .term(let left) = sides[place], case .term(let right) = sides[place + 1] else { return nil }
      if isNames(left), right.names.isEmpty {
        parts.append(contentsOf: halfLine(sign, right))
      } else if isNames(right), left.names.isEmpty {
        parts.append(contentsOf: halfLine(sign.mirrored, left))
      } else {
        return nil
      }
    }
    guard let first = parts.first else { return nil }
    return parts.dropFirst().reduce(first) { .combination(.intersection, $0, $1) }
  }

  /// Where a name is in the relation `sign` to `bound`.
  private static func halfLine(_ sign: MathObject.RelationSign, _ bound: Term) -> [MathObject] {
    let infinity = Term.constant(.infinity)
    func interval(_ lower: Term, _ upper: Term, _ isLowerOpen: Bool, _ isUpperOpen: Bool) -> MathObject {
      .interval(
        MathObject.Interval(lower: lower, upper: upper, isLowerOpen: isLowerOpen, isUpperOpen: isUpperOpen))
    }
    return switch sign {
    case .less: [interval(infinity.negated, bound, true, true)]
    case .lessOrEqual: [interval(infinity.negated, bound, true, false)]
    case .greater: [interval(bound, infinity, true, true)]
    case .greaterOrEqual: [interval(bound, infinity, false, true)]
    case .equal: [.set([.term(bound)])]
    case .notEqual: [.combination(.difference, .named(.reals), .set([.term(bound)]))]
    }
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
  fileprivate var percentage: Rational? {
    switch self {
    case .percent(let part): part.plainNumber
    case .product(let factors):
      factors.count == 2 && factors[0] == .minusOne ? factors[1].percentage.map { -$0 } : nil
    default: nil
    }
  }

  /// Its value, if it is a number as written.
  fileprivate var plainNumber: Rational? {
    switch self {
    case .number(let value, _): value
    case .product(let factors):
      factors.count == 2 && factors[0] == .minusOne ? factors[1].plainNumber.map { -$0 } : nil
    default: nil
    }
  }
}
