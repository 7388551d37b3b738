import Tokenization

/// The text of a response as its tokens come, cut before the first stop string.
///
/// Only the end of the text can complete a stop string, so only as many scalars as the longest one has, less
/// one, are looked at again: the work per token depends on neither the response's length nor its past.
struct ResponseText {
  /// The text that is certain so far.
  private(set) var text = ""
  /// How many scalars were looked at for stop strings so far.
  private(set) var inspected = 0

  private var decoder: StreamingDecoder
  /// The last scalars of `text` that a stop string may begin with.
  private var tail: [Unicode.Scalar] = []

  /// No text yet.
  init(_ tokenizer: Tokenizer) {
    decoder = StreamingDecoder(tokenizer, skipSpecialTokens: true)
  }

  /// Takes over the next token's text.
  ///
  /// - Returns: Whether the text contains a stop string; it then ends before the first one.
  mutating func feed(_ token: Int32, stops: StopStrings) -> Bool {
    let piece = decoder.feed(token)
    text += piece
    if stops.isEmpty || piece.isEmpty { return false }
    tail += piece.unicodeScalars
    inspected += tail.count
    if let start = stops.firstMatch(in: tail) {
      let scalars = text.unicodeScalars
      text = String(scalars[..<scalars.index(scalars.endIndex, offsetBy: start - tail.count)])
      return true
    }
    tail.removeFirst(max(0, tail.count - stops.overlap))
    return false
  }

  /// Ends the text; a character that was begun becomes U+FFFD.
  mutating func finish() { text += decoder.finish() }
}

/// Texts that end a response, compared by Unicode scalars.
struct StopStrings {
  private let stops: [[Unicode.Scalar]]
  /// How many scalars at the end of a text may be the beginning of a stop string.
  let overlap: Int

  /// Texts to look for, in any order.
  init(_ strings: [String]) {
    stops = strings.map { Array($0.unicodeScalars) }
    overlap = max(0, (stops.map(\.count).max() ?? 0) - 1)
  }

  var isEmpty: Bool { stops.isEmpty }

  /// Where the first stop string in `scalars` begins.
  func firstMatch(in scalars: [Unicode.Scalar]) -> Int? {
    scalars.indices.first { start in stops.contains { scalars[start...].starts(with: $0) } }
  }
}
