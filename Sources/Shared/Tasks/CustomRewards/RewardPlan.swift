public import Sandbox

/// What scores the responses of a run: nothing of its own, or rewards with weights.
///
/// score = Σ weight · score of the reward, over those that have an opinion, in the order of the list, as TRL's
/// `reward_weights` do. Where nothing is listed, each row's own rule scores.
public struct RewardPlan: Sendable, Equatable {
  /// One reward of the list.
  public struct Part: Sendable, Equatable {
    /// Its name among the components.
    public var name: String

    /// What its score is multiplied with.
    public var weight: Double

    /// What scores.
    public var source: Source

    /// The score that stands in where it fails: `error`.
    public var failureScore: Double

    /// Creates a reward.
    public init(name: String, weight: Double = 1, source: Source, failureScore: Double = 0) {
      self.name = name
      self.weight = weight
      self.source = source
      self.failureScore = failureScore
    }
  }

  /// What scores.
  public enum Source: Sendable, Equatable {
    /// The rule that each row's `data_source` names.
    case task
    /// One rule for all rows.
    case rule(RewardRule)
    /// A program.
    case program(ProgramReward)
  }

  /// The rewards, in the order in which they are added up; their names differ.
  public var parts: [Part]

  /// Where programs in responses are run.
  public var sandbox = SandboxSettings()

  /// A plan of these rewards.
  public init(_ parts: [Part] = []) {
    self.parts = parts
  }

  /// The rule that rows are read with: whether they need an answer, and whether their data source has to be known.
  ///
  /// Nil where each row's data source decides.
  public var rowRule: RewardRule? {
    if parts.isEmpty || parts.contains(where: { $0.source == .task }) { return nil }
    let rules = parts.compactMap { part -> RewardRule? in
      guard case .rule(let rule) = part.source else { return nil }
      return rule
    }
    return rules.first { $0.name.needsGroundTruth } ?? RewardRule(.ofTheRun)
  }

  /// Whether programs in responses to `problems` are run.
  public func needsSandbox(for problems: [Problem]) -> Bool {
    let asksRows = parts.isEmpty || parts.contains { $0.source == .task }
    let isNamed = parts.contains { if case .rule(let rule) = $0.source { rule.name == .code } else { false } }
    return isNamed || asksRows && problems.contains { $0.reward.name == .code }
  }

  /// The verdict that the rewards' opinions on one response come to.
  ///
  /// - Parameter opinions: One for each part, in order.
  /// - Returns: The verdict.
  func verdict(_ opinions: [Opinion]) -> Verdict {
    var (score, components, extras) = (0.0, [String: Double](), [String: Double]())
    for (part, opinion) in zip(parts, opinions) {
      if let value = scored(opinion, part) {
        score += part.weight * value
        components[part.name] = value
      }
      for (name, value) in opinion.extras {
        extras[parts.count == 1 ? name : "\(part.name)/\(name)"] = value
      }
    }
    guard Float(score).isFinite else {
      return .failure(.error, "the weighted sum of the rewards is \(score)")
    }
    // As a Double, so that a weight or a score which Float does not have is not rounded here.
    extras["acc"] = opinions.lazy.compactMap { $0.extras["acc"] }.first ?? score
    return Verdict(
      score: Float(score), extracted: opinions.lazy.compactMap(\.extracted).first, reason: reason(opinions),
      kind: kind(opinions, accuracy: extras["acc"] ?? score), extras: extras, components: components)
  }

  private func scored(_ opinion: Opinion, _ part: Part) -> Double? {
    opinion.kind?.isFailure == true ? part.failureScore : opinion.score
  }

  /// A failure where a reward failed; `unparsed` where one found no answer; else what `accuracy` says.
  private func kind(_ opinions: [Opinion], accuracy: Double) -> Verdict.Kind {
    let kinds = opinions.compactMap(\.kind)
    for kind in [Verdict.Kind.error, .timeout, .unparsed] where kinds.contains(kind) { return kind }
    if opinions.allSatisfy({ $0.score == nil }) { return .error }
    return opinions.count == 1 ? kinds.first ?? Verdict.Kind(accuracy: accuracy) : .init(accuracy: accuracy)
  }

  private func reason(_ opinions: [Opinion]) -> String {
    if opinions.allSatisfy({ $0.score == nil && $0.kind == nil }) { return "no reward has an opinion" }
    let said = zip(parts, opinions).map { part, opinion in
      let text = opinion.reason.isEmpty ? opinion.score.map { "\($0)" } ?? "no opinion" : opinion.reason
      return parts.count == 1 ? text : "\(part.name): \(text)"
    }
    return said.joined(separator: "; ")
  }
}
