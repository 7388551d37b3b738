/// Lists, tuples, intervals and what inequalities allow.
extension Comparison {
  // MARK: Sets

  static func isSet(_ object: MathObject) -> Bool {
    switch object {
    case .set, .interval, .combination, .named: true
    case .term, .tuple, .relation: false
    }
  }

  mutating func sets(_ gold: MathObject, _ answer: MathObject, depth: Int) -> Bool {
    if case .interval(let left) = gold, case .interval(let right) = answer {
      let isAlike = left.isLowerOpen == right.isLowerOpen && left.isUpperOpen == right.isUpperOpen
      return (isAlike || (Self.isPair(left) && Self.isPair(right)))
        && terms(left.lower, right.lower) && terms(left.upper, right.upper)
    }
    if case .named(let left) = gold, case .named(let right) = answer, left == right { return true }
    let (left, right) = (Self.elements(gold), Self.elements(answer))
    if let left, let right {
      return left.isOrdered
        ? inOrder(left.parts, right.parts, depth) : matched(left.parts, right.parts, depth)
    }
    if let left = NumberSet(gold), let right = NumberSet(answer) { return pieces(left, right) }
    return combinations(gold, answer, depth: depth)
  }

  /// Whether it can be no interval, but is two numbers in a pair of like brackets.
  static func isPair(_ interval: MathObject.Interval) -> Bool {
    interval.isLowerOpen == interval.isUpperOpen && interval.lower != interval.upper
      && NumberSet.isDecreasing(interval)
  }

  /// The elements of what may be a list: whether their order counts, and they themselves.
  static func elements(_ object: MathObject) -> (isOrdered: Bool, parts: [MathObject])? {
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

  mutating func inOrder(_ gold: [MathObject], _ answer: [MathObject], _ depth: Int) -> Bool {
    guard gold.count == answer.count else { return false }
    for (left, right) in zip(gold, answer) where !objects(left, right, depth: depth + 1) { return false }
    return true
  }

  /// Each element has its own in the other; those written twice count once.
  mutating func matched(_ gold: [MathObject], _ answer: [MathObject], _ depth: Int) -> Bool {
    if inOrder(gold, answer, depth) { return true }
    let left = distinct(gold, depth)
    var right = distinct(answer, depth)
    guard left.count == right.count else { return false }
    for part in left {
      guard let place = right.indices.first(where: { objects(part, right[$0], depth: depth + 1) }) else {
        return false
      }
      right.remove(at: place)
    }
    return true
  }

  mutating func distinct(_ parts: [MathObject], _ depth: Int) -> [MathObject] {
    guard parts.count <= 200 else { return parts }
    var result: [MathObject] = []
    for part in parts where !result.contains(where: { objects($0, part, depth: depth + 1) }) {
      result.append(part)
    }
    return result
  }

  mutating func pieces(_ gold: NumberSet, _ answer: NumberSet) -> Bool {
    guard gold.pieces.count == answer.pieces.count else { return false }
    for (left, right) in zip(gold.pieces, answer.pieces) {
      guard left.isLowerOpen == right.isLowerOpen, left.isUpperOpen == right.isUpperOpen,
        terms(left.lower.term, right.lower.term), terms(left.upper.term, right.upper.term)
      else { return false }
    }
    return true
  }

  /// Sets with names in them: unions in any order, others part by part.
  mutating func combinations(_ gold: MathObject, _ answer: MathObject, depth: Int) -> Bool {
    guard case .combination(let left, let a, let b) = gold,
      case .combination(let right, let c, let d) = answer,
      left == right
    else { return false }
    if objects(a, c, depth: depth + 1), objects(b, d, depth: depth + 1) { return true }
    return left != .difference && objects(a, d, depth: depth + 1) && objects(b, c, depth: depth + 1)
  }

  // MARK: Inequalities as sets

  /// The numbers that satisfy a chain of inequalities in which one name stands alone: x > 3, 1 < x ≤ 2, x ≠ 0.
  static func solutionSet(
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
  static func halfLine(_ sign: MathObject.RelationSign, _ bound: Term) -> [MathObject] {
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
