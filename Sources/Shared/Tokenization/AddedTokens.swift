/// A token that is recognised in text before anything else.
struct AddedToken: Sendable, Equatable {
  /// What stands in the text.
  var content: String

  /// Its id.
  var id: Int32

  /// Whether decoding may leave it out.
  var isSpecial = false

  /// Whether it counts only with no word character on either side.
  var isSingleWord = false

  /// Whether it takes the blank before it along.
  var stripsLeft = false

  /// Whether it takes the blank after it along.
  var stripsRight = false

  /// Whether it is looked for in normalized text.
  var isNormalized = false
}

/// Finds added tokens in text: at the leftmost position, the longest.
///
/// Source: `AddedVocabulary::find_matches` of Hugging Face tokenizers.
struct AddedTokenMatcher: Sendable {
  /// A stretch of text.
  enum Segment: Equatable {
    /// Text without added tokens, never empty.
    case text(Range<Int>)

    /// An added token.
    case token(Int32)
  }

  private var tokens: [AddedToken] = []

  /// A trie: from a node (high part) and a byte (low eight bits) to the next node.
  ///
  /// The root is 0.
  private var edges: [Int: Int] = [:]

  /// The token that ends at each node, as an index of `tokens`.
  private var endings: [Int?] = [nil]
  private var isFirstByte = [Bool](repeating: false, count: 256)

  /// Looks for `tokens`, after `normalizer` has been applied to them too.
  init(_ tokens: [AddedToken], normalizer: Normalizer) {
    for token in tokens {
      let content = Array(normalizer(token.content).utf8)
      guard let first = content.first else { continue }
      isFirstByte[Int(first)] = true
      endings[node(for: content)] = self.tokens.count
      self.tokens.append(token)
    }
  }

  private mutating func node(for content: [UInt8]) -> Int {
    var node = 0
    for byte in content {
      if let next = edges[node << 8 | Int(byte)] {
        node = next
      } else {
        edges[node << 8 | Int(byte)] = endings.count
        node = endings.count
        endings.append(nil)
      }
    }
    return node
  }

  /// Cuts `text` at its added tokens.
  func segments(of text: [UInt8]) -> [Segment] {
    var segments: [Segment] = []
    var (position, textStart) = (0, 0)
    while position < text.count, !tokens.isEmpty {
      guard isFirstByte[Int(text[position])], let match = longestMatch(in: text, at: position) else {
        position += 1
        continue
      }
      var range = position..<match.end
      position = match.end
      if match.token.isSingleWord, !standsAlone(range, in: text) { continue }
      if match.token.stripsLeft {
        // What an earlier token took along stays with it.
        let start = max(startOfBlank(before: range.lowerBound, in: text), textStart)
        range = min(start, range.upperBound)..<range.upperBound
      }
      if match.token.stripsRight { range = range.lowerBound..<endOfBlank(from: range.upperBound, in: text) }
      if textStart < range.lowerBound { segments.append(.text(textStart..<range.lowerBound)) }
      segments.append(.token(match.token.id))
      textStart = range.upperBound
    }
    if textStart < text.count { segments.append(.text(textStart..<text.count)) }
    return segments
  }

  private func longestMatch(in text: [UInt8], at start: Int) -> (token: AddedToken, end: Int)? {
    var (node, position) = (0, start)
    var match: (AddedToken, Int)?
    while position < text.count, let next = edges[node << 8 | Int(text[position])] {
      node = next
      position += 1
      if let index = endings[node] { match = (tokens[index], position) }
    }
    return match
  }

  private func standsAlone(_ range: Range<Int>, in text: [UInt8]) -> Bool {
    let before = scalar(before: range.lowerBound, in: text)
    let after = scalar(from: range.upperBound, in: text)
    return before?.isWord != true && after?.isWord != true
  }

  private func startOfBlank(before end: Int, in text: [UInt8]) -> Int {
    var start = end
    while let scalar = scalar(before: start, in: text), scalar.properties.isWhitespace {
      start -= UTF8.width(scalar)
    }
    return start
  }

  private func endOfBlank(from start: Int, in text: [UInt8]) -> Int {
    var end = start
    while let scalar = scalar(from: end, in: text), scalar.properties.isWhitespace {
      end += UTF8.width(scalar)
    }
    return end
  }

  private func scalar(before end: Int, in text: [UInt8]) -> Unicode.Scalar? {
    guard end > 0 else { return nil }
    var start = end - 1
    while start > 0, UTF8.isContinuation(text[start]) { start -= 1 }
    return String(decoding: text[start..<end], as: UTF8.self).unicodeScalars.first
  }

  private func scalar(from start: Int, in text: [UInt8]) -> Unicode.Scalar? {
    String(decoding: text[start..<min(start + 4, text.count)], as: UTF8.self).unicodeScalars.first
  }
}
