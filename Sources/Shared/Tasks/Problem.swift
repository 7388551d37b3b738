/// One question put to the policy, with what it takes to score the answers.
public struct Problem: Sendable, Equatable {
  /// Where the problem comes from, as verl names it, and what metrics are kept by.
  ///
  /// `openai/gsm8k`, `mini/add`, `custom`, …
  public let dataSource: String

  /// What the policy is shown.
  public let prompt: Prompt

  /// What the verifier holds a response to; empty where the reward needs none.
  public let groundTruth: String

  /// Whether `groundTruth` is the JSON text of what the row has, which is no text itself.
  public let isGroundTruthJSON: Bool

  /// The rule that scores a response.
  public let reward: RewardRule

  /// The row's `extra_info` as JSON text, keys sorted; `{}` if there is none.
  public let extra: String

  /// Where to look the problem up: `train.jsonl:12`, `built-in add`.
  public let origin: String

  /// Creates a problem.
  public init(
    dataSource: String, prompt: Prompt, groundTruth: String, isGroundTruthJSON: Bool = false,
    reward: RewardRule, extra: String = "{}", origin: String
  ) {
    self.dataSource = dataSource
    self.prompt = prompt
    self.groundTruth = groundTruth
    self.isGroundTruthJSON = isGroundTruthJSON
    self.reward = reward
    self.extra = extra
    self.origin = origin
  }
}

/// What the policy is shown: text as it is, or a conversation that the chat template turns into text.
public enum Prompt: Sendable, Equatable {
  /// Text that is tokenized as it stands.
  case text(String)

  /// A conversation, oldest message first; never empty.
  case messages([Message])
}

/// One turn of a conversation.
public struct Message: Sendable, Equatable {
  /// Who speaks: `system`, `user`, `assistant` or `tool`.
  public let role: String

  /// What they say.
  public let content: String

  /// Creates a message.
  public init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}
