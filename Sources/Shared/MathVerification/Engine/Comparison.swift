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
  var budget = WorkBudget()

  /// Whether `answer` is as good as `gold`.
  static func areEqual(gold: MathObject, answer: MathObject) -> Bool {
    var comparison = Comparison()
    return comparison.objects(gold, answer, depth: 0)
  }

  mutating func objects(_ gold: MathObject, _ answer: MathObject, depth: Int) -> Bool {
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
      if case .set(let parts) = answer, parts.count == 1, case .relation = parts[0] {
        return objects(gold, parts[0], depth: depth + 1)
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

  static func isEquation(_ object: MathObject) -> Bool {
    guard case .relation(_, let signs) = object else { return false }
    return signs.allSatisfy { $0 == .equal }
  }

  /// Whether it is an equation whose left side holds names only, as x or x + y.
  static func isAssignment(_ object: MathObject) -> Bool {
    guard isEquation(object), case .relation(let sides, _) = object else { return false }
    return isNames(sides[0])
  }

  static func isNames(_ object: MathObject) -> Bool {
    switch object {
    case .term(let term): isNames(term)
    case .tuple(let parts): parts.allSatisfy(isNames)
    case .interval(let interval): interval.isOpen && isNames(interval.lower) && isNames(interval.upper)
    default: false
    }
  }

  static func isNames(_ term: Term) -> Bool {
    switch term {
    case .symbol: true
    case .function(.named, _): true
    case .constant(let constant): constant == .e || constant == .i
    case .product(let parts), .sum(let parts): parts.allSatisfy(isNames)
    default: false
    }
  }

  static func lastSide(_ object: MathObject) -> MathObject {
    if case .relation(let sides, _) = object, let last = sides.last { return last }
    return object
  }

  /// Of a chain a = b = c that starts with names, the first and the last side.
  static func shortened(_ object: MathObject) -> MathObject {
    guard case .relation(let sides, _) = object, sides.count > 2, isAssignment(object), let last = sides.last
    else { return object }
    return .relation([sides[0], last], [.equal])
  }

  // MARK: Relations

  typealias Relation = (sides: [MathObject], signs: [MathObject.RelationSign])

  mutating func relations(_ gold: Relation, _ answer: Relation, depth: Int) -> Bool {
    guard gold.signs.count == answer.signs.count else { return false }
    if chain(gold, answer, depth: depth) { return true }
    return chain(gold, (answer.sides.reversed(), answer.signs.reversed().map(\.mirrored)), depth: depth)
  }

  mutating func chain(_ gold: Relation, _ answer: Relation, depth: Int) -> Bool {
    for place in gold.signs.indices {
      let left = (gold.sides[place], gold.sides[place + 1], gold.signs[place])
      let right = (answer.sides[place], answer.sides[place + 1], answer.signs[place])
      guard relation(left, right, depth: depth) else { return false }
    }
    return true
  }

  mutating func relation(
    _ gold: (MathObject, MathObject, MathObject.RelationSign),
    _ answer: (MathObject, MathObject, MathObject.RelationSign), depth: Int
  ) -> Bool {
    guard case .term(let goldLeft) = gold.0, case .term(let goldRight) = gold.1,
      case .term(let left) = answer.0,
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
  mutating func ratio(_ gold: Term, _ answer: Term) -> Rational? {
    guard let left = try? ExactForm(gold, &budget), let right = try? ExactForm(answer, &budget),
      let ratio = Self.ratio(left, right),
      let scaled = try? ExactForm(.product([.number(ratio, isDecimal: false), answer]), &budget)
    else {
      return terms(gold, answer) ? .one : terms(gold, answer.negated) ? Rational(-1) : nil
    }
    return (try? left.equals(scaled, &budget)) == true ? ratio : nil
  }

  /// The ratio of two coefficients of the same monomial; positive ones are preferred where both are equations.
  static func ratio(_ left: ExactForm, _ right: ExactForm) -> Rational? {
    guard let bottomLeft = left.denominator.number, let bottomRight = right.denominator.number,
      !bottomLeft.isZero,
      !bottomRight.isZero
    else { return nil }
    for (monomial, coefficient) in left.numerator.terms {
      guard let other = right.numerator.terms[monomial] else { continue }
      return coefficient / bottomLeft / (other / bottomRight)
    }
    return nil
  }
}
