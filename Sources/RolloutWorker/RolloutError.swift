/// A prompt that cannot be sampled.
public enum RolloutError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The prompt leaves no room for a response.
  case promptTooLong(origin: String, tokens: Int, limit: Int)

  /// The prompt has no tokens, so that there is nothing to continue.
  case emptyPrompt(origin: String)

  /// A prompt is to be sampled with weights that this rank does not have.
  case unknownVersion(Int)

  /// Where, what, and what to do about it.
  public var description: String {
    switch self {
    case .promptTooLong(let origin, let tokens, let limit):
      """
      \(origin): the prompt has \(tokens) tokens, and \(limit) are the most (`data.max_prompt_length` and the \
      model's context); shorten or remove it, or set `data.filter_overlong_prompts`
      """
    case .emptyPrompt(let origin):
      "\(origin): the prompt is empty; write one, or set `data.chat_template` to a template that adds to it"
    case .unknownVersion(let version):
      "a prompt asks for version \(version) of the weights, which this rank does not have; run one build on all ranks"
    }
  }
}
