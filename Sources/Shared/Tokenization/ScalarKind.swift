/// What the pre-tokenizers' patterns tell apart.
enum ScalarKind: UInt8, Sendable {
  /// `\p{L}`.
  case letter

  /// `\p{N}`.
  case number

  /// `[\r\n]`, which `\s` has too.
  case newline

  /// The rest of `\s`.
  case space

  /// `[^\s\p{L}\p{N}]`.
  case other

  /// Whether `\s` matches.
  var isSpace: Bool { self == .space || self == .newline }

  /// The kind of `scalar`.
  init(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x61...0x7A, 0x41...0x5A: self = .letter
    case 0x30...0x39: self = .number
    case 0x0A, 0x0D: self = .newline
    case 0x20, 0x09, 0x0B, 0x0C: self = .space
    case 0..<0x80: self = .other
    default: self = Self.beyondASCII(scalar)
    }
  }

  private static func beyondASCII(_ scalar: Unicode.Scalar) -> ScalarKind {
    if scalar.properties.isWhitespace { return .space }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return scalar.isAssigned(inUnicode: 16) ? .letter : .other
    case .decimalNumber, .letterNumber, .otherNumber:
      return scalar.isAssigned(inUnicode: 16) ? .number : .other
    default:
      return .other
    }
  }
}

extension Unicode.Scalar {
  /// Whether the Unicode of this major version had the character.
  ///
  /// Swift's tables are newer than those of Hugging Face tokenizers 0.23, whose patterns follow Unicode 16
  /// and whose NFC follows Unicode 9; tested over all scalars.
  func isAssigned(inUnicode version: Int) -> Bool {
    guard let age = properties.age else { return false }
    return age.major <= version
  }

  /// `\w` of Rust's regex, by which `single_word` tells the ends of words.
  var isWord: Bool {
    if properties.isAlphabetic || properties.isJoinControl { return true }
    return switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
    default: false
    }
  }
}
