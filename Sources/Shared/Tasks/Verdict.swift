/// What a verifier says about one response.
public struct Verdict: Sendable, Equatable {
  /// What kind of verdict it is.
  public enum Kind: String, Sendable, Equatable, CaseIterable {
    /// The answer is right: `acc` is at least 1.
    case correct
    /// The answer is wrong: `acc` is at most 0.
    case wrong
    /// `acc` is between.
    case partial
    /// No answer was found in the response.
    case unparsed
    /// A program in the response did not end in time; the response is to blame.
    case timeout
    /// The reward failed, or did not say in time; the response is not to blame.
    case error

    /// The kind of a verdict that came to `accuracy`.
    public init(accuracy: Double) {
      self = accuracy >= 1 ? .correct : accuracy <= 0 ? .wrong : .partial
    }

    /// Whether the reward, not the response, is what failed.
    public var isFailure: Bool { self == .error }
  }

  /// The reward: from 0 to 1 by verifiers of this program, -1 or 1 by `math_dapo`, as in verl, and any finite number
  /// by rewards of the user's own.
  public let score: Float

  /// What kind of verdict it is.
  public let kind: Kind

  /// The answer found in the response, shortened to 200 characters; nil where none was found.
  public let extracted: String?

  /// Why the score is what it is, for a reader of the rollouts, shortened to 200 characters.
  public let reason: String

  /// Numbers by name; all finite.
  ///
  /// `acc` is always there: what dynamic sampling goes by unless told otherwise. It is the reward's own where
  /// it gives one, else the score. A reward that returned more numbers has them here.
  public let extras: [String: Double]

  /// The score of every reward of the run, by its name, before weights; empty where the run names none.
  ///
  /// A reward that had no opinion is missing.
  public let components: [String: Double]

  /// Creates a verdict; the kind is `unparsed` where nothing was extracted and the score is 0, unless given.
  public init(
    score: Float, extracted: String?, reason: String, kind: Kind? = nil, extras: [String: Double] = [:],
    components: [String: Double] = [:]
  ) {
    self.score = score
    self.extracted = extracted.map(shortened)
    self.reason = shortened(reason)
    let accuracy = extras["acc"] ?? Double(score)
    self.extras = extras.merging(["acc": accuracy]) { own, _ in own }
    self.components = components
    self.kind = kind ?? (extracted == nil && accuracy == 0 ? .unparsed : Kind(accuracy: accuracy))
  }

  /// All numbers by name: extras, and components whose names no extra has.
  public var numbers: [String: Double] { extras.merging(components) { extra, _ in extra } }

  /// Verdicts without a score: a reward that failed.
  static func failure(_ kind: Kind, _ reason: String) -> Verdict {
    Verdict(score: 0, extracted: nil, reason: reason, kind: kind)
  }
}

/// The first 200 scalars of `text`.
///
/// Scalars, since a character may be of any length.
private func shortened(_ text: String) -> String {
  String(String.UnicodeScalarView(text.unicodeScalars.prefix(200)))
}
