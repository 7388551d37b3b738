/// Word tokens as NLTK's Treebank tokenizer cuts them, as far as it matters to their capitals.
///
/// Punctuation becomes a token of its own, `n't` and its like are cut off, hyphens and slashes stay inside. A
/// mark that stays with its word changes no capital and is not cut here.
enum WordTokens {
  /// The number of tokens with a capital letter and no small one.
  static func capitalWords(in text: Scalars) -> Int {
    var count = 0
    for range in Sentences.ranges(in: text) {
      for piece in pieces(of: withoutFinalPeriod(text[range])) {
        count += tokens(of: piece).count { $0.isUpper }
      }
    }
    return count
  }

  /// The sentence with a blank in place of the period that ends it, if another scalar stands before that;
  /// closing marks may follow.
  private static func withoutFinalPeriod(_ sentence: ArraySlice<Unicode.Scalar>) -> Scalars {
    var text = Array(sentence)
    var end = text.count
    while end > 0, text[end - 1].isSpace || "])}>\"'»”’".unicodeScalars.contains(text[end - 1]) { end -= 1 }
    if end > 1, text[end - 1] == .period, text[end - 2] != .period { text[end - 1] = " " }
    return text
  }

  /// What stands between white space and the marks that are always cut off.
  private static func pieces(of text: Scalars) -> [Scalars] {
    var pieces: [Scalars] = []
    var piece: Scalars = []
    for index in text.indices {
      if isCut(text, at: index) {
        if !piece.isEmpty { pieces.append(piece) }
        piece = []
      } else {
        piece.append(text[index])
      }
    }
    return piece.isEmpty ? pieces : pieces + [piece]
  }

  private static let marks = Set(";@#$%&\u{2012}\u{2013}\u{2014}\u{2015}?!*[](){}<>«»“”‘’„`\"".unicodeScalars)

  private static func isCut(_ text: Scalars, at index: Int) -> Bool {
    let scalar = text[index]
    switch scalar {
    case .comma, ":": return index + 1 == text.count || !text[index + 1].isDigit
    case .period, .hyphen, .apostrophe:
      return (index > 0 && text[index - 1] == scalar) || (index + 1 < text.count && text[index + 1] == scalar)
    default: return scalar.isSpace || marks.contains(scalar)
    }
  }

  /// The tokens of a piece: clitics and the halves of a few words that are written as one.
  private static func tokens(of piece: Scalars) -> [Scalars] {
    var tokens: [Scalars] = []
    for part in openingQuotesCut(piece) {
      var head = part
      var tail: [Scalars] = []
      for endings in [possessives, negations] {
        guard let ending = endings.first(where: { isCutOff($0, from: head) }) else { continue }
        tail.insert(Array(head.suffix(ending.count)), at: 0)
        head.removeLast(ending.count)
      }
      tokens += halvesCut(head) + tail
    }
    return tokens
  }

  private static let possessives = ["'s", "'S", "'m", "'M", "'d", "'D", "'"].map(Scalars.init(_:))
  private static let negations = ["'ll", "'LL", "'re", "'RE", "'ve", "'VE", "n't", "N'T"].map(
    Scalars.init(_:))

  /// An ending needs something before it, and no apostrophe.
  private static func isCutOff(_ ending: Scalars, from word: Scalars) -> Bool {
    let before = word.count - ending.count - 1
    return before >= 0 && word[before] != .apostrophe && word.has(ending, at: before + 1)
  }

  private static let clitics = ["re", "ve", "ll", "m", "t", "s", "d", "n"].map(Scalars.init(_:))

  /// Cuts after an apostrophe that follows no letter and starts a word.
  private static func openingQuotesCut(_ piece: Scalars) -> [Scalars] {
    var parts: [Scalars] = []
    var start = 0
    for index in piece.indices where piece[index] == .apostrophe {
      guard index > 0, !piece[index - 1].isWord, index + 1 < piece.count, piece[index + 1].isWord else {
        continue
      }
      let word = piece[(index + 1)...].prefix { $0.isWord }.lowered
      if clitics.contains(word) { continue }
      parts.append(Array(piece[start...index]))
      start = index + 1
    }
    return parts + [Array(piece[start...])]
  }

  /// Words that are cut, as the letters before and after the cut.
  private static let halves = [
    ("can", "not"), ("gim", "me"), ("gon", "na"), ("got", "ta"), ("lem", "me"), ("wan", "na"), ("d", "'ye"),
    ("more", "'n"),
  ].map { (Scalars($0), Scalars($1)) }

  /// Cuts such words, also where they are part of a token with hyphens or slashes.
  private static func halvesCut(_ token: Scalars) -> [Scalars] {
    guard token.count > 3 else { return [token] }
    var parts: [Scalars] = []
    var (start, place) = (0, 0)
    let small = token.map(\.folded)
    while place < token.count {
      guard token.isWordEdge(place), let cut = halves.first(where: { isCut(small, $0, at: place) }) else {
        place += 1
        continue
      }
      if start < place { parts.append(Array(token[start..<place])) }
      start = place + cut.0.count
      parts.append(Array(token[place..<start]))
      parts.append(Array(token[start..<(start + cut.1.count)]))
      start += cut.1.count
      place = start
    }
    return start < token.count ? parts + [Array(token[start...])] : parts
  }

  /// Whether the halves of a word stand at `place`, with no letter behind.
  private static func isCut(_ text: Scalars, _ halves: (Scalars, Scalars), at place: Int) -> Bool {
    let end = place + halves.0.count + halves.1.count
    return text.has(halves.0, at: place) && text.has(halves.1, at: place + halves.0.count)
      && text.isWordEdge(end)
  }
}
