/// The printable characters that stand for bytes in the files of a byte-level tokenizer.
///
/// The 188 printable characters of Latin-1 stand for themselves; the other 68 bytes, in order, are U+0100 and
/// up, so that a space is `Ġ` and a newline `Ċ`. Source: `bytes_to_unicode` in GPT-2's encoder.py.
enum ByteAlphabet {
  /// Appends the bytes that `token` stands for, and returns whether every character was of the alphabet.
  ///
  /// A token with any other character stands for its own UTF-8, as in Hugging Face's byte-level decoder.
  @discardableResult
  static func appendBytes(of token: Substring, to bytes: inout [UInt8]) -> Bool {
    let start = bytes.count
    for scalar in token.unicodeScalars {
      guard let byte = byte(of: scalar) else {
        bytes.removeSubrange(start...)
        bytes.append(contentsOf: token.utf8)
        return false
      }
      bytes.append(byte)
    }
    return true
  }

  /// The byte that `scalar` stands for, if it is of the alphabet.
  static func byte(of scalar: Unicode.Scalar) -> UInt8? {
    switch scalar.value {
    case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: UInt8(scalar.value)
    case 0x100...0x120: UInt8(scalar.value - 0x100)  // 00...20
    case 0x121...0x142: UInt8(scalar.value - 0x121 + 0x7F)  // 7F...A0
    case 0x143: 0xAD
    default: nil
    }
  }
}
