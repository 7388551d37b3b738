import Randomness

/// Puts requests and instructions into words.
enum Wording {
  /// What is asked, without instructions.
  static func base(_ demands: [Demand], topic: String, _ generator: inout NamedGenerator) -> String {
    if demands.contains(.constrained) {
      let question = generator.pick(ProblemWords.questions).replacing("#", with: topic)
      return generator.pick(ProblemWords.openings) + question
    }
    return generator.pick(ProblemWords.requests)
      .replacing("@", with: generator.pick(ProblemWords.kinds)).replacing("#", with: topic)
  }

  /// The request with its instructions behind it.
  static func prompt(_ draft: InstructionDraft, _ generator: inout NamedGenerator) -> String {
    let sentences = draft.demands.map { demand in generator.pick(ways(demand, draft)) }
    guard draft.demands.count > 1, generator.next(below: 3) == 0 else {
      return ([draft.base] + sentences).joined(separator: " ")
    }
    return "\(draft.base)\n\nKeep to the following:\n" + sentences.map { "- \($0)" }.joined(separator: "\n")
  }

  /// Three ways to say an instruction.
  private static func ways(_ demand: Demand, _ draft: InstructionDraft) -> [String] {
    switch demand {
    case .existence, .frequency, .forbidden, .letters, .language: content(demand, draft)
    case .sentences, .paragraphs, .words, .firstWord, .capitalWords: lengths(demand, draft)
    case .placeholders, .postscript, .bullets, .highlights, .sections: parts(demand, draft)
    default: form(demand, draft)
    }
  }

  private static func content(_ demand: Demand, _ draft: InstructionDraft) -> [String] {
    switch demand {
    case .existence:
      let words = quoted(draft.texts(demand, "keywords"))
      return [
        "Make sure that \(words) can be found in your text.", "Work in the following: \(words).",
        "Your reply has to mention \(words).",
      ]
    case .frequency:
      let word = "\"\(draft.text(demand, "keyword"))\""
      let times = bound(draft, demand, "frequency", "relation", "time")
      return [
        "Use the word \(word) \(times).", "The word \(word) should come up \(times).",
        "Let \(word) appear \(times) in what you write.",
      ]
    case .forbidden:
      let words = quoted(draft.texts(demand, "forbidden_words"))
      return [
        "Stay away from these words: \(words).", "Nowhere may your reply contain \(words).",
        "Do it without using \(words).",
      ]
    case .letters:
      let letter = "\"\(draft.text(demand, "letter"))\""
      let times = bound(draft, demand, "let_frequency", "let_relation", "time")
      return [
        "The letter \(letter) should occur \(times).",
        "Write so that the letter \(letter) turns up \(times).",
        "Count the letter \(letter): it must be there \(times).",
      ]
    default:
      let code = draft.text(demand, "language")
      let name = ProblemWords.languages.first { $0.code == code }?.name ?? code
      return [
        "Write everything in \(name) and in no other language.", "Your whole reply must be in \(name).",
        "Answer only in \(name).",
      ]
    }
  }

  private static func lengths(_ demand: Demand, _ draft: InstructionDraft) -> [String] {
    switch demand {
    case .sentences:
      let count = bound(draft, demand, "num_sentences", "relation", "sentence")
      return ["Write \(count).", "Your text should have \(count).", "Its length: \(count)."]
    case .words:
      let count = bound(draft, demand, "num_words", "relation", "word")
      return ["Use \(count).", "Your text should have \(count).", "Its length: \(count)."]
    case .capitalWords:
      let count = bound(draft, demand, "capital_frequency", "capital_relation", "word")
      return [
        "Write \(count) in capital letters only.", "Have \(count) entirely in capitals.",
        "In your reply there should be \(count) with all letters in capitals.",
      ]
    case .paragraphs:
      let count = plural(draft.count(demand, "num_paragraphs"), "paragraph")
      return [
        "Write exactly \(count) and put a line with *** between them.",
        "There should be \(count) divided by the markdown divider ***.",
        "Divide your text with *** into \(count).",
      ]
    default:
      let count = plural(draft.count(demand, "num_paragraphs"), "paragraph")
      let (place, word) = (draft.count(demand, "nth_paragraph"), draft.text(demand, "first_word"))
      return [
        "Write \(count) with an empty line between one and the next. Paragraph \(place) must start with the word \"\(word)\".",
        "There should be \(count) and nothing but two line breaks between them; the first word of paragraph \(place) is \"\(word)\".",
        "Leave an empty line between paragraphs. Of these there are \(draft.count(demand, "num_paragraphs")), and number \(place) begins with \"\(word)\".",
      ]
    }
  }

  private static func parts(_ demand: Demand, _ draft: InstructionDraft) -> [String] {
    switch demand {
    case .placeholders:
      let count = plural(draft.count(demand, "num_placeholders"), "placeholder")
      return [
        "Put in at least \(count) in square brackets, such as [name].",
        "Leave at least \(count) to be filled in, each in square brackets like [date].",
        "Your text needs no fewer than \(count), written like [place].",
      ]
    case .postscript:
      let marker = "\"\(draft.text(demand, "postscript_marker"))\""
      return [
        "At the end add a postscript that starts with \(marker).",
        "Close with a postscript marked \(marker).",
        "After the main text there should be a postscript, and it starts with \(marker).",
      ]
    case .bullets:
      let count = plural(draft.count(demand, "num_bullets"), "bullet point")
      return [
        "Give exactly \(count) in markdown, such as:\n* This is a point.",
        "Your reply must have exactly \(count), each on a line that starts with \"* \".",
        "Lay it out in markdown with \(count), neither more nor fewer.",
      ]
    case .highlights:
      let count = plural(draft.count(demand, "num_highlights"), "passage")
      return [
        "Highlight at least \(count) with markdown, i.e. *highlighted passage*.",
        "Set at least \(count) between asterisks, like *this*.",
        "No fewer than \(count) should be emphasised with single asterisks, as in *a few words*.",
      ]
    default:
      let (name, count) = (draft.text(demand, "section_spliter"), draft.count(demand, "num_sections"))
      return [
        "Structure it in at least \(count) parts, each headed \(name) X, where X is its number.",
        "Start every part with \(name) and its number, as in \(name) 1, and have at least \(count) of them.",
        "Your text needs \(count) or more parts; mark the beginning of each with \(name) X (\(name) 1, \(name) 2 and so on).",
      ]
    }
  }

  private static func form(_ demand: Demand, _ draft: InstructionDraft) -> [String] {
    switch demand {
    case .constrained:
      let answers = "\"My answer is yes.\", \"My answer is no.\", \"My answer is maybe.\""
      return [
        "Reply with one of these: \(answers)", "Choose your answer among \(answers)",
        "Only these answers are allowed: \(answers)",
      ]
    case .json:
      return [
        "Give the whole reply as JSON; a markdown code block around it is fine.",
        "Your output must be valid JSON and nothing else.",
        "Wrap everything in one JSON value.",
      ]
    case .title:
      return [
        "Give it a title in double angle brackets, as in <<quiet days>>.",
        "There must be a title, written like <<a title>>.", "Put a title between << and >> at the top.",
      ]
    case .twoResponses:
      return [
        "Give two different replies with ****** (six asterisks) between them, and nowhere else.",
        "I want two versions that differ. Divide them by six asterisks: ******",
        "Answer twice in different ways; only ****** stands between the two.",
      ]
    case .repeated:
      let request = "\"\(draft.base)\""
      return [
        "Begin by repeating the request \(request) word for word, then answer it.",
        "Before you answer, copy \(request) without any change and say nothing before it.",
        "Your reply starts with \(request), unchanged and without the quotation marks, and the answer follows.",
      ]
    case .ending:
      let phrase = "\"\(draft.text(demand, "end_phrase"))\""
      return [
        "The very last words must be \(phrase) and nothing may follow.",
        "End with exactly this phrase: \(phrase)",
        "Finish on the words \(phrase) without anything after them.",
      ]
    default: return style(demand)
    }
  }

  private static func style(_ demand: Demand) -> [String] {
    switch demand {
    case .quotation:
      return [
        "Put double quotation marks around the whole reply.",
        "Your entire reply should stand in double quotes.",
        "Begin and end with a double quotation mark.",
      ]
    case .capital:
      return [
        "Write in English and in capital letters only.",
        "Every letter must be a capital; the language is English.",
        "Use English in all capitals, with no small letter anywhere.",
      ]
    case .lowercase:
      return [
        "Write in English and in small letters only.",
        "No capital letters are allowed; the language is English.",
        "Use English in all lowercase, with no capital anywhere.",
      ]
    default:
      return [
        "Do not use any commas.", "Your reply may not contain a single comma.", "Get by without commas.",
      ]
    }
  }

  private static func quoted(_ words: [String]) -> String {
    words.map { "\"\($0)\"" }.joined(separator: ", ")
  }

  private static func plural(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  /// `at least 3 times`, `fewer than 3 times`.
  private static func bound(
    _ draft: InstructionDraft, _ demand: Demand, _ name: String, _ relation: String, _ noun: String
  ) -> String {
    let words = draft.text(demand, relation) == "at least" ? "at least" : "fewer than"
    return "\(words) \(plural(draft.count(demand, name), noun))"
  }
}
