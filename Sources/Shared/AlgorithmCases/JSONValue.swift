/// A JSON value.
enum JSONValue: Decodable, Equatable {
  case number(Double)
  case text(String)
  case boolean(Bool)
  case list([JSONValue])
  case object([String: JSONValue])
  case null

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Numbers first: a case file is full of them.
    if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode([String: JSONValue].self) {
      self = .object(value)
    } else {
      self = .null
    }
  }

  /// The number, or 0 and 1 for false and true.
  var number: Double? {
    switch self {
    case .number(let value): value
    case .boolean(let value): value ? 1 : 0
    case .text, .list, .object, .null: nil
    }
  }

  /// The numbers of a list of numbers.
  var numbers: [Double]? {
    guard case .list(let values) = self else { return nil }
    let numbers = values.compactMap(\.number)
    return numbers.count == values.count ? numbers : nil
  }

  /// The numbers of a list of lists of numbers.
  var rows: [[Double]]? {
    guard case .list(let values) = self else { return nil }
    let rows = values.compactMap(\.numbers)
    return rows.count == values.count ? rows : nil
  }

  /// All numbers by the path that leads to them, lists run together in order; `path` is where this value
  /// stands.
  func quantities(at path: String = "") -> [String: [Double]] {
    switch self {
    case .number, .boolean: return number.map { [path: [$0]] } ?? [:]
    case .list(let values):
      return values.reduce(into: [path: []]) { $0.merge($1.quantities(at: path)) { $0 + $1 } }
    case .object(let members):
      return members.reduce(into: [:]) { result, member in
        let name = path.isEmpty ? member.key : "\(path).\(member.key)"
        result.merge(member.value.quantities(at: name)) { $0 + $1 }
      }
    case .text, .null: return [:]
    }
  }
}
