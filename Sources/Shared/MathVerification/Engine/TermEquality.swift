/// Whether two terms are the same number for all values of their names.
///
/// 1. The same tree is equal.
/// 2. One name against other names is unequal without work, unless what both say vanishes.
/// 3. Exact forms decide where both have one.
/// 4. Otherwise both are evaluated at fixed points, negative ones among them, in Double: they must agree to
///    1e-9 of the larger at all of at least three points where both are finite; terms without names to 1e-12.
///
/// At random points the chance that unequal elementary expressions of this size agree is nil; the points are
/// fixed, so the verdict is too.
enum TermEquality {
  /// Whether `left` equals `right`.
  static func areEqual(_ left: Term, _ right: Term, _ budget: inout WorkBudget) -> Bool {
    if left == right { return !isUndefined(left, &budget) }
    let names = (left.names, right.names)
    // A gold answer without names is not met by one with many: nothing needs expanding to see that.
    if names.0.isEmpty != names.1.isEmpty, max(names.0.count, names.1.count) > 3 { return false }
    do {
      let exact = try ExactForm(left, &budget)
      if exact.denominator.isZero { return false }
      let other = try ExactForm(right, &budget)
      if other.denominator.isZero { return false }
      return try exact.equals(other, &budget)
    } catch MathProblem.undefined {
      return false
    } catch {
      var probes = WorkBudget(Limits.work / 2)
      return agreeAtProbes(left, right, names.0.union(names.1), &probes)
    }
  }

  /// Whether it divides by zero everywhere, as far as exact forms tell.
  private static func isUndefined(_ term: Term, _ budget: inout WorkBudget) -> Bool {
    guard let form = try? ExactForm(term, &budget) else { return false }
    return form.denominator.isZero
  }

  // MARK: Probes

  private static func agreeAtProbes(
    _ left: Term, _ right: Term, _ names: Set<String>, _ budget: inout WorkBudget
  ) -> Bool {
    if let infinities = try? (infinity(left), infinity(right)) {
      return infinities.0 == infinities.1
    }
    guard names.count <= Limits.variables else { return false }
    let sorted = names.sorted()
    let tolerance = names.isEmpty ? 1e-12 : 1e-9
    var valid = 0
    for point in 0..<(names.isEmpty ? 1 : 12) {
      let value = NumericValue(names: probe(sorted, point))
      guard let a = try? value.value(left, &budget), let b = try? value.value(right, &budget) else {
        return false
      }
      guard a.isFinite, b.isFinite else {
        if a.isFinite != b.isFinite, names.isEmpty { return false }
        continue
      }
      let size = max(a.magnitude, b.magnitude)
      guard (a - b).magnitude <= tolerance * max(size, 1e-3) else { return false }
      valid += 1
    }
    return valid >= (names.isEmpty ? 1 : 3)
  }

  /// The values of names at a point: whole numbers first, for factorials and powers of -1, then numbers that no
  /// identity has in mind.
  private static func probe(_ names: [String], _ point: Int) -> [String: Complex] {
    var values: [String: Complex] = [:]
    for (place, name) in names.enumerated() {
      let value: Double
      switch point {
      case 0...3: value = Double((point * 3 + place * 5) % 7 + 1 + place)
      case 4...7:
        value = 0.37 + 0.618_033_988_75 * Double((point - 3) * (place + 2) % 11) + 0.123 * Double(place)
      default:
        value = -0.41 - 0.754_877_666_25 * Double((point - 7) * (place + 3) % 13) - 0.217 * Double(place)
      }
      values[name] = Complex(value)
    }
    return values
  }

  /// The sign of an infinite term, ∞ times numbers and plus numbers; throws for others.
  private static func infinity(_ term: Term) throws(MathProblem) -> Int {
    switch term {
    case .constant(.infinity): return 1
    case .product(let factors):
      var sign = 1
      var isInfinite = false
      for factor in factors {
        switch factor {
        case .number(let value, _), .power(.number(let value, _), .minusOne):
          if value.isZero { throw .undefined }
          if value.isNegative { sign = -sign }
        default:
          sign *= try infinity(factor)
          isInfinite = true
        }
      }
      guard isInfinite else { throw .inexact }
      return sign
    case .sum(let parts):
      var signs: Set<Int> = []
      for part in parts {
        if case .number = part { continue }
        signs.insert(try infinity(part))
      }
      guard signs.count == 1, let sign = signs.first else { throw .inexact }
      return sign
    default: throw .inexact
    }
  }
}
