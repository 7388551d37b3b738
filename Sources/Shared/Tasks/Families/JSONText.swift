import FoundationEssentials

/// JSON as rows carry it: text.
enum JSONText {
  /// The value that `text` spells; nil where it spells none.
  static func value(_ text: String) -> JSONValue? { decode(JSONValue.self, from: text) }

  /// What `text` says of a `Value`; nil where it says none.
  static func decode<Value: Decodable>(_ type: Value.Type, from text: String) -> Value? {
    try? JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
