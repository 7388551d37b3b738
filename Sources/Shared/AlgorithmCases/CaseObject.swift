/// One of a case's objects, `inputs`, `options` or `expected`, whose values are asked for by key.
///
/// Every question has an answer or an error that says which key of which line is wrong.
struct CaseObject {
  let place: CasePlace
  let name: String
  let members: [String: JSONValue]

  /// Whether there is a value that is not null.
  func has(_ key: String) -> Bool { members[key].map { $0 != .null } ?? false }

  func number(_ key: String) throws(CaseFileError) -> Double {
    try value(key, "a number") { $0.number }
  }

  func integer(_ key: String) throws(CaseFileError) -> Int {
    try value(key, "a whole number") { $0.number.flatMap { Int(exactly: $0) } }
  }

  func boolean(_ key: String) throws(CaseFileError) -> Bool {
    try value(key, "true or false") { if case .boolean(let value) = $0 { value } else { nil } }
  }

  func text(_ key: String) throws(CaseFileError) -> String {
    try value(key, "a text") { if case .text(let value) = $0 { value } else { nil } }
  }

  func texts(_ key: String) throws(CaseFileError) -> [String] {
    try value(key, "a list of texts") { value in
      guard case .list(let values) = value else { return nil }
      let texts = values.compactMap { if case .text(let text) = $0 { text } else { nil } }
      return texts.count == values.count ? texts : nil
    }
  }

  func numbers(_ key: String) throws(CaseFileError) -> [Double] {
    try value(key, "a list of numbers") { $0.numbers }
  }

  func integers(_ key: String) throws(CaseFileError) -> [Int] {
    try value(key, "a list of whole numbers") { value in
      guard let numbers = value.numbers else { return nil }
      let integers = numbers.compactMap { Int(exactly: $0) }
      return integers.count == numbers.count ? integers : nil
    }
  }

  func floats(_ key: String) throws(CaseFileError) -> [Float] {
    try numbers(key).map { Float($0) }
  }

  func rows(_ key: String) throws(CaseFileError) -> [[Double]] {
    try value(key, "a list of lists of numbers") { $0.rows }
  }

  /// Rows of Float, as many as `count`, each as long as the first.
  func matrix(_ key: String, rows count: Int) throws(CaseFileError) -> [[Float]] {
    let rows = try rows(key)
    guard rows.count == count, rows.allSatisfy({ $0.count == rows[0].count }) else {
      throw .unexpected(place, key: "\(name).\(key)", wanted: "\(count) rows of one width")
    }
    return rows.map { row in row.map { Float($0) } }
  }

  /// The lengths of responses, at least one response, none longer than `width`.
  func lengths(width: Int? = nil) throws(CaseFileError) -> [Int] {
    let lengths = try integers("response_lengths")
    guard !lengths.isEmpty, lengths.allSatisfy({ 0 <= $0 && $0 <= width ?? $0 }) else {
      throw .unexpected(place, key: "\(name).response_lengths", wanted: "lengths of 0 to the rows' width")
    }
    return lengths
  }

  private func value<Value>(
    _ key: String, _ wanted: String, _ read: (JSONValue) -> Value?
  ) throws(CaseFileError) -> Value {
    guard let member = members[key] else { throw .missing(place, key: "\(name).\(key)") }
    guard let value = read(member) else {
      throw .unexpected(place, key: "\(name).\(key)", wanted: wanted)
    }
    return value
  }
}
