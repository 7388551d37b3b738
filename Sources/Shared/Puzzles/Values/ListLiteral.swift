/// What an answer written as a Python list says: integers, numbers and quoted texts in square or round
/// brackets.
///
/// The library runs such answers as programs; here they are read, and nothing else is.
enum ListLiteral {
  /// The list that `text` writes; nil if it writes anything else, or nests deeper than 100.
  static func read(_ text: AnswerText) -> [PuzzleValue]? {
    var rest = text.trimmed.scalars[...]
    guard rest.first == "[" || rest.first == "(", let list = value(&rest, depth: 0) else { return nil }
    skipSpace(&rest)
    return rest.isEmpty ? list.list : nil
  }

  private static func value(_ rest: inout ArraySlice<Unicode.Scalar>, depth: Int) -> PuzzleValue? {
    guard let first = rest.first, depth < PuzzleValue.depthLimit else { return nil }
    switch first {
    case "[", "(":
      rest.removeFirst()
      return elements(&rest, closing: first == "[" ? "]" : ")", depth: depth)
    case "\"", "'":
      rest.removeFirst()
      let text = rest.prefix { $0 != first && $0 != "\\" && $0 != "\n" }
      rest = rest[text.endIndex...]
      return rest.popFirst() == first ? .text(AnswerText(text).string) : nil
    default:
      let word = rest.prefix {
        $0 == "-" || $0 == "+" || $0 == "." || $0.properties.isAlphabetic || $0.isDigit
      }
      rest = rest[word.endIndex...]
      let text = AnswerText(word)
      if text.count > 1 && first == "0" && !text.scalars.contains(".") { return nil }
      if let integer = text.integer { return .integer(integer) }
      if text.scalars.allSatisfy({ !$0.properties.isAlphabetic || $0 == "e" }), let real = text.real {
        return .number(real)
      }
      return nil
    }
  }

  private static func elements(
    _ rest: inout ArraySlice<Unicode.Scalar>, closing: Unicode.Scalar, depth: Int
  ) -> PuzzleValue? {
    var list: [PuzzleValue] = []
    while true {
      skipSpace(&rest)
      if rest.first == closing { break }
      guard let element = value(&rest, depth: depth + 1) else { return nil }
      list.append(element)
      skipSpace(&rest)
      guard rest.first == "," else { break }
      rest.removeFirst()
    }
    guard rest.popFirst() == closing else { return nil }
    return .list(list)
  }

  private static func skipSpace(_ rest: inout ArraySlice<Unicode.Scalar>) {
    rest = rest.drop(while: AnswerText.isSpace)
  }
}

extension Unicode.Scalar {
  /// Whether it is one of 0 to 9.
  var isDigit: Bool { ("0"..."9").contains(self) }
}
