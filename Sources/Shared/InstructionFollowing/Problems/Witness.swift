import Randomness

/// A request's parts before they are worded.
struct InstructionDraft {
  let demands: [Demand]
  let topic: String
  var base = ""
  var arguments: [Demand: [String: ArgumentValue]] = [:]
  var reference = ""

  func count(_ demand: Demand, _ name: String) -> Int {
    guard case .integer(let count)? = arguments[demand]?[name] else { return 0 }
    return count
  }

  func text(_ demand: Demand, _ name: String) -> String {
    guard case .string(let text)? = arguments[demand]?[name] else { return "" }
    return text
  }

  func texts(_ demand: Demand, _ name: String) -> [String] {
    guard case .array(let elements)? = arguments[demand]?[name] else { return [] }
    return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }
}

/// Writes a response that follows a draft's instructions, and chooses the numbers that bound it from above or
/// name what it lacks by what it wrote: so they can be kept.
struct Witness {
  private var draft: InstructionDraft
  private let difficulty: Int
  private let subject: String
  private var fillers: [[String]]

  init(demands: [Demand], difficulty: Int, generator: inout NamedGenerator) {
    self.difficulty = difficulty
    draft = InstructionDraft(demands: demands, topic: generator.pick(ProblemWords.topics))
    subject = draft.topic
    fillers = ProblemWords.fillers
    generator.shuffle(&fillers)
    draft.base = Wording.base(demands, topic: draft.topic, &generator)
  }

  private func asks(_ demand: Demand) -> Bool { draft.demands.contains(demand) }

  /// The draft with all arguments and the response.
  mutating func write(_ generator: inout NamedGenerator) -> InstructionDraft {
    for demand in draft.demands { drawArguments(demand, &generator) }
    let sentences = sentences(&generator)
    draft.reference = finished(laidOut(sentences))
    for demand in draft.demands { drawUpperBound(demand, &generator) }
    return draft
  }

  // MARK: Arguments

  /// A number that is larger at the highest level.
  private func count(_ range: ClosedRange<Int>, _ generator: inout NamedGenerator) -> Int {
    let middle = (range.lowerBound + range.upperBound + 1) / 2
    return generator.integer(in: difficulty == 5 ? middle...range.upperBound : range)
  }

  private mutating func drawArguments(_ demand: Demand, _ generator: inout NamedGenerator) {
    switch demand {
    case .existence:
      let words = generator.choose(count(1...4, &generator), of: ProblemWords.keywords)
      draft.arguments[demand] = ["keywords": .array(words.map { .string($0) })]
    case .frequency:
      let relation = relation(&generator)
      let words = relation == "at least" ? ProblemWords.keywords : ProblemWords.commonWords
      draft.arguments[demand] = [
        "keyword": .string(generator.pick(words)), "frequency": .integer(count(1...6, &generator)),
        "relation": relation,
      ]
    case .letters:
      draft.arguments[demand] = [
        "letter": .string(String(generator.pick(Array(ProblemWords.letterWords.keys.sorted())))),
        "let_frequency": .integer(count(3...40, &generator)), "let_relation": relation(&generator),
      ]
    case .language:
      draft.arguments[demand] = ["language": .string(generator.pick(ProblemWords.languages).code)]
    case .sentences:
      draft.arguments[demand] = [
        "num_sentences": .integer(count(3...20, &generator)), "relation": relation(&generator),
      ]
    case .words:
      draft.arguments[demand] = [
        "num_words": .integer(10 * count(4...40, &generator)), "relation": relation(&generator),
      ]
    case .capitalWords:
      draft.arguments[demand] = [
        "capital_frequency": .integer(count(1...15, &generator)), "capital_relation": relation(&generator),
      ]
    default: drawLayout(demand, &generator)
    }
  }

  private mutating func drawLayout(_ demand: Demand, _ generator: inout NamedGenerator) {
    switch demand {
    case .paragraphs: draft.arguments[demand] = ["num_paragraphs": .integer(count(2...6, &generator))]
    case .firstWord:
      let paragraphs = count(2...5, &generator)
      draft.arguments[demand] = [
        "num_paragraphs": .integer(paragraphs),
        "nth_paragraph": .integer(generator.integer(in: 1...paragraphs)),
        "first_word": .string(generator.pick(ProblemWords.firstWords)),
      ]
    case .placeholders: draft.arguments[demand] = ["num_placeholders": .integer(count(1...8, &generator))]
    case .postscript: draft.arguments[demand] = ["postscript_marker": generator.coin() ? "P.S." : "P.P.S"]
    case .bullets: draft.arguments[demand] = ["num_bullets": .integer(count(2...8, &generator))]
    case .highlights: draft.arguments[demand] = ["num_highlights": .integer(count(1...6, &generator))]
    case .sections:
      let names =
        asks(.capital) ? ["SECTION", "PART", "CHAPTER"] : ["Section", "SECTION", "Part", "PART", "Day"]
      draft.arguments[demand] = [
        "section_spliter": .string(generator.pick(names)), "num_sections": .integer(count(2...5, &generator)),
      ]
    case .ending:
      let phrase = generator.pick(ProblemWords.endings)
      draft.arguments[demand] = ["end_phrase": .string(cased(phrase))]
    case .repeated: draft.arguments[demand] = ["prompt_to_repeat": .string(draft.base)]
    default: draft.arguments[demand] = [:]
    }
  }

  private func relation(_ generator: inout NamedGenerator) -> ArgumentValue {
    generator.next(below: 3) == 0 ? "less than" : "at least"
  }

  private func isLower(_ demand: Demand) -> Bool {
    let name =
      switch demand {
      case .letters: "let_relation"
      case .capitalWords: "capital_relation"
      default: "relation"
      }
    return asks(demand) && draft.text(demand, name) == "at least"
  }

  /// Raises a bound that the response reaches, and names words that it lacks.
  private mutating func drawUpperBound(_ demand: Demand, _ generator: inout NamedGenerator) {
    let text = Scalars(draft.reference)
    switch demand {
    case .forbidden:
      let written = Scalars(draft.reference + draft.base).lowered
      let repeated = draft.text(.frequency, "keyword")
      let isLacking = { (word: String) in written.find(Scalars(word)) == nil && word != repeated }
      var lacking = ProblemWords.commonWords.filter(isLacking)
      if lacking.count < 4 { lacking += ProblemWords.keywords.filter(isLacking) }
      let words = generator.choose(count(1...4, &generator), of: lacking)
      draft.arguments[demand] = ["forbidden_words": .array(words.map { .string($0) })]
    case .frequency where !isLower(demand):
      let found = Pattern(draft.text(demand, "keyword"), ignoresCase: true).count(in: text)
      raise(demand, "frequency", above: found)
    case .letters where !isLower(demand):
      let letter = draft.text(demand, "letter").unicodeScalars.first
      raise(demand, "let_frequency", above: text.lowered.count { $0 == letter })
    case .sentences where !isLower(demand):
      raise(demand, "num_sentences", above: Sentences.ranges(in: text).count)
    case .words where !isLower(demand):
      raise(demand, "num_words", above: (Layout.words(text) + 19) / 10 * 10 - 1)
    case .capitalWords where !isLower(demand):
      raise(demand, "capital_frequency", above: WordTokens.capitalWords(in: text))
    default: break
    }
  }

  private mutating func raise(_ demand: Demand, _ name: String, above count: Int) {
    let limit = max(draft.count(demand, name), count + 1)
    draft.arguments[demand]?[name] = .integer(limit)
  }

  // MARK: Sentences

  /// The sentences of the response: fillers on the topic, and those that particular instructions need.
  private mutating func sentences(_ generator: inout NamedGenerator) -> [String] {
    if asks(.language) { return foreignSentences(generator.coin()) }
    var sentences = needed()
    var (words, places) = (sentences.reduce(0) { $0 + wordCount($1) }, 0)
    let leastWords = isLower(.words) ? draft.count(.words, "num_words") : 0
    let leastPlaces = max(
      2, isLower(.sentences) ? draft.count(.sentences, "num_sentences") : 0,
      draft.count(.paragraphs, "num_paragraphs"),
      draft.count(.bullets, "num_bullets"), draft.count(.sections, "num_sections"),
      draft.count(.highlights, "num_highlights"), draft.count(.firstWord, "num_paragraphs"))
    while words < leastWords || places < leastPlaces {
      let sentence = fillers[places % fillers.count].joined(separator: subject)
      sentences.insert(sentence, at: places)
      words += wordCount(sentence)
      places += 1
    }
    return capitalised(sentences)
  }

  private func wordCount(_ text: String) -> Int { Layout.words(Scalars(text)) }

  /// Sentences without which an instruction would not be followed.
  private func needed() -> [String] {
    var sentences: [String] = []
    if asks(.existence) {
      sentences.append("Some will think of \(listed(draft.texts(.existence, "keywords"))) as well.")
    }
    if isLower(.frequency) {
      let words = Array(
        repeating: draft.text(.frequency, "keyword"), count: draft.count(.frequency, "frequency"))
      sentences.append("One word comes back here and it is \(listed(words)).")
    }
    if isLower(.letters), let letter = draft.text(.letters, "letter").first {
      let word = ProblemWords.letterWords[letter] ?? ""
      let words = Array(repeating: word, count: draft.count(.letters, "let_frequency"))
      sentences.append("We also say \(words.joined(separator: " ")) with a smile.")
    }
    if asks(.placeholders) {
      let names = ProblemWords.placeholders.prefix(draft.count(.placeholders, "num_placeholders"))
      sentences.append("Please fill in \(listed(names.map { "[\($0)]" })) before you send it.")
    }
    return sentences
  }

  /// Writes as many of the first words in capitals as are asked for.
  private func capitalised(_ sentences: [String]) -> [String] {
    guard isLower(.capitalWords) else { return sentences }
    var open = draft.count(.capitalWords, "capital_frequency")
    return sentences.map { sentence in
      let words = sentence.split(separator: " ").map { word in
        guard open > 0, !word.contains("[") else { return String(word) }
        open -= 1
        return word.uppercased()
      }
      return words.joined(separator: " ")
    }
  }

  /// Sentences of the sample of the language that is asked for, without commas.
  private func foreignSentences(_ isLong: Bool) -> [String] {
    let code = draft.text(.language, "language")
    let sample = LanguageSample.all.first { $0.language.rawValue == code }
    let text = (sample?.sentences ?? "").replacing("\n", with: " ")
    var sentences: [String] = []
    var sentence = ""
    for character in text where character != "," && character != "،" {
      sentence.append(character)
      guard ".।۔".contains(character) else { continue }
      sentences.append(String(sentence.drop { $0 == " " }))
      sentence = ""
    }
    let most = max(
      isLong ? 3 : 2, draft.count(.paragraphs, "num_paragraphs"), draft.count(.bullets, "num_bullets"),
      draft.count(.highlights, "num_highlights"))
    return (0..<most).map { sentences[$0 % sentences.count] }
  }

  private func listed(_ words: [String]) -> String { words.joined(separator: " and ") }

  // MARK: Layout

  /// The sentences as the layout that is asked for has them.
  private func laidOut(_ sentences: [String]) -> String {
    let sentences = highlighted(sentences)
    if asks(.constrained) { return "My answer is maybe." }
    if asks(.json) {
      return "{\"topic\": \"\(subject)\", \"text\": \"\(sentences.joined(separator: " "))\"}"
    }
    if asks(.paragraphs) {
      return parts(sentences, draft.count(.paragraphs, "num_paragraphs")).joined(separator: "\n***\n")
    }
    if asks(.twoResponses) { return parts(sentences, 2).joined(separator: "\n******\n") }
    if asks(.sections) {
      let name = draft.text(.sections, "section_spliter")
      let parts = parts(sentences, draft.count(.sections, "num_sections"))
      return parts.enumerated().map { "\(name) \($0 + 1)\n\($1)" }.joined(separator: "\n\n")
    }
    if asks(.firstWord) {
      var parts = parts(sentences, draft.count(.firstWord, "num_paragraphs"))
      let place = draft.count(.firstWord, "nth_paragraph") - 1
      let word = draft.text(.firstWord, "first_word")
      parts[place] = word.prefix(1).uppercased() + word.dropFirst() + " it is said: " + parts[place]
      return parts.joined(separator: "\n\n")
    }
    if asks(.bullets) {
      return parts(sentences, draft.count(.bullets, "num_bullets")).map { "- \($0)" }.joined(separator: "\n")
    }
    return sentences.joined(separator: " ")
  }

  /// The sentences in `count` texts as even as can be.
  private func parts(_ sentences: [String], _ count: Int) -> [String] {
    (0..<count).map { part in
      let range = (part * sentences.count / count)..<((part + 1) * sentences.count / count)
      return sentences[range].joined(separator: " ")
    }
  }

  /// Puts stars round the first word of the first sentences.
  private func highlighted(_ sentences: [String]) -> [String] {
    let count = draft.count(.highlights, "num_highlights")
    return sentences.enumerated().map { place, sentence in
      guard place < count, let end = sentence.firstIndex(of: " ") else { return sentence }
      return "*\(sentence[..<end])*\(sentence[end...])"
    }
  }

  /// What goes round the body: title, postscript, end, quotation marks, case.
  private func finished(_ body: String) -> String {
    var text = body
    if asks(.title) { text = "<<On \(subject)>>\n\(text)" }
    if asks(.repeated) { text = "\(draft.base)\n\(text)" }
    if asks(.postscript) {
      text += "\n\(draft.text(.postscript, "postscript_marker")) Thank you for reading."
    }
    if asks(.ending) { text += " " + draft.text(.ending, "end_phrase") }
    // A bullet must be the first thing on its line.
    if asks(.quotation) { text = asks(.bullets) ? "\"\n\(text)\"" : "\"\(text)\"" }
    return cased(text)
  }

  private func cased(_ text: String) -> String {
    if asks(.capital) { return text.uppercased() }
    return asks(.lowercase) ? text.lowercased() : text
  }
}
