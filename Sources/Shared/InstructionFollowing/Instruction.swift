/// One of IFEval's 25 verifiable instructions with its arguments.
///
/// ```swift
/// let instruction = try Instruction(id: "keywords:frequency", arguments: [
///   "keyword": "sea", "frequency": 2, "relation": "at least",
/// ])
/// ```
///
/// | id | arguments | followed if |
/// |---|---|---|
/// | `keywords:existence` | `keywords` | each is found, whatever its case, also inside words |
/// | `keywords:frequency` | `keyword`, `frequency`, `relation` | it is found so often, likewise |
/// | `keywords:forbidden_words` | `forbidden_words` | none is found as a whole word |
/// | `keywords:letter_frequency` | `letter`, `let_frequency`, `let_relation` | the letter stands so often |
/// | `language:response_language` | `language` | the detector says so, or finds no letters |
/// | `length_constraints:number_sentences` | `num_sentences`, `relation` | so many sentences, as Punkt cuts |
/// | `length_constraints:number_paragraphs` | `num_paragraphs` | exactly so many, divided by `***` |
/// | `length_constraints:number_words` | `num_words`, `relation` | so many runs of letters and digits |
/// | `length_constraints:nth_paragraph_first_word` | `num_paragraphs`, `nth_paragraph`, `first_word` | so many between empty lines, the nth starts thus |
/// | `detectable_content:number_placeholders` | `num_placeholders` | at least so many `[…]` |
/// | `detectable_content:postscript` | `postscript_marker` | it is found, whatever its case |
/// | `detectable_format:number_bullet_lists` | `num_bullets` | exactly so many lines start with `*` or `-` |
/// | `detectable_format:constrained_response` | | `My answer is yes.`, `… no.` or `… maybe.` is found |
/// | `detectable_format:number_highlighted_sections` | `num_highlights` | at least so many `*…*` |
/// | `detectable_format:multiple_sections` | `section_spliter`, `num_sections` | at least so many headings with numbers |
/// | `detectable_format:json_format` | | it is JSON, perhaps in a code fence |
/// | `detectable_format:title` | | some `<<…>>` is not blank |
/// | `combination:two_responses` | | two different parts, divided by `******` |
/// | `combination:repeat_prompt` | `prompt_to_repeat` | it starts thus, whatever the case |
/// | `startend:end_checker` | `end_phrase` | it ends thus, quotation marks and case aside |
/// | `startend:quotation` | | it starts and ends with `"` |
/// | `change_case:capital_word_frequency` | `capital_frequency`, `capital_relation` | so many words in capitals |
/// | `change_case:english_capital` | | no small letter, some capital, English |
/// | `change_case:english_lowercase` | | no capital, some small letter, English |
/// | `punctuation:no_comma` | | no comma |
///
/// `relation` is `at least` or `less than`. Keywords, markers and `section_spliter` are regular expressions
/// as in the reference, where they have the form of one that ``Pattern`` understands, and plain texts
/// otherwise. Source: Zhou et al. 2023, *Instruction-Following Evaluation for Large Language Models*,
/// https://arxiv.org/abs/2311.07911, section 2.
public struct Instruction: Sendable {
  /// Its name, one of ``knownIDs``.
  public let id: String

  /// The arguments it was made from.
  public let arguments: [String: ArgumentValue]

  /// What it asks, ready to be tested.
  let rule: Rule

  /// Reads an instruction.
  ///
  /// Null arguments count as missing, arguments that it does not have are ignored.
  public init(id: String, arguments: [String: ArgumentValue] = [:]) throws(InstructionFault) {
    self.id = id
    self.arguments = arguments
    guard let reader = Self.readers.first(where: { $0.id == id }) else { throw .unknown(id: id) }
    rule = try reader.read(Arguments(id: id, values: arguments))
  }

  /// The names of the 25 instructions, in the order of the paper's table.
  public static let knownIDs = readers.map(\.id)

  /// Whether `text`, which is not blank, follows it.
  func isFollowed(by text: Scalars) -> Bool { rule.holds(for: text) }
}

extension Instruction: Equatable {
  /// Whether both were made from the same.
  public static func == (first: Instruction, second: Instruction) -> Bool {
    first.id == second.id && first.arguments == second.arguments
  }
}

extension Instruction {
  typealias Reader = (id: String, read: @Sendable (Arguments) throws(InstructionFault) -> Rule)

  private static let readers: [Reader] = keywordReaders + lengthReaders + formatReaders + styleReaders

  private static let keywordReaders: [Reader] = [
    (
      "keywords:existence",
      { (a) throws(InstructionFault) in
        .existence(try a.texts("keywords").map { Pattern($0, ignoresCase: true) })
      }
    ),
    (
      "keywords:frequency",
      { (a) throws(InstructionFault) in
        .frequency(
          Pattern(Scalars(try a.text("keyword")).stripped.text, ignoresCase: true),
          try a.bound("frequency", relation: "relation"))
      }
    ),
    (
      "keywords:forbidden_words",
      { (a) throws(InstructionFault) in
        .forbidden(try a.texts("forbidden_words").map { Pattern($0, ignoresCase: true, wholeWord: true) })
      }
    ),
    (
      "keywords:letter_frequency",
      { (a) throws(InstructionFault) in
        let letter = Scalars(try a.text("letter")).stripped.lowered
        guard letter.count == 1 else {
          throw .unusable(id: a.id, argument: "letter", demand: "one letter")
        }
        return .letterFrequency(letter[0], try a.bound("let_frequency", relation: "let_relation"))
      }
    ),
  ]

  private static let lengthReaders: [Reader] = [
    (
      "language:response_language",
      { (a) throws(InstructionFault) in
        let name = try a.text("language")
        guard let language = Language(rawValue: name) else {
          let codes = Language.allCases.map(\.rawValue).joined(separator: ", ")
          throw .unusable(id: a.id, argument: "language", demand: "one of \(codes)")
        }
        return .language(language)
      }
    ),
    (
      "length_constraints:number_sentences",
      { (a) throws(InstructionFault) in .sentences(try a.bound("num_sentences", relation: "relation")) }
    ),
    (
      "length_constraints:number_paragraphs",
      { (a) throws(InstructionFault) in .paragraphs(try a.count("num_paragraphs")) }
    ),
    (
      "length_constraints:number_words",
      { (a) throws(InstructionFault) in .words(try a.bound("num_words", relation: "relation")) }
    ),
    (
      "length_constraints:nth_paragraph_first_word",
      { (a) throws(InstructionFault) in
        let count = try a.count("num_paragraphs", least: 1)
        let place = try a.count("nth_paragraph", least: 1)
        guard place <= count else {
          throw .unusable(id: a.id, argument: "nth_paragraph", demand: "at most num_paragraphs, \(count)")
        }
        return .firstWord(count: count, place: place, word: Scalars(try a.text("first_word")).lowered)
      }
    ),
  ]

  private static let formatReaders: [Reader] = [
    (
      "detectable_content:number_placeholders",
      { (a) throws(InstructionFault) in .placeholders(try a.count("num_placeholders")) }
    ),
    (
      "detectable_content:postscript",
      { (a) throws(InstructionFault) in
        .postscript(Rule.postscript(Scalars(try a.text("postscript_marker")).stripped.text))
      }
    ),
    (
      "detectable_format:number_bullet_lists",
      { (a) throws(InstructionFault) in .bullets(try a.count("num_bullets")) }
    ),
    ("detectable_format:constrained_response", { (_) throws(InstructionFault) in .constrained }),
    (
      "detectable_format:number_highlighted_sections",
      { (a) throws(InstructionFault) in .highlights(try a.count("num_highlights")) }
    ),
    (
      "detectable_format:multiple_sections",
      { (a) throws(InstructionFault) in
        .sections(
          Pattern(heading: Scalars(try a.text("section_spliter")).stripped.text), try a.count("num_sections"))
      }
    ),
    ("detectable_format:json_format", { (_) throws(InstructionFault) in .json }),
    ("detectable_format:title", { (_) throws(InstructionFault) in .title }),
  ]

  private static let styleReaders: [Reader] = [
    ("combination:two_responses", { (_) throws(InstructionFault) in .twoResponses }),
    (
      "combination:repeat_prompt",
      { (a) throws(InstructionFault) in
        .repeated(Scalars(try a.text("prompt_to_repeat")).stripped.lowered)
      }
    ),
    (
      "startend:end_checker",
      { (a) throws(InstructionFault) in .ending(Scalars(try a.text("end_phrase")).stripped.lowered) }
    ),
    ("startend:quotation", { (_) throws(InstructionFault) in .quotation }),
    (
      "change_case:capital_word_frequency",
      { (a) throws(InstructionFault) in
        .capitalWords(try a.bound("capital_frequency", relation: "capital_relation"))
      }
    ),
    ("change_case:english_capital", { (_) throws(InstructionFault) in .englishCapital }),
    ("change_case:english_lowercase", { (_) throws(InstructionFault) in .englishLowercase }),
    ("punctuation:no_comma", { (_) throws(InstructionFault) in .noComma }),
  ]
}
