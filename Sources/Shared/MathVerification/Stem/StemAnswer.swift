/// What a STEM answer is compared with; coded as the fields of a row's `ground_truth`.
public enum StemAnswer: Sendable, Equatable, Codable {
  /// A number with a unit: `{"value": 9.8, "unit": "m/s^2", "rel_tol": 0.01}`. An empty unit is none.
  case numeric(value: Double, unit: String, relativeTolerance: Double)
  /// Letters in order, such as a DNA strand: `{"exact": "ACGT"}`.
  case exact(String)
  /// One of A to H: `{"choice": "B"}`.
  case choice(String)
  /// Whole numbers in order: `{"list": [1, 2, 1]}`.
  case integers([Int])
  /// One LaTeX expression, compared by ``MathVerifier``: `{"expression": "\\frac{1}{2}"}`.
  case expression(String)

  private enum CodingKeys: String, CodingKey {
    case value
    case unit
    case relativeTolerance = "rel_tol"
    case exact
    case choice
    case list
    case expression
  }

  /// Reads the first of the forms above that is there.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    if let value = try fields.decodeIfPresent(Double.self, forKey: .value) {
      self = .numeric(
        value: value, unit: try fields.decodeIfPresent(String.self, forKey: .unit) ?? "",
        relativeTolerance: try fields.decodeIfPresent(Double.self, forKey: .relativeTolerance) ?? 0.01)
    } else if let text = try fields.decodeIfPresent(String.self, forKey: .exact) {
      self = .exact(text)
    } else if let letter = try fields.decodeIfPresent(String.self, forKey: .choice) {
      self = .choice(letter)
    } else if let numbers = try fields.decodeIfPresent([Int].self, forKey: .list) {
      self = .integers(numbers)
    } else {
      self = .expression(try fields.decode(String.self, forKey: .expression))
    }
  }

  /// Writes the fields of its form.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .numeric(let value, let unit, let relativeTolerance):
      try fields.encode(value, forKey: .value)
      try fields.encode(unit, forKey: .unit)
      try fields.encode(relativeTolerance, forKey: .relativeTolerance)
    case .exact(let text): try fields.encode(text, forKey: .exact)
    case .choice(let letter): try fields.encode(letter, forKey: .choice)
    case .integers(let numbers): try fields.encode(numbers, forKey: .list)
    case .expression(let text): try fields.encode(text, forKey: .expression)
    }
  }
}
