/// What the files of a tokenizer say, whichever files these are.
struct TokenizerParts {
  /// The file that names the tokens, for sentences about them.
  var file: String

  /// The model's tokens, spelled in the byte alphabet.
  var vocabulary: [String: Int32]

  /// The model's merges.
  var merges: MergeList

  /// The file that names the merges.
  var mergesFile: String

  /// The token of bytes that are none.
  var unknown: String?

  /// Whether a run of such bytes becomes one token.
  var fusesUnknown = false

  /// Whether a piece that is a token stays one.
  var ignoresMerges = false

  /// What is recognised before anything else.
  var addedTokens: [AddedToken] = []

  /// What happens to text first.
  var normalizer = Normalizer.none

  /// What happens to text then.
  var preTokenizer: PreTokenizer

  /// The parts that `directory` describes: tokenizer.json, or else vocab.json with merges.txt.
  static func read(
    _ directory: String, configuration: TokenizerConfiguration
  ) throws(TokenizerError) -> TokenizerParts {
    let file = JSONFile("tokenizer.json", in: directory)
    if file.exists { return try TokenizerFile.parts(file) }
    let tokens = JSONFile("vocab.json", in: directory)
    let merges = JSONFile("merges.txt", in: directory)
    guard tokens.exists, merges.exists else { throw .missing(directory: directory) }
    return try VocabularyFiles(tokens: tokens, merges: merges, directory: directory)
      .parts(configuration: configuration)
  }

  /// The model, with the added tokens' bytes.
  func model() throws(TokenizerError) -> BytePairModel {
    var tokens: Vocabulary
    do {
      tokens = try Vocabulary(vocabulary)
      for token in addedTokens { try add(token, to: &tokens) }
    } catch {
      throw .malformed(file: file, reason: error.reason)
    }
    do {
      return try BytePairModel(
        vocabulary: tokens, merges: merges, unknown: unknown, fusesUnknown: fusesUnknown,
        ignoresMerges: ignoresMerges)
    } catch {
      throw .malformed(file: mergesFile, reason: error.reason)
    }
  }

  private func add(_ token: AddedToken, to tokens: inout Vocabulary) throws(VocabularyError) {
    guard let id = tokens.id(of: token.content[...]) else {
      // Decoding gives back what was looked for.
      return try tokens.add(token.isNormalized ? normalizer(token.content) : token.content, id: token.id)
    }
    guard id == token.id else {
      throw VocabularyError(
        "the added token `\(token.content)` has the id \(token.id), but \(id) in the vocabulary")
    }
  }
}
