/// The value of an instruction's argument, as JSON has it.
public enum ArgumentValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([ArgumentValue])
  case object([String: ArgumentValue])
}

extension ArgumentValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
  /// A whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }

  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }

  /// A list.
  public init(arrayLiteral elements: ArgumentValue...) { self = .array(elements) }
}

/// The arguments of one instruction, read with errors that name it.
struct Arguments {
  let id: String
  let values: [String: ArgumentValue]

  /// The value called `name`; a null counts as missing, as in the copy of IFEval whose rows have every name.
  private func value(_ name: String) throws(InstructionFault) -> ArgumentValue {
    guard let value = values[name], value != .null else { throw .missing(id: id, argument: name) }
    return value
  }

  private func fault(_ name: String, _ demand: String) -> InstructionFault {
    .unusable(id: id, argument: name, demand: demand)
  }

  /// A whole number, at least `least`; `3.0` is one.
  func count(_ name: String, least: Int = 0) throws(InstructionFault) -> Int {
    let number: Int? =
      switch try value(name) {
      case .integer(let number): number
      case .number(let number): Int(exactly: number)
      default: nil
      }
    guard let number, number >= least else { throw fault(name, "a whole number of at least \(least)") }
    return number
  }

  /// A text with something in it besides white space.
  func text(_ name: String) throws(InstructionFault) -> String {
    guard case .string(let text) = try value(name), !Scalars(text).stripped.isEmpty else {
      throw fault(name, "a text that is not blank")
    }
    return text
  }

  /// A list of such texts, at least one.
  func texts(_ name: String) throws(InstructionFault) -> [String] {
    let elements: [ArgumentValue]
    if case .array(let array) = try value(name) { elements = array } else { elements = [] }
    let texts = elements.compactMap { element -> String? in
      guard case .string(let text) = element, !Scalars(text).stripped.isEmpty else { return nil }
      return text
    }
    guard !texts.isEmpty, texts.count == elements.count else {
      throw fault(name, "a list of texts, none blank, at least one")
    }
    return texts
  }

  /// A bound that counts are compared with.
  func bound(_ count: String, relation: String) throws(InstructionFault) -> CountBound {
    let limit = try self.count(count)
    switch try value(relation) {
    case .string("at least"): return CountBound(limit: limit, isUpper: false)
    case .string("less than"): return CountBound(limit: limit, isUpper: true)
    default: throw fault(relation, "\"at least\" or \"less than\"")
    }
  }
}

/// `at least limit`, or `less than limit` if `isUpper`.
struct CountBound: Sendable, Equatable {
  let limit: Int
  let isUpper: Bool

  /// Whether `count` obeys it.
  func admits(_ count: Int) -> Bool { isUpper ? count < limit : count >= limit }
}
