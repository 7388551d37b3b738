/// Reads the value of an override in Hydra's grammar.
///
/// A value is a list `[a, b]`, a dictionary `{a: b}`, a text in quotes, or anything else as it stands. Beside
/// YAML, `{a:b}` needs no space, and `true`, `false` and `null` may be written in any case. Source: Hydra 1.3,
/// "The extended override grammar"; sweeps and functions are not part of it here.
struct HydraValue {
  /// Why a value cannot be read; completes the sentence that begins with the argument.
  struct Problem: Error { let reason: String }

  private let characters: [Character]
  private var position = 0

  private init(_ text: String) { characters = Array(text) }

  /// The value that `text` stands for.
  static func read(_ text: String) throws(Problem) -> YAMLValue {
    var reader = HydraValue(text)
    reader.skipSpace()
    let value = try reader.value(depth: 0, ends: [])
    reader.skipSpace()
    guard reader.isAtEnd else {
      throw Problem(
        reason: reader.next == ","
          ? "has a comma outside of brackets; write a list as `[a, b]`, or put a text in quotes"
          : "has more text after its value; put the whole value in quotes")
    }
    return value
  }

  private var isAtEnd: Bool { position == characters.count }
  private var next: Character? { isAtEnd ? nil : characters[position] }

  private mutating func skipSpace() {
    while let character = next, character.isWhitespace { position += 1 }
  }

  /// The value at the position; one without brackets and quotes goes on to one of `ends`.
  private mutating func value(depth: Int, ends: Set<Character>) throws(Problem) -> YAMLValue {
    guard depth < YAMLReader.maximumDepth else {
      throw Problem(reason: "nests more than \(YAMLReader.maximumDepth) levels")
    }
    return switch next {
    case "[": YAMLValue(place: .commandLine, content: .list(try list(depth: depth + 1)))
    case "{": YAMLValue(place: .commandLine, content: .section(try dictionary(depth: depth + 1)))
    case "'", "\"": YAMLValue(place: .commandLine, content: .scalar(try quotedText(), isQuoted: true))
    default: YAMLValue(place: .commandLine, content: Self.scalar(try bareText(ends: ends.union([","]))))
    }
  }

  private mutating func list(depth: Int) throws(Problem) -> [YAMLValue] {
    var values: [YAMLValue] = []
    position += 1
    skipSpace()
    while next != "]" {
      values.append(try value(depth: depth, ends: ["]"]))
      try separator(before: "]", of: "list")
    }
    position += 1
    return values
  }

  private mutating func dictionary(depth: Int) throws(Problem) -> [YAMLValue.Entry] {
    var entries: [YAMLValue.Entry] = []
    position += 1
    skipSpace()
    while next != "}" {
      let isQuoted = next == "'" || next == "\""
      let key = isQuoted ? try quotedText() : try bareText(ends: [":", ",", "}"])
      skipSpace()
      guard next == ":", !key.isEmpty else {
        throw Problem(reason: "has a key without a value in its braces")
      }
      guard !entries.contains(where: { $0.key == key }) else {
        throw Problem(reason: "gives \(quoted(key)) twice")
      }
      position += 1
      skipSpace()
      let value = try value(depth: depth, ends: ["}"])
      entries.append(YAMLValue.Entry(key: key, keyPlace: .commandLine, value: value))
      try separator(before: "}", of: "dictionary")
    }
    position += 1
    return entries
  }

  /// Passes the comma after an element; what else stands there must be the end.
  private mutating func separator(before end: Character, of kind: String) throws(Problem) {
    skipSpace()
    if next == "," {
      position += 1
      skipSpace()
      guard next != end else { throw Problem(reason: "has a comma before `\(end)`") }
    } else if next != end {
      throw Problem(reason: "has a \(kind) without its `\(end)`; put a text that contains brackets in quotes")
    }
  }

  /// A text in quotes, in which a backslash stands for itself but before a quote.
  private mutating func quotedText() throws(Problem) -> String {
    let quote = characters[position]
    var text = ""
    position += 1
    while let character = next {
      position += 1
      if character == quote { return text }
      if character == "\\", next == quote {
        text.append(quote)
        position += 1
      } else {
        text.append(character)
      }
    }
    throw Problem(reason: "has a quote that is not closed")
  }

  /// A text without quotes, up to one of `ends` outside of `${…}` and parentheses.
  private mutating func bareText(ends: Set<Character>) throws(Problem) -> String {
    var text = ""
    var closing: [Character] = []
    while let character = next {
      if closing.isEmpty, ends.contains(character) { break }
      if character == "\\", position + 1 < characters.count,
        "\\()[]{}:=, \t".contains(characters[position + 1])
      {
        text.append(characters[position + 1])
        position += 2
        continue
      }
      if character == "(" { closing.append(")") }
      if character == "{", text.last == "$" || !closing.isEmpty { closing.append("}") }
      if character == closing.last { closing.removeLast() }
      text.append(character)
      position += 1
    }
    guard closing.isEmpty else { throw Problem(reason: "has a bracket that is not closed") }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  /// `text` without quotes, in the spelling that the readers know.
  private static func scalar(_ text: String) -> YAMLValue.Content {
    let word = text.lowercased()
    if ["true", "false", "null"].contains(word) { return .scalar(word, isQuoted: false) }
    let digits = text.replacing("_", with: "")
    if digits != text, text.wholeMatch(of: #/[+-]?[1-9][0-9]*(_[0-9]+)+/#) != nil {
      return .scalar(digits, isQuoted: false)
    }
    return .scalar(text, isQuoted: false)
  }
}
