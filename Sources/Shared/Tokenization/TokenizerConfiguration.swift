import FoundationEssentials

/// What tokenizer_config.json and special_tokens_map.json say, as far as this room reads them.
struct TokenizerConfiguration {
  /// The file that names `endOfText`.
  let file: String

  /// The token that ends a text.
  let endOfText: String?

  /// The tokens these files name as special.
  let specialTokens: [String]

  /// Added tokens by id.
  let addedTokens: [AddedToken]

  /// Whether text begins with a space.
  let addsPrefixSpace: Bool

  /// The tokenizer's class, such as `Qwen2Tokenizer`.
  let tokenizerClass: String?

  /// The Jinja text that renders chats.
  ///
  /// chat_template.jinja, or else `chat_template`, of several the one named `default`.
  let chatTemplate: String?

  /// Reads both files of `directory`; either may be missing.
  init(directory: String) throws(TokenizerError) {
    let main = JSONFile("tokenizer_config.json", in: directory)
    let map = JSONFile("special_tokens_map.json", in: directory)
    let configuration = try main.decodeIfPresent(ConfigurationFile.self)
    let names = try main.decodeIfPresent(SpecialTokenNames.self)
    let otherNames = try map.decodeIfPresent(SpecialTokenNames.self)

    endOfText = names?.endOfText ?? otherNames?.endOfText
    file = names?.endOfText == nil ? map.path : main.path
    specialTokens = (names?.all ?? []) + (otherNames?.all ?? [])
    addsPrefixSpace = configuration?.addsPrefixSpace ?? false
    tokenizerClass = configuration?.tokenizerClass
    addedTokens = try Self.tokens(configuration?.addedTokens ?? [:], file: main.path)

    let template = JSONFile("chat_template.jinja", in: directory)
    chatTemplate =
      template.exists
      ? String(decoding: try template.bytes(), as: UTF8.self)
      : configuration?.chatTemplate?.text
  }

  private static func tokens(
    _ entries: [String: AddedTokenEntry], file: String
  ) throws(TokenizerError) -> [AddedToken] {
    var tokens: [AddedToken] = []
    for (key, entry) in entries {
      guard let id = Int32(key) else {
        throw .malformed(
          file: file, reason: "`added_tokens_decoder` has the key `\(key)`, which is not an id")
      }
      tokens.append(entry.token(id: id))
    }
    return tokens
  }
}

/// tokenizer_config.json.
private struct ConfigurationFile: Decodable {
  let addsPrefixSpace: Bool?
  let tokenizerClass: String?
  let addedTokens: [String: AddedTokenEntry]?
  let chatTemplate: Template?

  enum CodingKeys: String, CodingKey {
    case addsPrefixSpace = "add_prefix_space"
    case tokenizerClass = "tokenizer_class"
    case addedTokens = "added_tokens_decoder"
    case chatTemplate = "chat_template"
  }

  /// One template, or a list of named ones.
  struct Template: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self.text = text
      } else {
        let templates = try container.decode([[String: String]].self)
        text = templates.first { $0["name"] == "default" }?["template"]
      }
    }
  }
}

/// The special tokens' names, which both files hold.
private struct SpecialTokenNames: Decodable {
  let endOfText: String?

  /// All, `endOfText` too.
  let all: [String]

  enum CodingKeys: String, CodingKey, CaseIterable {
    case endOfText = "eos_token"
    case beginOfText = "bos_token"
    case unknown = "unk_token"
    case padding = "pad_token"
    case separator = "sep_token"
    case classifier = "cls_token"
    case mask = "mask_token"
  }

  enum ListKey: String, CodingKey {
    case additional = "additional_special_tokens"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    endOfText = try container.decodeIfPresent(Name.self, forKey: .endOfText)?.content
    let single = try CodingKeys.allCases.compactMap { try container.decodeIfPresent(Name.self, forKey: $0) }
    let list = try decoder.container(keyedBy: ListKey.self).decodeIfPresent([Name].self, forKey: .additional)
    all = (single + (list ?? [])).map(\.content)
  }

  /// A token as a string, or as an object with `content`.
  struct Name: Decodable {
    let content: String

    enum CodingKeys: CodingKey {
      case content
    }

    init(from decoder: any Decoder) throws {
      if let content = try? decoder.singleValueContainer().decode(String.self) {
        self.content = content
      } else {
        content = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .content)
      }
    }
  }
}
