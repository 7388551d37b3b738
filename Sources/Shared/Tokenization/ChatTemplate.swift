/// How a chat becomes the text a model was trained on.
public enum ChatTemplate: Sendable, Equatable {
  /// The contents, with a newline between.
  case none

  /// Qwen's: `<|im_start|>ROLE`, newline, content, `<|im_end|>`, newline.
  ///
  /// Without a system message first, `defaultSystemPrompt` becomes one. Qwen2.5 has one, Qwen3 none;
  /// `resolve` takes it from the model's own template. Contents stay as they are: Qwen3's template would also
  /// take the thoughts out of an earlier assistant's turn.
  case chatml(defaultSystemPrompt: String? = nil)

  /// Llama 3's: `<|begin_of_text|>`, then for each message `<|start_header_id|>ROLE<|end_header_id|>`, an
  /// empty line, the content without blanks around it, `<|eot_id|>`.
  ///
  /// With `datesSystemPrompt`, the system message, empty if there is none, begins with the two lines about
  /// dates of Llama 3.1 and later. Today is 26 Jul 2024 there, Llama 3.1's default, so that a run can be
  /// repeated.
  case llama3(datesSystemPrompt: Bool = false)

  /// `messages` as text, which `Tokenizer.encode` turns into ids without adding anything.
  ///
  /// `addGenerationPrompt` opens the assistant's turn; `none` has no turns to open.
  public func render(_ messages: [ChatMessage], addGenerationPrompt: Bool) -> String {
    switch self {
    case .none:
      return messages.map(\.content).joined(separator: "\n")
    case .chatml(let system):
      let turns = Self.withSystem(system, messages).map {
        "<|im_start|>\($0.role)\n\($0.content)<|im_end|>\n"
      }
      return turns.joined() + (addGenerationPrompt ? "<|im_start|>assistant\n" : "")
    case .llama3(let datesSystemPrompt):
      let trimmed = messages.map { ChatMessage(role: $0.role, content: Self.trimmed($0.content)) }
      let turns = (datesSystemPrompt ? Self.dated(trimmed) : trimmed).map {
        Self.llama3Header($0.role) + $0.content + "<|eot_id|>"
      }
      let opening = addGenerationPrompt ? Self.llama3Header("assistant") : ""
      return "<|begin_of_text|>" + turns.joined() + opening
    }
  }

  /// The ids that end an assistant's turn: the template's own marks, then the tokenizer's ends of text.
  ///
  /// A mark that is no token of `tokenizer` is left out.
  public func stopIds(_ tokenizer: Tokenizer) -> [Int32] {
    let marks =
      switch self {
      case .none: [String]()
      case .chatml: ["<|im_end|>", "<|endoftext|>"]
      case .llama3: ["<|eot_id|>", "<|eom_id|>", "<|end_of_text|>"]
      }
    var ids: [Int32] = []
    for id in marks.compactMap(tokenizer.id(of:)) + tokenizer.endOfTextIds where !ids.contains(id) {
      ids.append(id)
    }
    return ids
  }

  private static func withSystem(_ prompt: String?, _ messages: [ChatMessage]) -> [ChatMessage] {
    guard let prompt, messages.first?.role != "system" else { return messages }
    return [ChatMessage(role: "system", content: prompt)] + messages
  }

  private static func llama3Header(_ role: String) -> String {
    "<|start_header_id|>\(role)<|end_header_id|>\n\n"
  }

  private static func dated(_ messages: [ChatMessage]) -> [ChatMessage] {
    let hasSystem = messages.first?.role == "system"
    let system = hasSystem ? messages[0].content : ""
    let dates = "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n"
    return [ChatMessage(role: "system", content: dates + system)] + messages.dropFirst(hasSystem ? 1 : 0)
  }

  /// `text` without what Python's `strip` takes away.
  private static func trimmed(_ text: String) -> String {
    func isBlank(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isWhitespace || ("\u{1C}"..."\u{1F}").contains(scalar)
    }
    let start = text.unicodeScalars.drop(while: isBlank)
    let end = start.lastIndex { !isBlank($0) }
    return end.map { String(start[...$0]) } ?? ""
  }
}
