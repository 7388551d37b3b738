/// A way to cut text into the pieces within which bytes are merged.
enum PiecePattern: Sendable, Equatable {
  /// GPT-2's.
  case gpt2

  /// Qwen2's and Llama 3's, which differ in how many digits make a piece.
  case cl100k(digits: Int)

  /// The pattern whose regular expression reads exactly `expression`.
  init?(_ expression: String) {
    switch expression {
    case Self.gpt2Expression: self = .gpt2
    case Self.qwen2Expression: self = .cl100k(digits: 1)
    case Self.llama3Expression: self = .cl100k(digits: 3)
    default: return nil
    }
  }

  private static let gpt2Expression =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  private static let qwen2Expression = cl100kExpression(#"\p{N}"#)
  private static let llama3Expression = cl100kExpression(#"\p{N}{1,3}"#)

  private static func cl100kExpression(_ number: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + number
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }
}

/// Cuts text as a pattern's regular expression would, without one.
///
/// Each alternative of the expression is a function or a line below, tried in its order at each position;
/// every scalar belongs to a piece. Linear in the length of the text.
struct PieceScanner {
  private var scalars: [Unicode.Scalar] = []
  private var kinds: [ScalarKind] = []

  /// Creates a scanner of nothing.
  init() {}

  /// Calls `body` with each piece of `text`, as a range of its UTF-8, from left to right.
  mutating func scan(_ text: String, _ pattern: PiecePattern, body: (Range<Int>) -> Void) {
    scalars.removeAll(keepingCapacity: true)
    kinds.removeAll(keepingCapacity: true)
    for scalar in text.unicodeScalars {
      scalars.append(scalar)
      kinds.append(ScalarKind(scalar))
    }
    var (position, offset) = (0, 0)
    while position < scalars.count {
      let end =
        switch pattern {
        case .gpt2: endOfGPT2Piece(from: position)
        case .cl100k(let digits): endOfCL100KPiece(from: position, digits: digits)
        }
      let width = scalars[position..<end].reduce(0) { $0 + UTF8.width($1) }
      body(offset..<offset + width)
      (position, offset) = (end, offset + width)
    }
  }

  private func endOfGPT2Piece(from start: Int) -> Int {
    if let end = endOfContraction(from: start, ignoringCase: false) { return end }
    // ` ?\p{L}+`, ` ?\p{N}+` and ` ?[^\s\p{L}\p{N}]+`
    let word = scalars[start] == " " ? start + 1 : start
    if word < kinds.count, !kinds[word].isSpace { return endOfRun(of: kinds[word], from: word) }
    return endOfBlank(from: start, to: endOfSpace(from: start))
  }

  private func endOfCL100KPiece(from start: Int, digits: Int) -> Int {
    if let end = endOfContraction(from: start, ignoringCase: true) { return end }
    switch kinds[start] {
    case .letter:
      return endOfRun(of: .letter, from: start)
    case .number:
      return endOfRun(of: .number, from: start, limit: digits)
    case .space, .other:
      // `[^\r\n\p{L}\p{N}]?\p{L}+`
      if start + 1 < kinds.count, kinds[start + 1] == .letter {
        return endOfRun(of: .letter, from: start + 1)
      }
    case .newline:
      break
    }
    // ` ?[^\s\p{L}\p{N}]+[\r\n]*`
    let symbol = scalars[start] == " " ? start + 1 : start
    if symbol < kinds.count, kinds[symbol] == .other {
      return endOfRun(of: .newline, from: endOfRun(of: .other, from: symbol))
    }
    // `\s*[\r\n]+` ends after the last line break of the blank.
    let end = endOfSpace(from: start)
    if let newline = kinds[start..<end].lastIndex(of: .newline) { return newline + 1 }
    return endOfBlank(from: start, to: end)
  }

  /// Where one of `'s|'t|'re|'ve|'m|'ll|'d` ends.
  private func endOfContraction(from start: Int, ignoringCase: Bool) -> Int? {
    guard scalars[start] == "'", start + 1 < scalars.count else { return nil }
    func letter(_ position: Int) -> Unicode.Scalar? {
      guard position < scalars.count else { return nil }
      return ignoringCase ? Self.folded(scalars[position]) : scalars[position]
    }
    switch (letter(start + 1), letter(start + 2)) {
    case ("s", _), ("t", _), ("m", _), ("d", _): return start + 2
    case ("r", "e"), ("v", "e"), ("l", "l"): return start + 3
    default: return nil
    }
  }

  /// The letter that `(?i:)` compares: beside A to Z, the long s folds to an ASCII letter. (So does the
  /// Kelvin sign, to a k, which no contraction has.)
  private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "A"..."Z": Unicode.Scalar(UInt8(scalar.value + 0x20))
    case "\u{17F}": "s"
    default: scalar
    }
  }

  private func endOfRun(of kind: ScalarKind, from start: Int, limit: Int = .max) -> Int {
    var end = start
    while end < kinds.count, kinds[end] == kind, end - start < limit { end += 1 }
    return end
  }

  private func endOfSpace(from start: Int) -> Int {
    var end = start
    while end < kinds.count, kinds[end].isSpace { end += 1 }
    return end
  }

  /// Where `\s+(?!\S)|\s+` ends: a blank leaves its last character to the word that follows, unless that is
  /// all it has.
  private func endOfBlank(from start: Int, to end: Int) -> Int {
    end < kinds.count && end - start > 1 ? end - 1 : end
  }
}
