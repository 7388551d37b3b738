/// What one reward of a run says about a response, before weights.
struct Opinion: Sendable, Equatable {
  /// The score, finite; nil where the reward has no opinion.
  var score: Double?

  /// The kind, where the reward itself says it or has failed.
  var kind: Verdict.Kind?
  var extracted: String?
  var reason = ""

  /// Finite numbers by name, as the reward returned them.
  var extras: [String: Double] = [:]

  /// The reward failed.
  static func failure(_ kind: Verdict.Kind, _ reason: String) -> Opinion {
    Opinion(score: nil, kind: kind, reason: reason)
  }
}

extension Opinion {
  /// What a verifier says.
  init(_ verdict: Verdict) {
    self.init(
      score: verdict.kind.isFailure ? nil : Double(verdict.score), kind: verdict.kind,
      extracted: verdict.extracted, reason: verdict.reason, extras: verdict.extras)
  }
}
