/// Text as the reference sees it: code points, compared one by one, never by canonical equivalence.
typealias Scalars = [Unicode.Scalar]

extension Unicode.Scalar {
  static let newline: Unicode.Scalar = "\n"
  static let star: Unicode.Scalar = "*"
  static let quote: Unicode.Scalar = "\""
  static let apostrophe: Unicode.Scalar = "'"
  static let period: Unicode.Scalar = "."
  static let comma: Unicode.Scalar = ","
  static let hyphen: Unicode.Scalar = "-"

  /// White space as Python's `str.strip` and `\s` have it.
  var isSpace: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0: true
    case 0..<0x1680: false
    case 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// A letter, digit or underscore, as Python's `\w`; combining marks are none.
  var isWord: Bool {
    if value < 0x80 { return isASCIILetter || isASCIIDigit || value == 0x5F }
    return isLetter || isNumeric
  }

  /// `A` to `Z` or `a` to `z`.
  var isASCIILetter: Bool {
    switch value {
    case 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  /// `0` to `9`.
  var isASCIIDigit: Bool { 0x30...0x39 ~= value }

  /// A letter of any script.
  var isLetter: Bool {
    if value < 0x80 { return isASCIILetter }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
    default: return false
    }
  }

  /// A digit of any script, as Python's `\d`.
  var isDigit: Bool {
    if value < 0x80 { return isASCIIDigit }
    return properties.generalCategory == .decimalNumber
  }

  private var isNumeric: Bool {
    switch properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: true
    default: false
    }
  }

  /// A capital letter; title case is none.
  var isCapital: Bool {
    value < 0x80 ? 0x41...0x5A ~= value : properties.isUppercase
  }

  /// A small letter.
  var isSmall: Bool {
    value < 0x80 ? 0x61...0x7A ~= value : properties.isLowercase
  }

  /// A letter of title case, such as `ǅ`.
  var isTitle: Bool { value >= 0x1C5 && properties.generalCategory == .titlecaseLetter }

  /// The small letter that stands for it where case is ignored: its mapping if that is one scalar.
  var folded: Unicode.Scalar {
    if value < 0x80 {
      guard isCapital, let small = Unicode.Scalar(value + 0x20) else { return self }
      return small
    }
    let mapping = properties.lowercaseMapping.unicodeScalars
    guard let only = mapping.first, mapping.count == 1 else { return self }
    return only
  }
}

extension RandomAccessCollection<Unicode.Scalar> where Index == Int {
  /// Without white space at both ends, as Python's `str.strip`.
  var stripped: Scalars { stripped { $0.isSpace } }

  /// Without what `isStripped` names at both ends.
  func stripped(_ isStripped: (Unicode.Scalar) -> Bool) -> Scalars {
    var (start, end) = (startIndex, endIndex)
    while start < end, isStripped(self[start]) { start += 1 }
    while end > start, isStripped(self[end - 1]) { end -= 1 }
    return Array(self[start..<end])
  }

  /// Whether all is white space.
  var isBlank: Bool { allSatisfy { $0.isSpace } }

  /// In small letters.
  var lowered: Scalars {
    var result: Scalars = []
    result.reserveCapacity(count)
    for scalar in self {
      if scalar.value < 0x80 {
        result.append(scalar.folded)
      } else {
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return result
  }

  /// Whether `part` stands at `index`.
  func has(_ part: Scalars, at index: Int) -> Bool {
    guard index >= startIndex, endIndex - index >= part.count else { return false }
    for offset in part.indices where self[index + offset] != part[offset] { return false }
    return true
  }

  /// Python's `isupper`: some capital letter and no other that has case.
  var isUpper: Bool {
    var isCased = false
    for scalar in self {
      if scalar.isSmall || scalar.isTitle { return false }
      if scalar.isCapital { isCased = true }
    }
    return isCased
  }

  /// Python's `islower`.
  var isLower: Bool {
    var isCased = false
    for scalar in self {
      if scalar.isCapital || scalar.isTitle { return false }
      if scalar.isSmall { isCased = true }
    }
    return isCased
  }
}

extension Scalars {
  init(_ text: String) {
    self = Array(text.unicodeScalars)
  }

  /// As a string.
  var text: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: self)
    return String(view)
  }

  /// The first place of `part`, which is not empty, from `start` on.
  func find(_ part: Scalars, from start: Int = 0) -> Int? {
    guard let head = part.first, count >= part.count else { return nil }
    var index = start
    while index <= count - part.count {
      if self[index] == head, has(part, at: index) { return index }
      index += 1
    }
    return nil
  }

  /// The parts between the places of `separator`, which do not overlap.
  func parts(separatedBy separator: Scalars) -> [ArraySlice<Unicode.Scalar>] {
    var parts: [ArraySlice<Unicode.Scalar>] = []
    var start = 0
    while let place = find(separator, from: start) {
      parts.append(self[start..<place])
      start = place + separator.count
    }
    parts.append(self[start...])
    return parts
  }
}
