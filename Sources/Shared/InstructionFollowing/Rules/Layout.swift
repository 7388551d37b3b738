/// How a text is laid out: its paragraphs, bullets, highlights, placeholders and titles.
///
/// Each function does in one pass what the reference does with a regular expression, quoted where it is not
/// plain from the name.
enum Layout {
  /// The number of runs of `\w`.
  static func words(_ text: Scalars) -> Int {
    var (count, isInside) = (0, false)
    for scalar in text {
      let isWord = scalar.isWord
      if isWord, !isInside { count += 1 }
      isInside = isWord
    }
    return count
  }

  /// The number of parts between `\s?\*\*\*\s?`; nil if one is blank that is neither first nor last.
  static func starredParagraphs(_ text: Scalars) -> Int? {
    let divider: Scalars = ["*", "*", "*"]
    var (blanks, start, isInside) = ([Bool](), 0, true)
    while isInside {
      let place = text.find(divider, from: start)
      blanks.append(text[start..<(place ?? text.count)].isBlank)
      start = (place ?? 0) + divider.count
      // The divider takes one white space with it, which matters to no later one.
      if place != nil, start < text.count, text[start].isSpace { start += 1 }
      isInside = place != nil
    }
    guard !blanks.dropFirst().dropLast().contains(true) else { return nil }
    return blanks.count { !$0 }
  }

  /// The first word of paragraph `place`, from 1, if `count` of the parts between empty lines are not blank.
  ///
  /// Blank parts count for `place`, yet not for `count`. The word ends before white space and any of
  /// `. , ? ! ' "`; it is in small letters.
  static func firstWord(ofParagraph place: Int, of count: Int, in text: Scalars) -> Scalars? {
    let parts = text.parts(separatedBy: [.newline, .newline])
    guard parts.count(where: { !$0.isBlank }) == count, place <= count else { return nil }
    let paragraph = parts[place - 1].stripped
    guard !paragraph.isEmpty else { return nil }
    var word = paragraph.prefix { !$0.isSpace }
    word = word.drop { $0 == .apostrophe }
    word = word.drop { $0 == .quote }
    return word.prefix { !".,?!'\"".unicodeScalars.contains($0) }.lowered
  }

  /// The number of matches of `\[.*?\]`.
  static func placeholders(_ text: Scalars) -> Int {
    var (count, isOpen) = (0, false)
    for scalar in text {
      switch scalar {
      case "[": isOpen = true
      case "]":
        if isOpen { count += 1 }
        isOpen = false
      case .newline: isOpen = false
      default: break
      }
    }
    return count
  }

  /// The number of lines with bullets: matches of `^\s*\*[^\*].*$` and of `^\s*-.*$`.
  static func bullets(_ text: Scalars) -> Int {
    lines(in: text) { place in
      // The scalar after the star may be a newline; then the line below belongs to the bullet.
      guard text[place] == .star, place + 1 < text.count, text[place + 1] != .star else { return nil }
      return place + 2
    }
      + lines(in: text) { place in text[place] == .hyphen ? place + 1 : nil }
  }

  /// How often a line's first scalar besides white space starts a match; `body` gives the place after what it
  /// takes, from which the rest of that line belongs to the match.
  private static func lines(in text: Scalars, body: (Int) -> Int?) -> Int {
    var (count, place) = (0, 0)
    while place < text.count {
      // White space may span lines; all of them that start within it would come to the same scalar.
      while place < text.count, text[place].isSpace { place += 1 }
      guard place < text.count else { break }
      if let rest = body(place) {
        count += 1
        place = rest
      }
      while place < text.count, text[place] != .newline { place += 1 }
    }
    return count
  }

  /// The number of matches of `\*[^\n\*]*\*` and of `\*\*[^\n\*]*\*\*` whose inside is not blank.
  static func highlights(_ text: Scalars) -> Int {
    highlights(text, stars: 1) + highlights(text, stars: 2)
  }

  private static func highlights(_ text: Scalars, stars: Int) -> Int {
    let mark = Scalars(repeating: .star, count: stars)
    var (count, place) = (0, 0)
    while place < text.count {
      guard text.has(mark, at: place) else {
        place += 1
        continue
      }
      var end = place + stars
      while end < text.count, text[end] != .star, text[end] != .newline { end += 1 }
      if text.has(mark, at: end) {
        if !text[(place + stars)..<end].isBlank { count += 1 }
        place = end + stars
      } else {
        place += 1
      }
    }
    return count
  }

  /// Whether some line has a match of `<<[^\n]+>>` with more in it than brackets and white space.
  static func hasTitle(_ text: Scalars) -> Bool {
    text.split(separator: .newline).contains { line in
      guard let open = firstPair("<", in: line), let close = lastPair(">", in: line), open + 2 < close else {
        return false
      }
      let inside = line[open..<(close + 2)].drop { $0 == "<" }
      let end = inside.lastIndex { $0 != ">" }
      return end.map { !inside[...$0].isBlank } ?? false
    }
  }

  private static func firstPair(_ scalar: Unicode.Scalar, in line: ArraySlice<Unicode.Scalar>) -> Int? {
    line.indices.dropLast().first { line[$0] == scalar && line[$0 + 1] == scalar }
  }

  private static func lastPair(_ scalar: Unicode.Scalar, in line: ArraySlice<Unicode.Scalar>) -> Int? {
    line.indices.dropLast().last { line[$0] == scalar && line[$0 + 1] == scalar }
  }

  /// Whether `******` divides it into two different parts; only the first and the last part may be blank
  /// beside them.
  static func isTwoResponses(_ text: Scalars) -> Bool {
    let parts = text.parts(separatedBy: Scalars(repeating: .star, count: 6))
    guard !parts.dropFirst().dropLast().contains(where: \.isBlank) else { return false }
    let full = parts.filter { !$0.isBlank }
    return full.count == 2 && full[0].stripped != full[1].stripped
  }

  /// Without white space and a code fence around it.
  static func withoutFence(_ text: Scalars) -> Scalars {
    var text = text.stripped
    for fence in ["```json", "```Json", "```JSON", "```"].map(Scalars.init(_:)) where text.has(fence, at: 0) {
      text.removeFirst(fence.count)
    }
    if text.has(["`", "`", "`"], at: text.count - 3) { text.removeLast(3) }
    return text.stripped
  }
}
