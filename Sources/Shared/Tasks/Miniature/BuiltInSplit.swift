/// Which share of the built-in problems a prompt belongs to, by its text alone.
///
/// So a prompt held out for validation or test is never asked, or demonstrated, in training, whatever the
/// seeds.
public enum BuiltInSplit: String, Sendable, CaseIterable {
  /// 14 of 16 prompts.
  case train

  /// 1 of 16 prompts.
  case validation

  /// 1 of 16 prompts.
  case test

  /// The split of `prompt`: the low four bits of the CRC-32 of its UTF-8, 0 for validation, 1 for test.
  public init(prompt: String) {
    switch Self.checksum(of: prompt) & 15 {
    case 0: self = .validation
    case 1: self = .test
    default: self = .train
    }
  }

  /// CRC-32 as in zip and PNG (ISO 3309), bit by bit: prompts are short.
  static func checksum(of text: String) -> UInt32 {
    ~text.utf8.reduce(~0) { checksum, byte in
      (0..<8).reduce(checksum ^ UInt32(byte)) { rest, _ in rest >> 1 ^ (rest & 1 == 0 ? 0 : 0xEDB8_8320) }
    }
  }
}
