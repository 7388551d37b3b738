/// What a verifier says about one response.
public struct Verdict: Sendable, Equatable {
  /// The reward, from 0 to 1.
  public let score: Float

  /// The answer found in the response, shortened to 200 characters; nil where none was found.
  public let extracted: String?

  /// Why the score is what it is, for a reader of the rollouts.
  public let reason: String

  /// Creates a verdict.
  public init(score: Float, extracted: String?, reason: String) {
    self.score = score
    self.extracted = extracted.map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(200))) }
    self.reason = reason
  }
}
