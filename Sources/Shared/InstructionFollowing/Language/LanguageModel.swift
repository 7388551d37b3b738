import Foundation

/// Tells languages of one script apart by their common words and by their runs of one to three letters.
///
/// A naive Bayes classifier. Each language has a sample of some hundred words, the commonest first; a word's
/// weight falls with its place, about as Zipf's law has it. A text's score for a language is the sum of the
/// logarithms of
/// - the share of each run of letters, a blank standing at both ends of a word, among the runs of its length in
///   the sample;
/// - the share of each word that some sample has.
///
/// What a sample lacks gets a small share.
struct LanguageModel: Sendable {
  private let languages: [Language]

  /// The row of each run of letters in `runScores`, and of each word in `wordScores`; one column a language.
  private let runRows: [UInt64: Int]
  private let runScores: [Float]
  private let wordRows: [Scalars: Int]
  private let wordScores: [Float]

  /// What words count beside runs of letters.
  private static let wordWeight: Float = 1.5

  init(_ samples: [LanguageSample]) {
    languages = samples.map(\.language)
    let columns = samples.count
    var runs = ShareTable(columns: columns, floor: 2e-5)
    var words = ShareTable(columns: columns, floor: 2e-4)
    var wordKeys: [Scalars: UInt64] = [:]
    for (column, sample) in samples.enumerated() {
      for (place, word) in Self.words(in: Scalars(sample.words + "\n" + sample.sentences)).enumerated() {
        let weight = 1 + 40 / Float(place + 4)
        let key = wordKeys[word] ?? UInt64(wordKeys.count)
        wordKeys[word] = key
        words.add(weight, to: key, class: 0, column: column)
        Self.forEachRun(of: word) { run, length in runs.add(weight, to: run, class: length, column: column) }
      }
    }
    (runRows, runScores) = runs.logarithms(weight: 1)
    let (rows, scores) = words.logarithms(weight: Self.wordWeight)
    wordRows = wordKeys.compactMapValues { rows[$0] }
    wordScores = scores
  }

  /// The likeliest language of the letters in `text`; the first of equals.
  func likeliest(_ text: Scalars) -> Language? {
    var scores = [Float](repeating: 0, count: languages.count)
    func add(_ row: Int, of table: [Float]) {
      for column in scores.indices { scores[column] += table[row * scores.count + column] }
    }
    for word in Self.words(in: text) {
      if let row = wordRows[word] { add(row, of: wordScores) }
      Self.forEachRun(of: word) { run, _ in
        if let row = runRows[run] { add(row, of: runScores) }
      }
    }
    guard let best = scores.max(), let column = scores.firstIndex(of: best) else { return nil }
    return languages[column]
  }

  /// The runs of letters, in small letters, with apostrophes inside; at most 40 letters of each.
  private static func words(in text: Scalars) -> [Scalars] {
    var words: [Scalars] = []
    var word: Scalars = []
    for (index, scalar) in text.enumerated() {
      let isInner = scalar == .apostrophe || scalar == "\u{2019}"
      if Script(scalar) != nil {
        word.append(scalar.folded)
      } else if isInner, !word.isEmpty, index + 1 < text.count, Script(text[index + 1]) != nil {
        word.append(.apostrophe)
      } else if !word.isEmpty {
        words.append(Array(word.prefix(40)))
        word = []
      }
    }
    return word.isEmpty ? words : words + [Array(word.prefix(40))]
  }

  /// Each run of one to three letters packed into 21 bits a letter, with its length.
  private static func forEachRun(of word: Scalars, _ body: (UInt64, Int) -> Void) {
    var (two, three): (UInt64, UInt64) = (0, 0x20)
    for scalar in word + [" "] {
      let one = UInt64(scalar.value)
      two = (three << 21 | one) & (1 << 42 - 1)
      three = (three << 21 | one) & (1 << 63 - 1)
      if scalar != " " { body(one, 1) }
      body(two, 2)
      if three >> 42 != 0 { body(three, 3) }
    }
  }
}

/// Weights of things by language, and the logarithms of their shares.
private struct ShareTable {
  let columns: Int
  let floor: Float
  private var weights: [UInt64: [Float]] = [:]
  private var classes: [UInt64: Int] = [:]
  private var totals: [[Float]]

  init(columns: Int, floor: Float) {
    self.columns = columns
    self.floor = floor
    totals = Array(repeating: Array(repeating: 0, count: columns), count: 4)
  }

  /// Counts a thing; shares are taken among the things of its class, 0 to 3.
  mutating func add(_ weight: Float, to key: UInt64, class: Int, column: Int) {
    weights[key, default: Array(repeating: 0, count: columns)][column] += weight
    classes[key] = `class`
    totals[`class`][column] += weight
  }

  /// A row of `weight` × log(share + floor) for each thing.
  func logarithms(weight: Float) -> (rows: [UInt64: Int], scores: [Float]) {
    var rows: [UInt64: Int] = [:]
    var scores: [Float] = []
    for key in weights.keys.sorted() {
      guard let row = weights[key], let kind = classes[key] else { continue }
      rows[key] = rows.count
      for column in 0..<columns {
        let share = totals[kind][column] > 0 ? row[column] / totals[kind][column] : 0
        scores.append(weight * log(share + floor))
      }
    }
    return (rows, scores)
  }
}
