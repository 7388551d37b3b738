/// A formula that stands for a number.
indirect enum Term: Hashable, Sendable {
  /// A number as written; `isDecimal` says that it had a decimal point and may be rounded.
  case number(Rational, isDecimal: Bool)
  /// A name: a letter, a letter with its index, a word. Small letters throughout.
  case symbol(String)
  case constant(Constant)
  case sum([Term])
  case product([Term])
  case power(Term, Term)
  case function(Function, [Term])
  /// A hundredth of it.
  case percent(Term)
  /// Rows of equal length.
  case matrix([[Term]])

  enum Constant: Hashable, Sendable {
    case pi
    case e
    case i
    case infinity
  }

  enum Function: Hashable, Sendable {
    case sine, cosine, tangent, cotangent, secant, cosecant
    case arcSine, arcCosine, arcTangent, arcCotangent
    case hyperbolicSine, hyperbolicCosine, hyperbolicTangent
    /// Of its first argument to the base of the second.
    case logarithm
    case absolute, floor, ceiling, factorial
    /// The first argument's root of the order of the second, an odd one of a negative number being negative.
    case root
    case binomial, maximum, minimum, greatestCommonDivisor, leastCommonMultiple
    case remainder
    case transpose, determinant
    /// One that a letter names, as in f(x).
    case named(String)
  }

  static let one = Term.number(.one, isDecimal: false)
  static let minusOne = Term.number(Rational(-1), isDecimal: false)

  static func integer(_ value: Int) -> Term { .number(Rational(value), isDecimal: false) }

  /// Its negative.
  var negated: Term {
    switch self {
    case .number(let value, let isDecimal): .number(-value, isDecimal: isDecimal)
    case .product(let factors): .product([.minusOne] + factors)
    default: .product([.minusOne, self])
    }
  }

  /// One over it.
  var inverse: Term { .power(self, .minusOne) }

  /// `self` - `other`.
  func minus(_ other: Term) -> Term { .sum([self, other.negated]) }

  /// Its parts, one level down.
  var parts: [Term] {
    switch self {
    case .number, .symbol, .constant: []
    case .sum(let parts), .product(let parts), .function(_, let parts): parts
    case .power(let base, let exponent): [base, exponent]
    case .percent(let part): [part]
    case .matrix(let rows): rows.flatMap { $0 }
    }
  }

  /// How many nodes it has.
  var size: Int { parts.reduce(1) { $0 + $1.size } }

  /// The names in it, and the functions that letters name.
  func collectNames(into names: inout Set<String>) {
    switch self {
    case .symbol(let name): names.insert(name)
    case .function(.named(let name), let arguments):
      names.insert("\(name)(\(arguments))")
    default: for part in parts { part.collectNames(into: &names) }
    }
  }

  /// The names in it.
  var names: Set<String> {
    var names: Set<String> = []
    collectNames(into: &names)
    return names
  }

  /// Whether it is a single number with a decimal point, or a percentage of one.
  var isDecimal: Bool {
    switch self {
    case .number(_, let isDecimal): isDecimal
    case .percent(let part): part.isDecimal
    case .product(let factors):
      factors.count == 2 && factors[0] == .minusOne && factors[1].isDecimal
    default: false
    }
  }

  /// The word that a product of letters spells, or a symbol is.
  var word: String? {
    switch self {
    case .symbol(let name): return name
    case .constant(.e): return "e"
    case .constant(.i): return "i"
    case .product(let factors):
      var word = ""
      for factor in factors {
        switch factor {
        case .symbol(let name): word += name
        case .constant(.e): word += "e"
        case .constant(.i): word += "i"
        default: return nil
        }
      }
      return word
    default: return nil
    }
  }
}

/// What a formula can be beside a number.
indirect enum MathObject: Sendable {
  case term(Term)
  /// A list between commas or braces; `isList` where it was written without braces, and order may matter.
  case set([MathObject])
  /// Three or more in round or square brackets, or two that are no interval.
  case tuple([MathObject])
  case interval(Interval)
  /// Sets joined, cut or taken away, in the order written.
  case combination(SetOperation, MathObject, MathObject)
  /// Parts between relation signs: a < b = c has three.
  case relation([MathObject], [RelationSign])
  case named(NamedSet)

  struct Interval: Sendable {
    let lower: Term
    let upper: Term
    let isLowerOpen: Bool
    let isUpperOpen: Bool

    var isOpen: Bool { isLowerOpen && isUpperOpen }
  }

  enum SetOperation: Sendable {
    case union
    case intersection
    case difference
  }

  enum NamedSet: Sendable {
    case empty
    case reals
    case integers
    case naturals
    case rationals
    case complexes
  }

  enum RelationSign: Sendable {
    case equal
    case notEqual
    case less
    case lessOrEqual
    case greater
    case greaterOrEqual

    /// The sign read from right to left.
    var mirrored: RelationSign {
      switch self {
      case .equal, .notEqual: self
      case .less: .greater
      case .lessOrEqual: .greaterOrEqual
      case .greater: .less
      case .greaterOrEqual: .lessOrEqual
      }
    }
  }

  /// How many nodes it has.
  var size: Int {
    switch self {
    case .term(let term): term.size
    case .set(let parts), .tuple(let parts), .relation(let parts, _): parts.reduce(1) { $0 + $1.size }
    case .interval(let interval): 1 + interval.lower.size + interval.upper.size
    case .combination(_, let left, let right): 1 + left.size + right.size
    case .named: 1
    }
  }
}
