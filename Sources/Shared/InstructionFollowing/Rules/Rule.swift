/// What an instruction asks of a text that is not blank.
enum Rule: Sendable {
  case existence([Pattern])
  case frequency(Pattern, CountBound)
  case forbidden([Pattern])
  case letterFrequency(Unicode.Scalar, CountBound)
  case language(Language)
  case sentences(CountBound)
  case paragraphs(Int)
  case words(CountBound)
  case firstWord(count: Int, place: Int, word: Scalars)
  case placeholders(Int)
  case postscript(Pattern)
  case bullets(Int)
  case constrained
  case highlights(Int)
  case sections(Pattern, Int)
  case json
  case title
  case twoResponses
  case repeated(Scalars)
  case ending(Scalars)
  case quotation
  case capitalWords(CountBound)
  case englishCapital
  case englishLowercase
  case noComma

  /// Whether `text` does it.
  func holds(for text: Scalars) -> Bool {
    switch self {
    case .existence(let patterns): patterns.allSatisfy { $0.isFound(in: text) }
    case .frequency(let pattern, let bound): bound.admits(pattern.count(in: text))
    case .forbidden(let patterns): !patterns.contains { $0.isFound(in: text) }
    case .letterFrequency(let letter, let bound):
      bound.admits(text.lowered.count { $0 == letter })
    case .language(let language): LanguageDetector.passes(text, as: language)
    case .sentences(let bound): bound.admits(Sentences.ranges(in: text).count)
    case .paragraphs(let count): Layout.starredParagraphs(text) == count
    case .words(let bound): bound.admits(Layout.words(text))
    case .firstWord(let count, let place, let word):
      Layout.firstWord(ofParagraph: place, of: count, in: text) == word
    case .placeholders(let count): Layout.placeholders(text) >= count
    case .postscript(let pattern): pattern.isFound(in: text.lowered)
    case .bullets(let count): Layout.bullets(text) == count
    case .constrained: Self.answers.contains { text.find($0) != nil }
    case .highlights(let count): Layout.highlights(text) >= count
    case .sections(let pattern, let count): pattern.count(in: text) >= count
    case .json: JSONSyntax.isDocument(Layout.withoutFence(text))
    case .title: Layout.hasTitle(text)
    case .twoResponses: Layout.isTwoResponses(text)
    case .repeated(let prompt): text.stripped.lowered.has(prompt, at: 0)
    case .ending(let phrase):
      Self.ends(text.stripped.stripped { $0 == .quote }.lowered, with: phrase)
    case .quotation: Self.isQuoted(text.stripped)
    case .capitalWords(let bound): bound.admits(WordTokens.capitalWords(in: text))
    case .englishCapital: text.isUpper && LanguageDetector.passes(text, as: .english)
    case .englishLowercase: text.isLower && LanguageDetector.passes(text, as: .english)
    case .noComma: !text.contains(.comma)
    }
  }

  private static let answers = ["yes", "no", "maybe"].map { Scalars("My answer is \($0).") }

  private static func ends(_ text: Scalars, with phrase: Scalars) -> Bool {
    text.has(phrase, at: text.count - phrase.count)
  }

  private static func isQuoted(_ text: Scalars) -> Bool {
    text.count > 1 && text.first == .quote && text.last == .quote
  }

  /// What to look for in a text in small letters: the two usual markers stand with or without blanks between
  /// their letters.
  static func postscript(_ marker: String) -> Pattern {
    if marker == "P.P.S" { return Pattern(#"p\.\s?p\.\s?s"#) }
    if marker == "P.S." { return Pattern(#"p\.\s?s\."#) }
    return Pattern(Scalars(marker).lowered.text)
  }
}
