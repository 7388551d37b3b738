extension ChatTemplate {
  /// The values of `data.chat_template` beside `auto`, as sentences name them.
  static let fixedOptions = "chatml, llama3 or none"

  /// The template that `option`, the value of `data.chat_template`, names for the model in `directory`.
  ///
  /// `chatml`, `llama3` and `none` are taken at their word. `auto` goes by the model's own template,
  /// chat_template.jinja or `chat_template` in tokenizer_config.json. A model without one is known by
  /// `model_type` in config.json: qwen2 and qwen3 with `<|im_start|>` are chatml, llama with
  /// `<|start_header_id|>` is llama3, gpt2 is none. Without config.json the two tokens decide. Anything else
  /// throws, since a guess would train on wrong text.
  public static func resolve(
    _ option: String, tokenizer: Tokenizer, directory: String
  ) throws(TokenizerError) -> ChatTemplate {
    guard ["auto", "chatml", "llama3", "none"].contains(option) else {
      throw .unknownChatTemplateOption(value: option)
    }
    if option == "none" { return .none }
    let jinja = try TokenizerConfiguration(directory: directory).chatTemplate
    switch option {
    case "chatml": return chatml(jinja ?? "")
    case "llama3": return llama3(jinja ?? "")
    default: break
    }
    guard let jinja else { return try recognise(tokenizer, directory: directory) }
    // Phi's template has `<|im_start|>` too, but ends the role with `<|im_sep|>`.
    if jinja.contains("<|im_start|>"), !jinja.contains("<|im_sep|>") { return chatml(jinja) }
    if jinja.contains("<|start_header_id|>") { return llama3(jinja) }
    throw .unknownChatTemplate(
      directory: directory, reason: "the model's chat template is neither ChatML nor Llama 3's")
  }

  private static func recognise(
    _ tokenizer: Tokenizer, directory: String
  ) throws(TokenizerError) -> ChatTemplate {
    let file = JSONFile("config.json", in: directory)
    let type = try file.decodeIfPresent(ModelType.self)?.name
    let isChatML = tokenizer.id(of: "<|im_start|>") != nil
    let isLlama3 = tokenizer.id(of: "<|start_header_id|>") != nil
    switch type {
    case "qwen2" where isChatML, "qwen3" where isChatML, nil where isChatML: return .chatml()
    case "llama" where isLlama3, nil where isLlama3: return .llama3()
    case "gpt2": return .none
    // A tokenizer without any mark of a turn belongs to a plain language model, whatever its architecture.
    case "qwen2" where !tokenizer.hasTurnMarks, "qwen3" where !tokenizer.hasTurnMarks,
      "llama" where !tokenizer.hasTurnMarks:
      return .none
    default:
      let model = type.map { "model_type `\($0)`" } ?? "a model without model_type"
      throw .unknownChatTemplate(
        directory: directory,
        reason: "there is no chat template, and none is known for \(model) with these tokens")
    }
  }

  private static func chatml(_ jinja: String) -> ChatTemplate {
    .chatml(
      defaultSystemPrompt: JinjaLiteral.content(in: jinja, from: "<|im_start|>system", to: "<|im_end|>"))
  }

  private static func llama3(_ jinja: String) -> ChatTemplate {
    .llama3(datesSystemPrompt: jinja.contains("Cutting Knowledge Date: December 2023"))
  }
}

extension Tokenizer {
  /// Whether any special token beside those that begin, end or pad a text is known.
  ///
  /// Chat models mark their turns with special tokens of their own.
  fileprivate var hasTurnMarks: Bool {
    let plain = [
      "<|endoftext|>", "<|begin_of_text|>", "<|end_of_text|>", "<s>", "</s>", "<pad>", "<unk>", "<|pad|>",
    ]
    let plainIds = Set(plain.compactMap(id(of:)) + endOfTextIds)
    return (0..<Int32(vocabularySize)).contains { isSpecial($0) && !plainIds.contains($0) }
  }
}

/// config.json, of which one key is read.
private struct ModelType: Decodable {
  let name: String?

  enum CodingKeys: String, CodingKey {
    case name = "model_type"
  }
}

/// A constant text in the source of a Jinja template.
enum JinjaLiteral {
  /// The text between `opening` with a newline, and `closing`, in the first string literal that holds it all.
  ///
  /// Where a template composes the text from variables, its literal ends before `closing`, and does not
  /// count.
  static func content(in jinja: String, from opening: String, to closing: String) -> String? {
    let source = Array(jinja.unicodeScalars)
    let (opening, closing) = (Array(opening.unicodeScalars), Array(closing.unicodeScalars))
    for quote in source.indices where source[quote] == "'" || source[quote] == "\"" {
      let start = quote + 1 + opening.count
      guard source[(quote + 1)...].starts(with: opening) else { continue }
      guard let text = literal(source[start...], until: source[quote]), text.first == "\n" else { continue }
      if let end = text.indices.first(where: { text[$0...].starts(with: closing) }), end > 1 {
        var content = String.UnicodeScalarView()
        content.append(contentsOf: text[1..<end])
        return String(content)
      }
    }
    return nil
  }

  /// The characters up to `quote`, with escapes resolved; nil if it never comes.
  private static func literal(
    _ source: ArraySlice<Unicode.Scalar>, until quote: Unicode.Scalar
  ) -> [Unicode.Scalar]? {
    var text: [Unicode.Scalar] = []
    var isEscaped = false
    for scalar in source {
      if isEscaped {
        let escapes: [Unicode.Scalar: Unicode.Scalar] = ["n": "\n", "t": "\t", "r": "\r"]
        text.append(escapes[scalar] ?? scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == quote {
        return text
      } else {
        text.append(scalar)
      }
    }
    return nil
  }
}
