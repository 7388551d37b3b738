/// A tokenizer.json, as far as this room reads it.
///
/// The post-processor is left alone, since it adds the special tokens that `encode` does not add; so are
/// truncation and padding, which belong to batches.
struct TokenizerFile: Decodable {
  private let addedTokens: [Added]?
  private let normalizer: Component?
  private let preTokenizer: Component?
  private let decoder: Component?
  private let model: Model

  private enum CodingKeys: String, CodingKey {
    case addedTokens = "added_tokens"
    case normalizer
    case preTokenizer = "pre_tokenizer"
    case decoder
    case model
  }

  /// The parts that `file` describes.
  static func parts(_ file: JSONFile) throws(TokenizerError) -> TokenizerParts {
    let contents = try file.decode(TokenizerFile.self)
    let checked = Checked(file: file.path)
    try checked.model(contents.model)
    try checked.decoder(contents.decoder)
    return TokenizerParts(
      file: file.path, vocabulary: contents.model.vocab, merges: contents.model.merges, mergesFile: file.path,
      unknown: contents.model.unknown, fusesUnknown: contents.model.fusesUnknown ?? false,
      ignoresMerges: contents.model.ignoresMerges ?? false,
      addedTokens: contents.addedTokens?.map(\.token) ?? [],
      normalizer: try checked.normalizer(contents.normalizer),
      preTokenizer: try checked.preTokenizer(contents.preTokenizer))
  }
}

extension TokenizerFile {
  /// A `normalizer`, `pre_tokenizer` or `decoder`: its type, and what the types we know have beside it.
  fileprivate struct Component: Decodable {
    let type: String
    let addsPrefixSpace: Bool?
    let usesExpression: Bool?
    let pattern: [String: String]?
    let behavior: String?
    let inverts: Bool?
    let preTokenizers: [Component]?
    let normalizers: [Component]?
    let decoders: [Component]?

    private enum CodingKeys: String, CodingKey {
      case type
      case addsPrefixSpace = "add_prefix_space"
      case usesExpression = "use_regex"
      case pattern
      case behavior
      case inverts = "invert"
      case preTokenizers = "pretokenizers"
      case normalizers
      case decoders
    }

    /// The components of a sequence, or the one this is.
    var parts: [Component] {
      type == "Sequence" ? (preTokenizers ?? normalizers ?? decoders ?? []).flatMap(\.parts) : [self]
    }
  }

  /// An entry of `added_tokens`.
  fileprivate struct Added: Decodable {
    let token: AddedToken

    private enum CodingKeys: String, CodingKey {
      case id
    }

    init(from decoder: any Decoder) throws {
      let id = try decoder.container(keyedBy: CodingKeys.self).decode(Int32.self, forKey: .id)
      token = try AddedTokenEntry(from: decoder).token(id: id)
    }
  }

  /// The `model`.
  fileprivate struct Model: Decodable {
    let type: String?
    let vocab: [String: Int32]
    let merges: MergeList
    let unknown: String?
    let fusesUnknown: Bool?
    let ignoresMerges: Bool?
    let fallsBackToBytes: Bool?
    let dropout: Double?
    let subwordPrefix: String?
    let wordSuffix: String?

    private enum CodingKeys: String, CodingKey {
      case type
      case vocab
      case merges
      case unknown = "unk_token"
      case fusesUnknown = "fuse_unk"
      case ignoresMerges = "ignore_merges"
      case fallsBackToBytes = "byte_fallback"
      case dropout
      case subwordPrefix = "continuing_subword_prefix"
      case wordSuffix = "end_of_word_suffix"
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      type = try container.decodeIfPresent(String.self, forKey: .type)
      // Other models have other shapes, and are refused by their name.
      let isKnown = type == nil || type == Self.name
      vocab = isKnown ? try container.decode([String: Int32].self, forKey: .vocab) : [:]
      merges = isKnown ? try container.decode(MergeList.self, forKey: .merges) : .lines([])
      unknown = try container.decodeIfPresent(String.self, forKey: .unknown)
      fusesUnknown = try container.decodeIfPresent(Bool.self, forKey: .fusesUnknown)
      ignoresMerges = try container.decodeIfPresent(Bool.self, forKey: .ignoresMerges)
      fallsBackToBytes = try container.decodeIfPresent(Bool.self, forKey: .fallsBackToBytes)
      dropout = try container.decodeIfPresent(Double.self, forKey: .dropout)
      subwordPrefix = try container.decodeIfPresent(String.self, forKey: .subwordPrefix)
      wordSuffix = try container.decodeIfPresent(String.self, forKey: .wordSuffix)
    }

    /// The one type of model that is built.
    static let name = "BPE"
  }

  /// Refuses what this room does not build.
  fileprivate struct Checked {
    let file: String

    func model(_ model: Model) throws(TokenizerError) {
      // Files of the first versions name no type.
      let type = model.type ?? Model.name
      try expect(type == Model.name, "model.type", type, supported: Model.name)
      try expect(model.fallsBackToBytes != true, "model.byte_fallback", "true", supported: "false")
      try expect(model.dropout ?? 0 == 0, "model.dropout", model.dropout.map { "\($0)" }, supported: "null")
      for (part, affix) in [
        ("continuing_subword_prefix", model.subwordPrefix), ("end_of_word_suffix", model.wordSuffix),
      ] {
        try expect(affix ?? "" == "", "model.\(part)", affix, supported: "null")
      }
    }

    func decoder(_ decoder: Component?) throws(TokenizerError) {
      let types = decoder?.parts.map(\.type) ?? []
      try expect(types == ["ByteLevel"], "decoder", types.joined(separator: ", "), supported: "ByteLevel")
    }

    func normalizer(_ normalizer: Component?) throws(TokenizerError) -> Normalizer {
      let types = normalizer?.parts.map(\.type) ?? []
      try expect(
        types.allSatisfy { $0 == "NFC" }, "normalizer", types.joined(separator: ", "),
        supported: "NFC or none")
      return types.isEmpty ? .none : .nfc
    }

    func preTokenizer(_ preTokenizer: Component?) throws(TokenizerError) -> PreTokenizer {
      let parts = preTokenizer?.parts ?? []
      let types = parts.map(\.type)
      try expect(
        types == ["ByteLevel"] || types == ["Split", "ByteLevel"], "pre_tokenizer",
        types.joined(separator: ", "), supported: "ByteLevel, or Split followed by ByteLevel")
      let byteLevel = parts[parts.count - 1]
      let (addsPrefix, usesExpression) = (byteLevel.addsPrefixSpace ?? true, byteLevel.usesExpression ?? true)
      if parts.count == 1 {
        return PreTokenizer(pattern: usesExpression ? .gpt2 : nil, prefix: addsPrefix ? .text : .none)
      }
      try expect(
        !usesExpression, "pre_tokenizer, ByteLevel.use_regex", "true",
        supported: "false where a Split comes first")
      return PreTokenizer(pattern: try pattern(of: parts[0]), prefix: addsPrefix ? .piece : .none)
    }

    private func pattern(of split: Component) throws(TokenizerError) -> PiecePattern {
      let expression = split.pattern?["Regex"]
      let name = expression ?? split.pattern?.description ?? "missing"
      guard let pattern = expression.flatMap(PiecePattern.init) else {
        throw .unsupported(
          file: file, part: "the pattern of pre_tokenizer, Split,", value: name,
          supported: "the patterns of GPT-2, Qwen2 and Llama 3")
      }
      // The three patterns leave no text between their matches, so that removing what lies between changes
      // nothing.
      let isIsolated = split.behavior == "Isolated" || split.behavior == "Removed" && split.inverts == true
      try expect(isIsolated, "pre_tokenizer, Split.behavior", split.behavior, supported: "Isolated")
      return pattern
    }

    private func expect(
      _ holds: Bool, _ part: String, _ value: String?, supported: String
    ) throws(TokenizerError) {
      guard !holds else { return }
      let value = value.flatMap { $0.isEmpty ? nil : $0 } ?? "missing"
      throw .unsupported(file: file, part: part, value: value, supported: supported)
    }
  }
}

/// What files say about an added token, beside its id.
struct AddedTokenEntry: Decodable {
  private let content: String
  private let isSpecial: Bool?
  private let isSingleWord: Bool?
  private let stripsLeft: Bool?
  private let stripsRight: Bool?
  private let isNormalized: Bool?

  private enum CodingKeys: String, CodingKey {
    case content
    case isSpecial = "special"
    case isSingleWord = "single_word"
    case stripsLeft = "lstrip"
    case stripsRight = "rstrip"
    case isNormalized = "normalized"
  }

  /// The token with `id`.
  ///
  /// Ordinary tokens are looked for in normalized text unless they say otherwise.
  func token(id: Int32) -> AddedToken {
    let isSpecial = isSpecial ?? false
    return AddedToken(
      content: content, id: id, isSpecial: isSpecial, isSingleWord: isSingleWord ?? false,
      stripsLeft: stripsLeft ?? false, stripsRight: stripsRight ?? false,
      isNormalized: isNormalized ?? !isSpecial)
  }
}
