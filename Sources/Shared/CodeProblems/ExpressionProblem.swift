import Randomness

/// A number to be computed from one or two others by one expression.
struct ExpressionProblem: ProblemTemplate {
  static let kind = "expression"

  private enum Shape: Int, CaseIterable {
    case multiple, quotient, remainder, square, distance, larger, smaller, weighted
  }

  private let shape: Shape
  private let first: Int
  private let second: Int

  init(_ generator: inout NamedGenerator) {
    shape = Shape.allCases[generator.next(below: Shape.allCases.count)]
    first = generator.integer(in: 2...9)
    second = generator.integer(in: 1...9)
  }

  var numbers: String { "\(shape) \(first) \(usesSecond ? second : 0)" }
  var names: [String] { ["f"] }
  var parameters: [String] { shape == .weighted ? ["x", "y"] : ["x"] }

  private var usesSecond: Bool { [.multiple, .square, .weighted].contains(shape) }

  var statement: String {
    switch shape {
    case .multiple: "x times \(first) plus \(second)"
    case .quotient: "x divided by \(first), rounded down"
    case .remainder: "the remainder of x divided by \(first)"
    case .square: "x times x times \(first) minus \(second)"
    case .distance: "the distance of x and \(first)"
    case .larger: "the larger of x and \(first)"
    case .smaller: "the smaller of x and \(first)"
    case .weighted: "x times \(first) plus y times \(second)"
    }
  }

  var body: [String] {
    switch shape {
    case .multiple: ["return x*\(first)+\(second)"]
    case .quotient: ["return x//\(first)"]
    case .remainder: ["return x%\(first)"]
    case .square: ["return x*x*\(first)-\(second)"]
    case .distance: ["return abs(x-\(first))"]
    case .larger: ["return max(x,\(first))"]
    case .smaller: ["return min(x,\(first))"]
    case .weighted: ["return x*\(first)+y*\(second)"]
    }
  }

  var edges: [[CodeValue]] {
    [0, 1, -1, first, -first, first + 1, first - 1].map { x in parameters.map { _ in .integer(x) } }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    parameters.map { _ in .integer(generator.integer(in: -50...50)) }
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let x = arguments[0].number
    let value =
      switch shape {
      case .multiple: x * first + second
      case .quotient: pythonDivision(x, by: first).quotient
      case .remainder: pythonDivision(x, by: first).remainder
      case .square: x * x * first - second
      case .distance: abs(x - first)
      case .larger: max(x, first)
      case .smaller: min(x, first)
      case .weighted: x * first + arguments[1].number * second
      }
    return .integer(value)
  }
}
