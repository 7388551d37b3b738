import FoundationEssentials

/// vocab.json with merges.txt, as GPT-2 was published.
///
/// The files say nothing of normalizer and pre-tokenizer. They are Qwen2's where tokenizer_config.json names
/// a Qwen2 class, and GPT-2's elsewhere.
struct VocabularyFiles {
  /// vocab.json.
  let tokens: JSONFile

  /// merges.txt.
  let merges: JSONFile

  /// Where both lie.
  let directory: String

  /// The parts that the files describe.
  func parts(configuration: TokenizerConfiguration) throws(TokenizerError) -> TokenizerParts {
    let vocabulary = try tokens.decode([String: Int32].self)
    let isQwen2 = configuration.tokenizerClass?.hasPrefix("Qwen2") ?? false
    return TokenizerParts(
      file: tokens.path, vocabulary: vocabulary, merges: .lines(try lines()), mergesFile: merges.path,
      addedTokens: try addedTokens(vocabulary, configuration),
      normalizer: isQwen2 ? .nfc : .none,
      preTokenizer: PreTokenizer(
        pattern: isQwen2 ? .cl100k(digits: 1) : .gpt2,
        prefix: !configuration.addsPrefixSpace ? .none : isQwen2 ? .piece : .text))
  }

  private func lines() throws(TokenizerError) -> [String] {
    let newline = UInt8(ascii: "\n")
    var lines: [String] = []
    for var line in try merges.bytes().split(separator: newline) {
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      guard let text = String(validating: line, as: UTF8.self) else {
        throw .malformed(file: merges.path, reason: "line \(lines.count + 1) is not UTF-8")
      }
      if !text.isEmpty, !text.hasPrefix("#version") { lines.append(text) }
    }
    return lines
  }

  /// tokenizer_config.json's tokens with their flags, then added_tokens.json's, then those that are only
  /// named.
  private func addedTokens(
    _ vocabulary: [String: Int32], _ configuration: TokenizerConfiguration
  ) throws(TokenizerError) -> [AddedToken] {
    let listed = try JSONFile("added_tokens.json", in: directory).decodeIfPresent([String: Int32].self) ?? [:]
    let endOfText = ["<|endoftext|>"].filter { vocabulary[$0] != nil }
    let special = configuration.specialTokens.isEmpty ? endOfText : configuration.specialTokens

    var tokens = configuration.addedTokens
    func add(_ content: String, id: Int32, isSpecial: Bool) {
      guard !tokens.contains(where: { $0.content == content }) else { return }
      tokens.append(
        AddedToken(content: content, id: id, isSpecial: isSpecial, isNormalized: !isSpecial))
    }
    for (content, id) in listed { add(content, id: id, isSpecial: special.contains(content)) }
    for content in special {
      if let id = vocabulary[content] { add(content, id: id, isSpecial: true) }
    }
    return tokens
  }
}
