@_spi(_Unicode) import Swift

/// What happens to text before it is cut.
enum Normalizer: Sendable, Equatable {
  /// Nothing.
  case none

  /// Canonical composition, Unicode's Normalization Form C.
  case nfc

  /// `text`, normalized.
  func callAsFunction(_ text: String) -> String {
    switch self {
    case .none: text
    case .nfc: composed(text)
    }
  }
}

/// `text` in form C, as Hugging Face tokenizers 0.23 have it.
///
/// A character that Unicode 9 did not have is left alone, and composes with nothing. The standard library
/// composes; Foundation's `precomposedStringWithCanonicalMapping` is wrong about some sequences of Hangul
/// letters.
private func composed(_ text: String) -> String {
  // Nothing below U+0300 changes, nor changes its neighbour: in UTF-8, no byte from CC on.
  guard text.utf8.contains(where: { $0 >= 0xCC }) else { return text }
  var result = String.UnicodeScalarView()
  var run = String.UnicodeScalarView()
  func flush() {
    result.append(contentsOf: String(run)._nfc)
    run.removeAll()
  }
  for scalar in text.unicodeScalars {
    if !scalar.isAssigned(inUnicode: 9) {
      flush()
      result.append(scalar)
    } else if let parts = tibetanParts(scalar) {
      run.append(contentsOf: parts)
    } else {
      run.append(scalar)
    }
  }
  flush()
  return String(result)
}

/// The parts of three Tibetan vowel signs, which the standard library orders as if they did not combine.
private func tibetanParts(_ scalar: Unicode.Scalar) -> [Unicode.Scalar]? {
  switch scalar {
  case "\u{F73}": ["\u{F71}", "\u{F72}"]
  case "\u{F75}": ["\u{F71}", "\u{F74}"]
  case "\u{F81}": ["\u{F71}", "\u{F80}"]
  default: nil
  }
}
