/// Finds what may be the answer in a whole response, the likeliest first.
///
/// The levels of ``Anchor`` are tried in order. Within a level the candidate that ends last comes first; of those
/// that end together, the one that starts first. Source: math-verify 0.9.0, `parser.py`.
struct AnswerExtraction {
  /// Which patterns are looked for.
  struct Patterns {
    /// Numbers and expressions in plain characters.
    var plain = true
    /// Formulas and numbers that no word announces.
    var withoutAnchor = true
    /// Boxes before everything else.
    var boxedFirst = false

    /// As verl calls math-verify.
    static let verl = Patterns()
    /// As TRL's `accuracy_reward` does.
    static let trl = Patterns(plain: false, withoutAnchor: false, boxedFirst: true)
  }

  /// How much of a response is read, from its end.
  static let longestText = 1 << 20

  /// How many candidates of one kind and level are kept, from the end.
  private static let keptCandidates = 24

  /// How many of the words "answer" and "final answer" are looked behind, from the end.
  private static let keptAnchors = 500

  let text: Scalars
  private let patterns: Patterns
  private let latex: LatexScanner
  private let plain: PlainScanner
  private let answers: ArraySlice<Int>
  private let finalAnswers: ArraySlice<Int>

  init(_ text: Scalars, patterns: Patterns = .verl) {
    self.text = text.count > Self.longestText ? Array(text.suffix(Self.longestText)) : text
    self.patterns = patterns
    latex = LatexScanner(self.text)
    plain = PlainScanner(text: self.text)
    (answers, finalAnswers) = Self.anchors(of: self.text)
  }

  /// The candidates of one level, the likeliest first.
  func candidates(_ anchor: Anchor) -> [Candidate] {
    var found: [Candidate] = []
    switch anchor {
    case .finalAnswerHope:
      if patterns.boxedFirst { found += boxes() }
      found += finalAnswersWithHope()
    case .finalAnswer:
      found += finalAnswersThatAre()
      if !patterns.boxedFirst { found += boxes() }
    case .answerColon: found += announced(colon: true)
    case .answer: found += announced(colon: false)
    case .nothing: if patterns.withoutAnchor { found += anywhere() }
    }
    return found.enumerated().sorted {
      ($1.element.end, $0.element.start, $0.offset) < ($0.element.end, $1.element.start, $1.offset)
    }.map(\.element)
  }

  // MARK: Anchors

  private static let answerWord = "answer".scalars
  private static let finalWord = "final answer".scalars

  private static func anchors(of text: Scalars) -> (answers: ArraySlice<Int>, finalAnswers: ArraySlice<Int>) {
    var answers: [Int] = []
    var finals: [Int] = []
    for index in text.indices
    where text[index].lowercase == "a" && text.hasIgnoringCase(answerWord, at: index) {
      answers.append(index)
      if text.hasIgnoringCase(finalWord, at: index - 6) { finals.append(index - 6) }
    }
    return (answers.suffix(keptAnchors), finals.suffix(keptAnchors))
  }

  /// Runs `find` from each anchor that lies behind the match before it.
  private func all(from anchors: ArraySlice<Int>, _ find: (Int) -> Candidate?) -> [Candidate] {
    var found: [Candidate] = []
    var end = 0
    for anchor in anchors where anchor >= end {
      guard let candidate = find(anchor) else { continue }
      found.append(candidate)
      end = max(candidate.end, anchor + 1)
    }
    return Array(found.suffix(Self.keptCandidates))
  }

  // MARK: Final answer

  private func finalAnswersWithHope() -> [Candidate] {
    let hope = "I hope".scalars
    let verb = " is".scalars
    func body(_ anchor: Int) -> Int? {
      var index = anchor + Self.finalWord.count
      guard text.hasIgnoringCase(verb, at: index) else { return nil }
      index += verb.count
      if index < text.count, text[index] == ":" { index += 1 }
      return index
    }
    func hopes(from end: Int) -> Bool {
      (0...2).contains { skip in
        text.has(hope, at: end + skip)
          && (skip == 0 || text[end..<(end + skip)].allSatisfy { $0 == "." || $0.isSpace })
      }
    }
    let formulas = all(from: finalAnswers) { anchor in
      guard let start = body(anchor) else { return nil }
      let place = skipSpaces(from: start)
      return (start...place).reversed().lazy.compactMap { latexCandidate(at: $0, from: anchor) }
        .first { hopes(from: $0.end) || ($0.end > 0 && hopes(from: $0.end - 1)) }
    }
    guard patterns.plain else { return formulas }
    return formulas
      + all(from: finalAnswers) { anchor in
        guard let start = body(anchor) else { return nil }
        let place = skipSpaces(from: start)
        return (start...place).reversed().lazy.compactMap { plainCandidate(at: $0, from: anchor) }
          .first { hopes(from: $0.end) }
      }
  }

  private func finalAnswersThatAre() -> [Candidate] {
    func find(_ anchor: Int, acrossLines: Bool, _ candidate: (Int) -> Candidate?) -> Candidate? {
      let start = anchor + Self.finalWord.count
      for index in start..<max(start, min(start + 140, text.count - 2)) {
        if !acrossLines, text[index] == "\n", index < start + 100 { return nil }
        guard text[index].isSpace, text[index + 1].lowercase == "i", text[index + 2].lowercase == "s"
        else { continue }
        var body = index + 3
        if body < text.count, text[body] == ":" { body += 1 }
        if let found = candidate(body) { return found }
      }
      return nil
    }
    let formulas = all(from: finalAnswers) { anchor in
      find(anchor, acrossLines: true) { body in
        let place = skipSpaces(from: body)
        return latexCandidate(at: place, from: anchor)
          ?? (place > body ? latexCandidate(at: place - 1, from: anchor) : nil)
      }
    }
    guard patterns.plain else { return formulas }
    return formulas
      + all(from: finalAnswers) { anchor in
        find(anchor, acrossLines: false) { plainCandidate(at: $0, from: anchor) }
      }
  }

  private func skipSpaces(from start: Int) -> Int {
    var index = start
    while index < text.count, text[index].isSpace { index += 1 }
    return index
  }

  // MARK: Boxes

  private func boxes() -> [Candidate] {
    guard let first = latex.firstBox else { return [] }
    var found = everyFormula(boxed: true)
    if let last = text.lastIndex(of: "}"), last > first + 7 {
      found.append(Candidate(content: .boxed(Array(text[first...last])), start: first, end: last + 1))
    }
    return found
  }

  // MARK: Answer

  private func announced(colon: Bool) -> [Candidate] {
    func body(_ anchor: Int) -> Int? {
      let end = anchor + Self.answerWord.count
      guard colon else { return end }
      return end < text.count && text[end] == ":" ? end + 1 : nil
    }
    let formulas = all(from: answers) { anchor in
      guard let start = body(anchor) else { return nil }
      return latex.openings(from: start, through: start + 50).lazy.compactMap {
        latexCandidate(at: $0, from: anchor)
      }
      .first
    }
    guard patterns.plain else { return formulas }
    return formulas
      + all(from: answers) { anchor in
        guard let start = body(anchor) else { return nil }
        return behindEqualsSign(start, from: anchor) ?? soon(start, from: anchor)
      }
  }

  /// Behind the last `=` of the next hundred characters of the line.
  private func behindEqualsSign(_ start: Int, from anchor: Int) -> Candidate? {
    var signs: [Int] = []
    var index = start
    while index < min(start + 101, text.count), text[index] != "\n" {
      if text[index] == "=" { signs.append(index) }
      index += 1
    }
    for sign in signs.reversed() {
      let place = skipSpaces(from: sign + 1)
      for body in [place, place - 1] where body > sign {
        if let found = plainCandidate(at: body, from: anchor), !isFollowedByEqualsSign(found.end) {
          return found
        }
      }
    }
    return nil
  }

  /// Within fifty characters of the line.
  private func soon(_ start: Int, from anchor: Int) -> Candidate? {
    for index in start...min(start + 50, text.count) {
      if let found = plainCandidate(at: index, from: anchor), !isFollowedByEqualsSign(found.end) {
        return found
      }
      if index < text.count, text[index] == "\n" { return nil }
    }
    return nil
  }

  private func isFollowedByEqualsSign(_ end: Int) -> Bool {
    let place = skipSpaces(from: end)
    return place < text.count && text[place] == "="
  }

  // MARK: Anywhere

  private func anywhere() -> [Candidate] {
    let formulas = everyFormula(boxed: false)
    guard patterns.plain else { return formulas }
    return formulas + every(plain.expression(at:)) + every(plain.number(at:))
  }

  private func everyFormula(boxed: Bool) -> [Candidate] {
    var found: [Candidate] = []
    var index = 0
    while index < text.count {
      guard let opening = nextOpening(from: index) else { break }
      if let candidate = latexCandidate(at: opening, from: opening, boxed: boxed) {
        found.append(candidate)
        index = max(candidate.end, opening + 1)
        if found.count >= 2 * Self.keptCandidates { found.removeFirst(Self.keptCandidates) }
      } else {
        index = opening + 1
      }
    }
    return found
  }

  private func nextOpening(from start: Int) -> Int? {
    var index = start
    while index < text.count {
      let scalar = text[index]
      if scalar == "$" || scalar == "\\" || scalar == "-" { return index }
      if scalar.isSpace, index + 1 < text.count, text[index + 1] == "[" { return index }
      index += 1
    }
    return nil
  }

  private func every(_ match: (Int) -> PlainScanner.Match?) -> [Candidate] {
    var found: [Candidate] = []
    var index = 0
    while index <= text.count {
      if index == 0 || (index < text.count && (text[index].isSpace || text[index] == "=")),
        let match = match(index)
      {
        found.append(
          Candidate(
            content: .plain(match.text, isPercent: match.isPercent), start: index, end: match.end))
        index = max(match.end, index + 1)
        if found.count >= 2 * Self.keptCandidates { found.removeFirst(Self.keptCandidates) }
      } else {
        index += 1
      }
    }
    return found
  }

  // MARK: Candidates

  private func latexCandidate(at start: Int, from anchor: Int, boxed: Bool = false) -> Candidate? {
    guard let formulas = latex.formulas(at: start, boxed: boxed), let last = formulas.last else { return nil }
    return Candidate(
      content: .latex(formulas.map { (Array(text[$0.text]), $0.isPercent) }), start: anchor, end: last.end)
  }

  private func plainCandidate(at start: Int, from anchor: Int) -> Candidate? {
    guard let match = plain.match(at: start) else { return nil }
    return Candidate(content: .plain(match.text, isPercent: match.isPercent), start: anchor, end: match.end)
  }
}
