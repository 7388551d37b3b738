/// verl's rules for mathematics, and which of them a data source is scored by.
///
/// | `data_source` | rule |
/// |---|---|
/// | `openai/gsm8k` | ``gsm8k`` |
/// | `lighteval/MATH`, `DigitalLearningGmbH/MATH-lighteval`, `HuggingFaceH4/MATH-500` | ``mathReward`` |
/// | `math`, `math_dapo`, `math_dapo_reasoning`, names that begin with `aime` | ``mathDapo`` |
/// | names that begin with `numina_` | ``primeMath`` |
///
/// Source: verl's `utils/reward_score/__init__.py`.
public enum VerlRule: String, Sendable, CaseIterable {
  /// ``GSM8KRule/strict(_:groundTruth:)``.
  case gsm8k
  /// ``MathRewardRule``.
  case mathReward = "math_reward"
  /// ``MathDapoRule/score(_:groundTruth:)``; its scores are 1 and -1.
  case mathDapo = "math_dapo"
  /// ``PrimeMathRule``.
  case primeMath = "prime_math"

  /// The rule for rows of `dataSource`; nil where verl has none for mathematics.
  public init?(dataSource: String) {
    switch dataSource {
    case "openai/gsm8k": self = .gsm8k
    case "lighteval/MATH", "DigitalLearningGmbH/MATH-lighteval", "HuggingFaceH4/MATH-500": self = .mathReward
    case "math", "math_dapo", "math_dapo_reasoning": self = .mathDapo
    default:
      if dataSource.hasPrefix("aime") {
        self = .mathDapo
      } else if dataSource.hasPrefix("numina_") {
        self = .primeMath
      } else {
        return nil
      }
    }
  }

  /// The score of `response`, in the rule's own range.
  public func score(_ response: String, groundTruth: String) -> RuleScore {
    switch self {
    case .gsm8k: GSM8KRule.strict(response, groundTruth: groundTruth)
    case .mathReward: MathRewardRule.score(response, groundTruth: groundTruth)
    case .mathDapo: MathDapoRule.score(response, groundTruth: groundTruth)
    case .primeMath: PrimeMathRule.score(response, groundTruth: groundTruth)
    }
  }
}

/// What one of verl's rules says.
public struct RuleScore: Sendable, Equatable {
  /// The score in the rule's own range.
  public let score: Double
  /// The answer the rule compared; nil where it found none.
  public let extracted: String?

  /// Whether the answer is right.
  public var isRight: Bool { score > 0 }

  init(score: Double, extracted: String?) {
    self.score = score
    self.extracted = extracted
  }
}
