import Experience
import Messages
import PolicyOptimization
import Tasks

/// A scored group as the coordinator sees it: with its problem, its shaped rewards and, in time, advantages.
struct JudgedGroup: Sendable {
  var group: ScoredGroup
  let problem: Problem
  /// The problem's row in the data, where it has one.
  let row: Int?
  /// Whether its responses differ in what dynamic sampling looks at.
  let isInformative: Bool
  /// What the greedy response to the same prompt earned, where that was asked for.
  let baseline: Double?
  /// -β · KL of each token, where the reward holds a penalty; else empty.
  let tokenRewards: [[Double]]
  /// Mean KL to the reference per response, in nats per token, where the reward holds a penalty.
  let meanKL: [Double]
  /// The ratio's denominators: log-probabilities at sampling, unless they were computed again.
  var old: [[Float]]
  /// The version they are of.
  var oldVersion: Int
  /// Which tokens are in the loss, by response; empty where all are.
  var isCounted: [[Bool]]
  /// The same before rollout correction rejected tokens.
  private let isCountedBeforeCorrection: [[Bool]]
  /// By response and token; empty where all are 1.
  var importanceWeights: [[Float]] = []
  /// The same before a mini-batch's loss picked tokens.
  var weightsBeforeSelection: [[Float]] = []
  /// What the mini-batch's loss picked; empty where it picks nothing.
  var isSelected: [[Bool]] = []
  /// By response; empty until they are known.
  var advantages: [ResponseAdvantage] = []

  /// Shapes rewards and, where the estimator looks at one group only, computes advantages.
  ///
  /// - Parameters:
  ///   - group: The responses with their scores.
  ///   - arrival: What came with them.
  ///   - options: How to judge.
  ///   - step: The step that will train on the group.
  ///   - klCoefficient: The weight of the KL penalty in the reward.
  /// - Throws: What the estimator throws, for rewards that are no numbers.
  init(
    _ group: ScoredGroup, _ arrival: Arrival, options: TrainerOptions, step: Int, klCoefficient: Double = 0
  ) throws {
    self.group = group
    problem = arrival.problem
    row = arrival.row
    baseline = arrival.baseline
    for index in group.responses.indices {
      self.group.responses[index].reward = Float(
        options.shaping.reward(of: group.responses[index], step: step))
    }
    old = group.responses.map(\.logProbabilities)
    oldVersion = group.policyVersion
    isCounted = options.shaping.masksTruncated ? group.responses.map(Self.mask) : []
    isCountedBeforeCorrection = isCounted
    let penalties = options.rewardPenalty.map {
      Self.penalties($0, group, reference: arrival.scores?.reference ?? [], coefficient: klCoefficient)
    }
    tokenRewards = penalties?.rewards ?? []
    meanKL = penalties?.meanKL ?? []
    isInformative = GroupAdvantage.hasLearningSignal(
      options.filterMetric.values(of: self.group, tokenRewards: tokenRewards))
    if options.estimator.scope == .group {
      advantages = try options.estimator.advantages(of: advantageGroup(options))
    }
  }

  /// The same group as a step judges it that has taken it over: shaping has a schedule, and stages differ.
  func judgedAgain(_ options: TrainerOptions, step: Int) throws -> JudgedGroup {
    try JudgedGroup(
      group, Arrival(problem: problem, row: row, baseline: baseline), options: options, step: step)
  }

  /// Counts all tokens again that rollout correction rejected.
  mutating func forgetRejections() { isCounted = isCountedBeforeCorrection }

  /// No token of a response that was cut counts.
  private static func mask(_ response: Response) -> [Bool] {
    [Bool](repeating: response.finish != .length, count: response.tokens.count)
  }

  private static func penalties(
    _ penalty: KLEstimator, _ group: ScoredGroup, reference: [[Float]], coefficient: Double
  ) -> (rewards: [[Double]], meanKL: [Double]) {
    let kl = zip(group.responses, reference).map { response, reference in
      zip(response.logProbabilities, reference).map { Double(penalty.token(new: $0, reference: $1).value) }
    }
    return (
      kl.map { $0.map { -coefficient * $0 } },
      kl.map { $0.isEmpty ? 0 : $0.reduce(0, +) / Double($0.count) }
    )
  }

  /// The group as advantage estimators see it.
  func advantageGroup(_ options: TrainerOptions) -> AdvantageGroup {
    AdvantageGroup(
      group.responses.enumerated().map { index, response in
        RewardedResponse(
          length: response.tokens.count, reward: Double(response.reward),
          tokenRewards: tokenRewards.isEmpty ? nil : tokenRewards[index], components: response.extras,
          isCounted: isCounted.isEmpty ? nil : isCounted[index])
      }, baselineReward: baseline)
  }

  /// What learners are given.
  var training: TrainingGroup {
    TrainingGroup(
      ordinal: group.ordinal, policyVersion: oldVersion, promptTokens: group.promptTokens,
      samples: group.responses.indices.map { index in
        TrainingGroup.Sample(
          tokens: group.responses[index].tokens, oldLogProbabilities: old[index],
          advantages: advantages[index].values, isCounted: isCounted.isEmpty ? [] : isCounted[index],
          importanceWeights: importanceWeights.isEmpty ? [] : importanceWeights[index],
          isSelected: isSelected.isEmpty ? [] : isSelected[index])
      })
  }
}

extension ResponseAdvantage {
  /// One number for all tokens, or one for each.
  var values: [Float] {
    switch self {
    case .uniform(let value): [value]
    case .perToken(let values): values
    }
  }
}
