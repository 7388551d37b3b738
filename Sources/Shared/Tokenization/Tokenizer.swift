/// Turns text into token ids and back, byte for byte, as Hugging Face tokenizers do.
///
/// Byte-level byte pair encoding, with the pre-tokenizers of GPT-2, Qwen2 and Llama 3. A file that asks for
/// anything else is refused with a sentence; none is approximated.
public struct Tokenizer: Sendable {
  /// The ids that end a text; empty if no file names one.
  ///
  /// `eos_token` of tokenizer_config.json, else of special_tokens_map.json, else `<|endoftext|>` if it is a
  /// token.
  public private(set) var endOfTextIds: [Int32] = []

  private let model: BytePairModel
  private let normalizer: Normalizer
  private let preTokenizer: PreTokenizer
  private let addedIds: [[UInt8]: Int32]
  private let specialIds: Set<Int32>
  private let rawTokens: AddedTokenMatcher
  private let normalizedTokens: AddedTokenMatcher

  /// Reads the tokenizer of a model's directory: tokenizer.json, else vocab.json with merges.txt.
  ///
  /// In the second case added tokens come from added_tokens.json, tokenizer_config.json and
  /// special_tokens_map.json, as far as they are there.
  public init(directory: String) throws(TokenizerError) {
    let configuration = try TokenizerConfiguration(directory: directory)
    let parts = try TokenizerParts.read(directory, configuration: configuration)
    model = try parts.model()
    normalizer = parts.normalizer
    preTokenizer = parts.preTokenizer
    rawTokens = AddedTokenMatcher(parts.addedTokens.filter { !$0.isNormalized }, normalizer: .none)
    normalizedTokens = AddedTokenMatcher(parts.addedTokens.filter(\.isNormalized), normalizer: normalizer)
    specialIds = Set(parts.addedTokens.filter(\.isSpecial).map(\.id))
    addedIds = Dictionary(parts.addedTokens.map { (Array($0.content.utf8), $0.id) }) { first, _ in first }

    if let name = configuration.endOfText {
      guard let id = id(of: name) else {
        throw .malformed(
          file: configuration.file, reason: "`eos_token` is `\(name)`, which is not a token of the tokenizer")
      }
      endOfTextIds = [id]
    } else if let id = id(of: "<|endoftext|>") {
      endOfTextIds = [id]
    }
  }

  /// The ids of `text`.
  ///
  /// Added tokens inside the text are recognised, special ones too; none is added. Takes n log n steps for n
  /// bytes, whatever the text.
  public func encode(_ text: String) -> [Int32] {
    var ids: [Int32] = []
    var work = BytePairModel.Work()
    var scanner = PieceScanner()
    forEachSegment(of: Array(text.utf8), rawTokens, into: &ids) { raw, ids in
      let normalized = normalizer(String(decoding: raw, as: UTF8.self))
      forEachSegment(of: Array(normalized.utf8), normalizedTokens, into: &ids) { stretch, ids in
        let stretch = String(decoding: stretch, as: UTF8.self)
        preTokenizer.pieces(of: stretch, scanner: &scanner) { piece in
          model.encode(piece, work: &work, into: &ids)
        }
      }
    }
    return ids
  }

  /// Appends the ids of the added tokens in `text`, and leaves what lies between to `body`.
  private func forEachSegment(
    of text: [UInt8], _ matcher: AddedTokenMatcher, into ids: inout [Int32],
    body: (ArraySlice<UInt8>, inout [Int32]) -> Void
  ) {
    for segment in matcher.segments(of: text) {
      switch segment {
      case .token(let id): ids.append(id)
      case .text(let range): body(text[range], &ids)
      }
    }
  }

  /// The text of `ids`, with U+FFFD for each stretch of bytes that is not UTF-8.
  ///
  /// A stretch is the longest beginning of a character that is there, or a single byte, as Unicode
  /// recommends. An id that is no token adds nothing.
  public func decode(_ ids: [Int32], skipSpecialTokens: Bool) -> String {
    String(decoding: bytes(of: ids, skipSpecialTokens: skipSpecialTokens), as: UTF8.self)
  }

  /// The bytes of `ids`, which need not be UTF-8.
  public func bytes(of ids: [Int32], skipSpecialTokens: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    for id in ids where !(skipSpecialTokens && isSpecial(id)) {
      bytes.append(contentsOf: model.vocabulary.bytes(of: id))
    }
    return bytes
  }

  /// The id of the token that the files spell exactly so, such as `<|im_end|>` or `Ġthe`.
  public func id(of token: String) -> Int32? {
    addedIds[Array(token.utf8)] ?? model.vocabulary.id(of: token[...])
  }

  /// One more than the largest id; a model's head may be larger.
  public var vocabularySize: Int { model.vocabulary.count }

  /// Whether `skipSpecialTokens` leaves `id` out.
  public func isSpecial(_ id: Int32) -> Bool { specialIds.contains(id) }
}
