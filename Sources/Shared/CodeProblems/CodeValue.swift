/// A value that a problem's tests speak of: an argument or an expected result.
public indirect enum CodeValue: Sendable, Hashable {
  /// None.
  case none
  /// A truth value.
  case boolean(Bool)
  /// An integer.
  case integer(Int)
  /// Text of printable ASCII.
  case text(String)
  /// A list.
  case list([CodeValue])

  /// The value as JSON.
  public var json: String {
    switch self {
    case .none: "null"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .text(let text): quoted(text)
    case .list(let elements): "[" + elements.map(\.json).joined(separator: ", ") + "]"
    }
  }

  /// The value as Python writes it.
  public var python: String {
    switch self {
    case .none: "None"
    case .boolean(let value): value ? "True" : "False"
    case .integer, .text: json
    case .list(let elements): "[" + elements.map(\.python).joined(separator: ", ") + "]"
    }
  }

  static func list(_ numbers: [Int]) -> CodeValue { .list(numbers.map { .integer($0) }) }

  /// The integers of a list of such.
  var integers: [Int] { elements.map(\.number) }

  var elements: [CodeValue] {
    guard case .list(let elements) = self else { return [] }
    return elements
  }

  var number: Int {
    guard case .integer(let value) = self else { return 0 }
    return value
  }

  var characters: [UInt8] {
    guard case .text(let text) = self else { return [] }
    return Array(text.utf8)
  }
}

/// `text`, which is printable ASCII, in the quotes that JSON and Python share.
func quoted(_ text: String) -> String {
  "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
}

/// What Python's `//` and `%` give: the remainder has the divisor's sign.
func pythonDivision(_ number: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
  let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
  return remainder != 0 && (remainder < 0) != (divisor < 0)
    ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}
