/// A tokenizer that cannot be had, and why.
public enum TokenizerError: Error, Sendable, Equatable {
  /// The directory holds neither tokenizer.json nor vocab.json and merges.txt.
  case missing(directory: String)

  /// The file is there, but could not be read.
  case unreadable(file: String, reason: String)

  /// The file is not what its name says: broken JSON, a token without an id, a merge of unknown tokens.
  case malformed(file: String, reason: String)

  /// The file describes a tokenizer of a kind this room does not build; `part` is the place, `value` what
  /// stands there, `supported` what could.
  case unsupported(file: String, part: String, value: String, supported: String)

  /// The chat format of the model in `directory` is not one this room knows.
  case unknownChatTemplate(directory: String, reason: String)

  /// The value of `data.chat_template` is none of its values.
  case unknownChatTemplateOption(value: String)
}

extension TokenizerError: CustomStringConvertible {
  /// Where, what, and what to do about it.
  public var description: String {
    switch self {
    case .missing(let directory):
      """
      \(directory): there is no tokenizer.json, nor a vocab.json with a merges.txt; \
      copy the tokenizer of the model there
      """
    case .unreadable(let file, let reason):
      "\(file): cannot be read: \(reason)"
    case .malformed(let file, let reason):
      "\(file): \(reason)"
    case .unsupported(let file, let part, let value, let supported):
      "\(file): \(part) is `\(value)`, which is not supported; supported: \(supported)"
    case .unknownChatTemplate(let directory, let reason):
      "\(directory): \(reason); set `data.chat_template` to \(ChatTemplate.fixedOptions)"
    case .unknownChatTemplateOption(let value):
      "`data.chat_template` is `\(value)`; it must be auto or \(ChatTemplate.fixedOptions)"
    }
  }
}
