/// Decodes ids one by one, for printing and for stop strings.
///
/// The bytes of a character may be spread over tokens, so the last one to three bytes wait until it is known
/// what they are. The texts returned, put together, are `Tokenizer.decode` of all ids.
///
/// ```swift
/// var decoder = StreamingDecoder(tokenizer, skipSpecialTokens: true)
/// for id in ids { print(decoder.feed(id), terminator: "") }
/// print(decoder.finish())
/// ```
public struct StreamingDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  private var waiting: [UInt8] = []

  /// Creates a decoder that has seen nothing.
  public init(_ tokenizer: Tokenizer, skipSpecialTokens: Bool) {
    self.tokenizer = tokenizer
    skipsSpecialTokens = skipSpecialTokens
  }

  /// The text that is certain now that `id` has come; often empty, never to be taken back.
  public mutating func feed(_ id: Int32) -> String {
    waiting += tokenizer.bytes(of: [id], skipSpecialTokens: skipsSpecialTokens)
    let certain = waiting.count - Self.unfinished(waiting)
    defer { waiting.removeFirst(certain) }
    return String(decoding: waiting[..<certain], as: UTF8.self)
  }

  /// The text that still waited, U+FFFD if a character was begun; the decoder may be used anew after.
  public mutating func finish() -> String {
    defer { waiting.removeAll() }
    return String(decoding: waiting, as: UTF8.self)
  }

  /// How many bytes at the end could become a character if others followed: 0...3.
  private static func unfinished(_ bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let lead = bytes[bytes.count - count]
      if UTF8.isContinuation(lead) { continue }
      guard count < width(lead) else { return 0 }
      return count == 1 || seconds(after: lead).contains(bytes[bytes.count - count + 1]) ? count : 0
    }
    return 0
  }

  /// The bytes of a character that begins with `lead`; 1 if none does.
  private static func width(_ lead: UInt8) -> Int {
    switch lead {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }

  /// What may follow `lead`, by table 3-7 of the Unicode Standard.
  private static func seconds(after lead: UInt8) -> ClosedRange<UInt8> {
    switch lead {
    case 0xE0: 0xA0...0xBF
    case 0xED: 0x80...0x9F
    case 0xF0: 0x90...0xBF
    case 0xF4: 0x80...0x8F
    default: 0x80...0xBF
    }
  }
}
