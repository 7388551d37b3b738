/// A set of real numbers as pieces of the line, in order, none touching another.
struct NumberSet {
  /// An end of a piece with what it is worth.
  struct End {
    let term: Term
    let value: Double
  }

  struct Piece {
    var lower: End
    var upper: End
    var isLowerOpen: Bool
    var isUpperOpen: Bool

    /// Whether nothing is in it.
    var isEmpty: Bool {
      lower.value > upper.value || (lower.value == upper.value && (isLowerOpen || isUpperOpen))
    }
  }

  let pieces: [Piece]

  /// The set that `object` stands for; nil where its ends are not all numbers, or it has too many pieces.
  init?(_ object: MathObject) {
    guard object.size <= 400, let pieces = Self.pieces(object, depth: 0) else { return nil }
    self.pieces = pieces
  }

  /// Whether the second end does not exceed the first, so that it is a pair and no interval.
  static func isDecreasing(_ interval: MathObject.Interval) -> Bool {
    guard let lower = end(interval.lower), let upper = end(interval.upper) else { return false }
    return lower.value >= upper.value
  }

  private static func pieces(_ object: MathObject, depth: Int) -> [Piece]? {
    guard depth < Limits.depth else { return nil }
    switch object {
    case .named(.empty): return []
    case .named(.reals): return [wholeLine]
    case .named, .tuple, .relation: return nil
    case .term(let term):
      guard let end = end(term) else { return nil }
      return [point(end)]
    case .set(let parts):
      var ends: [End] = []
      for part in parts {
        guard case .term(let term) = part, let end = end(term) else { return nil }
        ends.append(end)
      }
      return joined(ends.map(point))
    case .interval(let interval):
      guard let lower = end(interval.lower), let upper = end(interval.upper) else { return nil }
      let piece = Piece(
        lower: lower, upper: upper, isLowerOpen: interval.isLowerOpen || lower.value.isInfinite,
        isUpperOpen: interval.isUpperOpen || upper.value.isInfinite)
      return piece.isEmpty ? [] : [piece]
    case .combination(let operation, let left, let right):
      guard let left = pieces(left, depth: depth + 1), let right = pieces(right, depth: depth + 1) else {
        return nil
      }
      switch operation {
      case .union: return joined(left + right)
      case .intersection: return intersection(left, right)
      case .difference: return intersection(left, complement(right))
      }
    }
  }

  private static let wholeLine = Piece(
    lower: End(term: Term.constant(.infinity).negated, value: -.infinity),
    upper: End(term: .constant(.infinity), value: .infinity), isLowerOpen: true, isUpperOpen: true)

  private static func point(_ end: End) -> Piece {
    Piece(lower: end, upper: end, isLowerOpen: false, isUpperOpen: false)
  }

  private static func end(_ term: Term) -> End? {
    if term == .constant(.infinity) { return End(term: term, value: .infinity) }
    if term == Term.constant(.infinity).negated { return End(term: term, value: -.infinity) }
    var budget = WorkBudget(Limits.nodes)
    guard let value = try? NumericValue(names: [:]).value(term, &budget), value.isFinite, value.isReal else {
      return nil
    }
    return End(term: term, value: value.real)
  }

  /// The union of `pieces`.
  private static func joined(_ pieces: [Piece]) -> [Piece] {
    let sorted = pieces.sorted {
      ($0.lower.value, $0.isLowerOpen ? 1 : 0) < ($1.lower.value, $1.isLowerOpen ? 1 : 0)
    }
    var result: [Piece] = []
    for piece in sorted {
      guard let last = result.last,
        piece.lower.value < last.upper.value
          || (piece.lower.value == last.upper.value && !(piece.isLowerOpen && last.isUpperOpen))
      else {
        result.append(piece)
        continue
      }
      let index = result.count - 1
      if piece.upper.value > last.upper.value {
        result[index].upper = piece.upper
        result[index].isUpperOpen = piece.isUpperOpen
      } else if piece.upper.value == last.upper.value, !piece.isUpperOpen {
        result[index].isUpperOpen = false
      }
    }
    return result
  }

  private static func intersection(_ left: [Piece], _ right: [Piece]) -> [Piece] {
    var result: [Piece] = []
    for a in left {
      for b in right {
        var piece = a
        if b.lower.value > a.lower.value {
          piece.lower = b.lower
          piece.isLowerOpen = b.isLowerOpen
        } else if b.lower.value == a.lower.value {
          piece.isLowerOpen = a.isLowerOpen || b.isLowerOpen
        }
        if b.upper.value < a.upper.value {
          piece.upper = b.upper
          piece.isUpperOpen = b.isUpperOpen
        } else if b.upper.value == a.upper.value {
          piece.isUpperOpen = a.isUpperOpen || b.isUpperOpen
        }
        if !piece.isEmpty { result.append(piece) }
      }
    }
    return result
  }

  private static func complement(_ pieces: [Piece]) -> [Piece] {
    var result: [Piece] = []
    var gap = wholeLine
    for piece in pieces {
      gap.upper = piece.lower
      gap.isUpperOpen = !piece.isLowerOpen
      if !gap.isEmpty { result.append(gap) }
      gap = wholeLine
      gap.lower = piece.upper
      gap.isLowerOpen = !piece.isUpperOpen
    }
    if !gap.isEmpty { result.append(gap) }
    return result
  }
}
