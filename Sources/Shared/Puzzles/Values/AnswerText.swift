/// A text as the Unicode scalars it is written with.
///
/// Swift's characters join across what they combine and compare as what they look like; here two texts are
/// equal when they are written alike, a text's length is its number of scalars, and white space is what
/// Python's `str.isspace` says, since scores are held to those of a library in Python.
struct AnswerText: Sendable, Equatable, Hashable, ExpressibleByStringLiteral {
  var scalars: [Unicode.Scalar]

  init(_ text: some StringProtocol) { scalars = Array(text.unicodeScalars) }

  init(_ scalars: some Sequence<Unicode.Scalar>) { self.scalars = Array(scalars) }

  init(stringLiteral text: String) { self.init(text) }

  var string: String { String(String.UnicodeScalarView(scalars)) }

  var count: Int { scalars.count }

  var isEmpty: Bool { scalars.isEmpty }

  /// Without white space at either end.
  var trimmed: AnswerText { AnswerText(Self.trim(scalars[...], Self.isSpace)) }

  /// Without white space at the end.
  var trimmedAtEnd: AnswerText {
    var rest = scalars[...]
    while let last = rest.last, Self.isSpace(last) { rest.removeLast() }
    return AnswerText(rest)
  }

  /// Without the scalars that `isDropped` names at either end.
  func trimmed(_ isDropped: (Unicode.Scalar) -> Bool) -> AnswerText {
    AnswerText(Self.trim(scalars[...], isDropped))
  }

  /// In lower case.
  var lowered: AnswerText { AnswerText(string.lowercased()) }

  /// In upper case.
  var raised: AnswerText { AnswerText(string.uppercased()) }

  /// Without any of `dropped`.
  func without(_ dropped: Unicode.Scalar...) -> AnswerText {
    AnswerText(scalars.filter { !dropped.contains($0) })
  }

  /// The parts between occurrences of `separator`, empty ones too.
  func parts(between separator: Unicode.Scalar) -> [AnswerText] {
    scalars.split(separator: separator, omittingEmptySubsequences: false).map { AnswerText($0) }
  }

  /// The parts between line feeds, empty ones too.
  var lines: [AnswerText] { parts(between: "\n") }

  /// The runs between white space.
  var fields: [AnswerText] { scalars.split(whereSeparator: Self.isSpace).map { AnswerText($0) } }

  /// The parts between any scalars that end a line for Python's `splitlines`.
  var anyLines: [AnswerText] {
    scalars.split(omittingEmptySubsequences: true) { scalar in
      switch scalar.value {
      case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
      default: false
      }
    }.map { AnswerText($0) }
  }

  func starts(with prefix: AnswerText) -> Bool { scalars.starts(with: prefix.scalars) }

  func ends(with suffix: AnswerText) -> Bool {
    scalars.count >= suffix.count && scalars.suffix(suffix.count).elementsEqual(suffix.scalars)
  }

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
      0x3000:
      true
    default: false
    }
  }

  private static func trim(
    _ scalars: ArraySlice<Unicode.Scalar>, _ isDropped: (Unicode.Scalar) -> Bool
  ) -> ArraySlice<Unicode.Scalar> {
    var rest = scalars.drop(while: isDropped)
    while let last = rest.last, isDropped(last) { rest.removeLast() }
    return rest
  }
}

extension AnswerText {
  /// Whether `part` occurs, found in time linear in both.
  ///
  /// Source: Knuth, Morris and Pratt 1977, https://doi.org/10.1137/0206024.
  func contains(_ part: AnswerText) -> Bool { firstIndex(of: part) != nil }

  /// Where `part` first begins.
  func firstIndex(of part: AnswerText) -> Int? {
    guard !part.isEmpty else { return 0 }
    guard part.count <= count else { return nil }
    let pattern = part.scalars
    // For each number of matched scalars, how many still match when the next does not.
    var fallback = [0, 0]
    func advance(from matched: Int, by scalar: Unicode.Scalar) -> Int {
      var matched = matched
      while matched > 0 && pattern[matched] != scalar { matched = fallback[matched] }
      return pattern[matched] == scalar ? matched + 1 : 0
    }
    for index in pattern.indices.dropFirst() {
      fallback.append(advance(from: fallback[index], by: pattern[index]))
    }
    var matched = 0
    for (index, scalar) in scalars.enumerated() {
      matched = advance(from: matched, by: scalar)
      if matched == pattern.count { return index + 1 - pattern.count }
    }
    return nil
  }
}
