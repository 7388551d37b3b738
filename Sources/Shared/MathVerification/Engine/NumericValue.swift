import Glibc

/// What terms are worth at given values of their names.
struct NumericValue {
  /// The value of each name.
  let names: [String: Complex]

  /// The value of `term`, not finite where it has none; throws where there is none to compute.
  func value(_ term: Term, _ budget: inout WorkBudget) throws(MathProblem) -> Complex {
    try budget.spend(1)
    switch term {
    case .number(let value, _): return Complex(value.approximation)
    case .symbol(let name):
      guard let value = names[name] else { throw .inexact }
      return value
    case .constant(.pi): return Complex(.pi)
    case .constant(.e): return Complex(M_E)
    case .constant(.i): return Complex(0, 1)
    case .constant(.infinity): throw .undefined
    case .sum(let parts):
      var sum = Complex(0)
      for part in parts { sum = try sum + value(part, &budget) }
      return sum
    case .product(let factors):
      var product = Complex(1)
      for factor in factors {
        // Division by one number, not by its rounded inverse.
        if case .power(let base, .minusOne) = factor {
          product = try product / value(base, &budget)
        } else {
          product = try product * value(factor, &budget)
        }
      }
      return product
    case .power(let base, let exponent):
      return try power(base, exponent, &budget)
    case .percent(let part): return try value(part, &budget) / Complex(100)
    case .function(let function, let arguments): return try apply(function, arguments, &budget)
    case .matrix: throw .inexact
    }
  }

  private func power(
    _ base: Term, _ exponent: Term, _ budget: inout WorkBudget
  ) throws(MathProblem) -> Complex {
    let exponent = try value(exponent, &budget)
    if case .constant(.e) = base { return exponent.exponential }
    return try value(base, &budget).raised(to: exponent)
  }

  private func apply(
    _ function: Term.Function, _ arguments: [Term], _ budget: inout WorkBudget
  ) throws(MathProblem) -> Complex {
    if case .named(let name) = function {
      guard let value = names["\(name)(\(arguments))"] else { throw .inexact }
      return value
    }
    if function == .determinant, let determinant = Matrices.determinant(of: arguments) {
      return try value(determinant, &budget)
    }
    var values: [Complex] = []
    for argument in arguments { values.append(try value(argument, &budget)) }
    guard let x = values.first else { throw .inexact }
    let one = Complex(1)
    switch function {
    case .sine: return x.sine
    case .cosine: return x.cosine
    case .tangent: return x.isReal ? Complex(tan(x.real)) : x.sine / x.cosine
    case .cotangent: return x.cosine / x.sine
    case .secant: return one / x.cosine
    case .cosecant: return one / x.sine
    case .arcSine: return x.arcSine
    case .arcCosine:
      return x.isReal && abs(x.real) <= 1 ? Complex(acos(x.real)) : Complex(.pi / 2) - x.arcSine
    case .arcTangent: return x.arcTangent
    case .arcCotangent: return (one / x).arcTangent
    case .hyperbolicSine: return (x.exponential - (-x).exponential) / Complex(2)
    case .hyperbolicCosine: return (x.exponential + (-x).exponential) / Complex(2)
    case .hyperbolicTangent:
      let (up, down) = (x.exponential, (-x).exponential)
      return (up - down) / (up + down)
    case .absolute: return Complex(x.isReal ? abs(x.real) : x.magnitude)
    case .logarithm: return try logarithm(values)
    case .root: return try root(values)
    default: return try realFunction(function, values)
    }
  }

  private func logarithm(_ values: [Complex]) throws(MathProblem) -> Complex {
    guard values.count == 2 else { throw .inexact }
    if values.allSatisfy({ $0.isReal && $0.real > 0 }) {
      if values[1].real == 10 { return Complex(log10(values[0].real)) }
      if values[1].real == 2 { return Complex(log2(values[0].real)) }
    }
    return values[1].real == M_E ? values[0].logarithm : values[0].logarithm / values[1].logarithm
  }

  private func root(_ values: [Complex]) throws(MathProblem) -> Complex {
    guard values.count == 2 else { throw .inexact }
    if values[0].isReal, values[1].isReal, values[1].real == 3, values[0].real >= 0 {
      return Complex(cbrt(values[0].real))
    }
    return values[0].raised(to: Complex(1) / values[1])
  }

  /// Functions of real numbers only.
  private func realFunction(_ function: Term.Function, _ values: [Complex]) throws(MathProblem) -> Complex {
    guard values.allSatisfy(\.isReal) else { throw .inexact }
    let x = values[0].real
    switch function {
    case .floor: return Complex(x.rounded(.down))
    case .ceiling: return Complex(x.rounded(.up))
    case .factorial: return Complex(tgamma(x + 1))
    case .maximum: return Complex(values.map(\.real).max() ?? x)
    case .minimum: return Complex(values.map(\.real).min() ?? x)
    case .binomial where values.count == 2:
      let k = values[1].real
      return Complex(tgamma(x + 1) / (tgamma(k + 1) * tgamma(x - k + 1)))
    default: throw .inexact
    }
  }
}
