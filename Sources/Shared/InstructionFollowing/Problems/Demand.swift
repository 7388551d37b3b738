/// The instructions as the generator draws them.
enum Demand: String, CaseIterable {
  case existence = "keywords:existence"
  case frequency = "keywords:frequency"
  case forbidden = "keywords:forbidden_words"
  case letters = "keywords:letter_frequency"
  case language = "language:response_language"
  case sentences = "length_constraints:number_sentences"
  case paragraphs = "length_constraints:number_paragraphs"
  case words = "length_constraints:number_words"
  case firstWord = "length_constraints:nth_paragraph_first_word"
  case placeholders = "detectable_content:number_placeholders"
  case postscript = "detectable_content:postscript"
  case bullets = "detectable_format:number_bullet_lists"
  case constrained = "detectable_format:constrained_response"
  case highlights = "detectable_format:number_highlighted_sections"
  case sections = "detectable_format:multiple_sections"
  case json = "detectable_format:json_format"
  case title = "detectable_format:title"
  case twoResponses = "combination:two_responses"
  case repeated = "combination:repeat_prompt"
  case ending = "startend:end_checker"
  case quotation = "startend:quotation"
  case capitalWords = "change_case:capital_word_frequency"
  case capital = "change_case:english_capital"
  case lowercase = "change_case:english_lowercase"
  case noComma = "punctuation:no_comma"

  /// Those without a number or list to keep, for the first level.
  static let simple: [Demand] = [
    .noComma, .lowercase, .capital, .title, .quotation, .json, .existence, .constrained, .repeated, .ending,
    .postscript, .twoResponses,
  ]

  /// Those that count, for the second.
  static let counting: [Demand] = [
    .frequency, .forbidden, .letters, .language, .sentences, .paragraphs, .words, .firstWord, .placeholders,
    .bullets, .highlights, .sections, .capitalWords,
  ]

  /// Those that lay out the whole response, of which it can have one.
  private static let layouts: Set<Demand> = [
    .paragraphs, .firstWord, .bullets, .sections, .twoResponses, .json, .constrained,
  ]

  /// Those that can stand beside one that allows few.
  private static let companions: [Demand: Set<Demand>] = [
    .constrained: [],
    .json: [.forbidden, .existence],
    .twoResponses: [.forbidden, .existence, .title, .noComma],
    .repeated: [.existence, .title, .noComma],
    .language: [.noComma, .title, .quotation, .bullets, .paragraphs, .highlights],
  ]

  /// Pairs that cannot both be kept, or not sensibly, beside those that ``companions`` and ``layouts`` exclude.
  private static let enemies: [Demand: Set<Demand>] = [
    .sections: [.highlights, .lowercase],
    .paragraphs: [.sentences, .highlights],
    .bullets: [.sentences],
    .firstWord: [.title],
    .capitalWords: [.capital, .lowercase],
    .capital: [.lowercase],
    .quotation: [.title],
  ]

  /// Whether no response is asked to keep both.
  func conflicts(with other: Demand) -> Bool {
    for (first, second) in [(self, other), (other, self)] {
      if Self.enemies[first]?.contains(second) == true { return true }
      if let companions = Self.companions[first], !companions.contains(second) { return true }
    }
    return self == other || (Self.layouts.contains(self) && Self.layouts.contains(other))
  }
}
