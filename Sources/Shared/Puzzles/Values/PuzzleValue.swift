/// A JSON value: the metadata of a puzzle, or what an answer written in JSON says.
public enum PuzzleValue: Sendable, Equatable {
  /// `null`.
  case null

  /// `true` or `false`.
  case bool(Bool)

  /// A number written without point and exponent that fits.
  case integer(Int)

  /// Any other number.
  case number(Double)

  /// A string.
  case text(String)

  /// An array.
  case list([PuzzleValue])

  /// An object, in the order it is written in; of a name given twice the last counts.
  case object([PuzzleMember])
}

/// One name of an object with its value.
public struct PuzzleMember: Sendable, Equatable {
  /// The name.
  public let name: String

  /// The value.
  public let value: PuzzleValue

  /// Creates a member.
  public init(_ name: String, _ value: PuzzleValue) {
    self.name = name
    self.value = value
  }
}

extension PuzzleValue {
  /// The value under `name` of an object.
  public subscript(_ name: String) -> PuzzleValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  /// The text of a string.
  var text: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  var bool: Bool? {
    guard case .bool(let bool) = self else { return nil }
    return bool
  }

  /// The number, if it is an integer, however it is written.
  var integer: Int? {
    switch self {
    case .integer(let integer): integer
    case .number(let number): Int(exactly: number)
    default: nil
    }
  }

  var number: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    default: nil
    }
  }

  var list: [PuzzleValue]? {
    guard case .list(let list) = self else { return nil }
    return list
  }

  var members: [PuzzleMember]? {
    guard case .object(let members) = self else { return nil }
    return members
  }

  var integers: [Int]? { all(\.integer) }

  var numbers: [Double]? { all(\.number) }

  var texts: [String]? { all(\.text) }

  /// The rows of a list of lists of integers.
  var matrix: [[Int]]? { all(\.integers) }

  /// What `read` reads of every element of a list; nil if this is none or one element cannot be read.
  func all<Element>(_ read: (PuzzleValue) -> Element?) -> [Element]? {
    guard let list else { return nil }
    let elements = list.compactMap(read)
    return elements.count == list.count ? elements : nil
  }
}

extension PuzzleValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A string.
  public init(stringLiteral value: String) { self = .text(value) }

  /// An integer.
  public init(integerLiteral value: Int) { self = .integer(value) }

  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  /// A list.
  public init(arrayLiteral elements: PuzzleValue...) { self = .list(elements) }

  /// An object with its members in the order given.
  public init(dictionaryLiteral elements: (String, PuzzleValue)...) {
    self = .object(elements.map { PuzzleMember($0.0, $0.1) })
  }

  init(_ integers: [Int]) { self = .list(integers.map(PuzzleValue.integer)) }

  init(_ texts: [String]) { self = .list(texts.map(PuzzleValue.text)) }

  init(_ matrix: [[Int]]) { self = .list(matrix.map { PuzzleValue($0) }) }
}
