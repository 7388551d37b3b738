/// The bytes of a response that a verifier looks at, cut to a length that bounds its time.
///
/// Bytes, since Swift's characters join across what they combine: to a verifier, `e` with an accent after it
/// begins with `e`, and two texts are equal when they are written alike.
enum AnswerText {
  /// How many bytes at the end of a response are looked at, more than any response of a few thousand tokens
  /// has.
  static let limit = 1 << 16

  /// The last `limit` bytes of `text`.
  static func tail(of text: String) -> ArraySlice<UInt8> {
    ArraySlice(text.utf8.suffix(limit))
  }

  /// `bytes` without white space of ASCII at either end.
  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes
    while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return bytes
  }

  /// The runs of `bytes` between white space of ASCII.
  static func fields(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    bytes.split(whereSeparator: isSpace)
  }

  /// The text of `bytes`; what is not UTF-8, such as a character cut in two, becomes U+FFFD.
  static func string(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  /// Space, tab, line feed, vertical tab, form feed or carriage return.
  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  /// Where `pattern` begins for the last time in `bytes`.
  static func lastIndex(of pattern: String, in bytes: ArraySlice<UInt8>) -> Int? {
    let pattern = Array(pattern.utf8)
    guard bytes.count >= pattern.count else { return nil }
    return (bytes.startIndex...bytes.endIndex - pattern.count).last { bytes[$0...].starts(with: pattern) }
  }
}
