import FoundationEssentials

/// A tokenizer compared with the library it stands for: `check tokenizer DIR`.
public struct TokenizerCheck: Sendable, Equatable {
  /// How many lines golden.jsonl has.
  public var lines: Int

  /// How many lines differ.
  public var mismatchedLines: Int

  /// What the first of these differ in, a sentence each.
  public var mismatches: [String]

  /// How many mismatches are told.
  private static let toldMismatches = 10

  /// Compares the tokenizer in `directory` with golden.jsonl beside it.
  ///
  /// Each line is an object with `text`, its `ids`, and the texts `decoded` and `decoded_skip_special` of
  /// these ids, either of which may be missing. Texts are compared scalar by scalar.
  public static func run(directory: String) throws(TokenizerError) -> TokenizerCheck {
    let tokenizer = try Tokenizer(directory: directory)
    let file = JSONFile("golden.jsonl", in: directory)
    var check = TokenizerCheck(lines: 0, mismatchedLines: 0, mismatches: [])
    for line in try file.bytes().split(separator: UInt8(ascii: "\n")) {
      check.lines += 1
      let place = "\(file.path):\(check.lines)"
      let golden = try JSONFile.decode(GoldenLine.self, from: line, named: place)
      guard let difference = golden.difference(from: tokenizer) else { continue }
      check.mismatchedLines += 1
      if check.mismatches.count < toldMismatches { check.mismatches.append("\(place): \(difference)") }
    }
    return check
  }
}

private struct GoldenLine: Decodable {
  let text: String
  let ids: [Int32]
  let decoded: String?
  let decodedSkipSpecial: String?

  enum CodingKeys: String, CodingKey {
    case text
    case ids
    case decoded
    case decodedSkipSpecial = "decoded_skip_special"
  }

  func difference(from tokenizer: Tokenizer) -> String? {
    let found = tokenizer.encode(text)
    if found != ids {
      let index = zip(found, ids).enumerated().first { $1.0 != $1.1 }?.offset ?? min(found.count, ids.count)
      let (ours, theirs) = (Self.name(found, index), Self.name(ids, index))
      return "\(text.debugDescription) has \(ours) at position \(index), where \(theirs) is expected"
    }
    for (expected, skips) in [(decoded, false), (decodedSkipSpecial, true)] {
      guard let expected else { continue }
      let found = tokenizer.decode(ids, skipSpecialTokens: skips)
      guard !found.unicodeScalars.elementsEqual(expected.unicodeScalars) else { continue }
      return """
        \(ids) decodes to \(found.debugDescription)\(skips ? " without special tokens" : ""), \
        where \(expected.debugDescription) is expected
        """
    }
    return nil
  }

  private static func name(_ ids: [Int32], _ index: Int) -> String {
    index < ids.count ? "the id \(ids[index])" : "no id"
  }
}
