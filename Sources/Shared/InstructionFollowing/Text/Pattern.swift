/// What is searched for: a regular expression with Python's meaning where the text has the form of one that is
/// understood, and a plain text otherwise.
///
/// Understood are `.`, classes, `\d \w \s` and their opposites, `^ $ \b \B`, groups, `|`, and `* + ? {m,n}`, greedy or
/// not. References, look-around and flags are not. No expression backtracks: time is bounded by the product of
/// the lengths of text and expression, and by ``Expression/stepLimit``.
struct Pattern: Sendable {
  private enum Form {
    case plain(Scalars)
    case expression(Expression)
    case numbered(Scalars)
  }

  private let form: Form
  private let ignoresCase: Bool
  private let wholeWord: Bool

  /// Reads `source`.
  ///
  /// `wholeWord` demands that a word starts or ends at both ends, as `\b` does.
  init(_ source: String, ignoresCase: Bool = false, wholeWord: Bool = false) {
    self.ignoresCase = ignoresCase
    self.wholeWord = wholeWord
    let scalars = Scalars(source)
    if scalars.contains(where: Self.isSpecial),
      let expression = Expression(wholeWord ? "\\b\(source)\\b" : source, ignoresCase: ignoresCase)
    {
      form = .expression(expression)
    } else {
      form = .plain(ignoresCase ? scalars.map(\.folded) : scalars)
    }
  }

  /// The heading of a section: `source`, a number, and at most one white space around each.
  init(heading source: String) {
    (ignoresCase, wholeWord) = (false, false)
    if source.unicodeScalars.contains(where: Self.isSpecial),
      let expression = Expression("\\s?\(source)\\s?\\d+\\s?", ignoresCase: false)
    {
      form = .expression(expression)
    } else {
      form = .numbered(Scalars(source))
    }
  }

  private static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
    "\\.^$|?*+()[]{}".unicodeScalars.contains(scalar)
  }

  /// Whether it is somewhere in `text`.
  func isFound(in text: Scalars) -> Bool { matches(in: text, limit: 1) > 0 }

  /// How often it is in `text`, counted from the left without overlap.
  func count(in text: Scalars) -> Int { matches(in: text, limit: .max) }

  private func matches(in text: Scalars, limit: Int) -> Int {
    if case .expression(let expression) = form { return expression.count(in: text, limit: limit) }
    var (count, place) = (0, 0)
    let text = ignoresCase ? text.map(\.folded) : text
    while count < limit, let range = next(in: text, from: place) {
      place = range.upperBound
      if range.isEmpty { continue }
      count += 1
    }
    return count
  }

  /// The next match of a plain form, or an empty range from which to go on.
  private func next(in text: Scalars, from start: Int) -> Range<Int>? {
    switch form {
    case .expression: return nil
    case .plain(let part):
      guard let place = text.find(part, from: start) else { return nil }
      let end = place + part.count
      guard !wholeWord || (text.isWordEdge(place) && text.isWordEdge(end)) else {
        return (place + 1)..<(place + 1)
      }
      return place..<end
    case .numbered(let part):
      guard let place = text.find(part, from: start) else { return nil }
      var end = place + part.count
      if end < text.count, text[end].isSpace { end += 1 }
      let digits = end
      while end < text.count, text[end].isDigit { end += 1 }
      return digits < end ? place..<end : (place + 1)..<(place + 1)
    }
  }
}

extension Scalars {
  /// Whether a word starts or ends at `place`: `\b`.
  func isWordEdge(_ place: Int) -> Bool {
    let before = place > 0 && self[place - 1].isWord
    let after = place < count && self[place].isWord
    return before != after
  }
}
