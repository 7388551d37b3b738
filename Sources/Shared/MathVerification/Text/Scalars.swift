/// Text as this room reads it: Unicode scalars, so that neither combining marks nor normal forms can join what
/// the rules keep apart, and every index is one step.
typealias Scalars = [Unicode.Scalar]

extension Unicode.Scalar {
  /// Whether it is one of `0`…`9`.
  var isDigit: Bool { value &- 48 < 10 }

  /// The digit `0`…`9` that it is in its script.
  var digit: Unicode.Scalar? {
    guard !isDigit else { return self }
    guard value >= 128, properties.numericType == .decimal, let digit = properties.numericValue else {
      return nil
    }
    return Unicode.Scalar(UInt8(48 + Int(digit)))
  }

  /// Whether Python's `isdigit` says so: a digit of any script, superscripts included.
  var isPythonDigit: Bool {
    isDigit || (value >= 128 && (properties.numericType == .decimal || properties.numericType == .digit))
  }

  /// Whether it is an English letter.
  var isLetter: Bool { (value | 32) &- 97 < 26 }

  /// Whether it is white space.
  var isSpace: Bool {
    value == 32 || (value >= 9 && value <= 13) || value == 0xA0 || value == 0x3000
      || (value >= 0x2000 && value <= 0x200A) || value == 0x2028 || value == 0x2029
  }

  /// The small letter of a capital English letter, and itself otherwise.
  var lowercase: Unicode.Scalar { value &- 65 < 26 ? Unicode.Scalar(UInt8(value + 32)) : self }
}

extension String {
  /// A string of `scalars`.
  init(_ scalars: some Sequence<Unicode.Scalar>) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }

  /// Its Unicode scalars.
  var scalars: Scalars { Array(unicodeScalars) }
}

extension RandomAccessCollection<Unicode.Scalar> where Index == Int {
  /// Whether `word` stands at `index`.
  func has(_ word: Scalars, at index: Int) -> Bool {
    guard index >= startIndex, index + word.count <= endIndex else { return false }
    for offset in 0..<word.count where self[index + offset] != word[offset] { return false }
    return true
  }

  /// Whether `word`, written in small letters, stands at `index` in letters of either size.
  func hasIgnoringCase(_ word: Scalars, at index: Int) -> Bool {
    guard index >= startIndex, index + word.count <= endIndex else { return false }
    for offset in 0..<word.count where self[index + offset].lowercase != word[offset] { return false }
    return true
  }

  /// The first place from `start` on where `word` stands, at or before `limit`.
  func first(_ word: Scalars, from start: Int, limit: Int? = nil) -> Int? {
    guard let head = word.first else { return nil }
    var index = Swift.max(start, startIndex)
    let last = Swift.min(limit ?? endIndex, endIndex - word.count)
    while index <= last {
      if self[index] == head, has(word, at: index) { return index }
      index += 1
    }
    return nil
  }

  /// The last place before `end` where `word` begins.
  func last(_ word: Scalars, before end: Int) -> Int? {
    guard let head = word.first else { return nil }
    var index = Swift.min(end, endIndex) - word.count
    while index >= startIndex {
      if self[index] == head, has(word, at: index) { return index }
      index -= 1
    }
    return nil
  }

  /// Every place where `word` begins, without overlaps.
  func places(of word: Scalars) -> [Int] {
    var found: [Int] = []
    var index = startIndex
    while let place = first(word, from: index) {
      found.append(place)
      index = place + word.count
    }
    return found
  }

  /// Without white space at both ends.
  var trimmed: Scalars {
    var start = startIndex
    var end = endIndex
    while start < end, self[start].isSpace { start += 1 }
    while end > start, self[end - 1].isSpace { end -= 1 }
    return Array(self[start..<end])
  }
}

extension Scalars {
  /// With every `word` replaced by `other`, from left to right.
  func replacing(_ word: String, by other: String) -> Scalars {
    let word = word.scalars
    guard !word.isEmpty, first(word, from: 0) != nil else { return self }
    let other = other.scalars
    var result = Scalars()
    result.reserveCapacity(count)
    var index = 0
    while index < count {
      if self[index] == word[0], has(word, at: index) {
        result += other
        index += word.count
      } else {
        result.append(self[index])
        index += 1
      }
    }
    return result
  }

  /// The index of the `}` that closes the `{` at `open`; nil where none does.
  func closingBrace(of open: Int, limit: Int? = nil) -> Int? {
    var depth = 0
    var index = open
    let end = limit ?? count
    while index < end {
      if self[index] == "{" { depth += 1 }
      if self[index] == "}" {
        depth -= 1
        if depth == 0 { return index }
      }
      index += 1
    }
    return nil
  }
}
