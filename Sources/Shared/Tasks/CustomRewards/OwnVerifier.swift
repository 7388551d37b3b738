import Synchronization

/// A verifier of the user's own, with the name by which a run or a data set asks for it.
///
/// ```swift
/// /// 1 for an answer of at most ten words.
/// struct BrevityVerifier: Verifier {
///   func score(response: String, problem: Problem, finished: Bool) -> Verdict {
///     let words = response.split(separator: " ").count
///     return Verdict(score: words <= 10 ? 1 : 0, extracted: "\(words)", reason: "\(words) words")
///   }
/// }
///
/// VerifierRegistry.register(OwnVerifier("brevity", needsGroundTruth: false, verifier: BrevityVerifier()))
/// ```
public struct OwnVerifier: Sendable {
  /// Its name in `reward.name` and `reward.rewards`.
  public let name: String

  /// The data sources whose rows it scores unasked.
  public let dataSources: [String]

  /// Whether a row without an answer cannot be scored.
  public let needsGroundTruth: Bool

  /// What scores.
  public let verifier: any Verifier

  /// Creates the entry.
  public init(
    _ name: String, dataSources: [String] = [], needsGroundTruth: Bool = true, verifier: any Verifier
  ) {
    self.name = name
    self.dataSources = dataSources
    self.needsGroundTruth = needsGroundTruth
    self.verifier = verifier
  }

  /// The verifiers that every run of this build has beside those of ``RewardName``: add yours here.
  static let all: [OwnVerifier] = []
}

extension VerifierRegistry {
  /// Adds a verifier, on every rank before it reads its configuration.
  ///
  /// - Precondition: Neither a built-in reward nor another one has its name or one of its data sources.
  public static func register(_ own: OwnVerifier) {
    let isNew =
      RewardName(rawValue: own.name) == nil && own.name != RewardName.ofTheRun.rawValue
      && own.dataSources.allSatisfy { RewardName(dataSource: $0) == nil }
    precondition(isNew, "VerifierRegistry: there is a reward `\(own.name)`, or one of its data sources")
    registered.withLock { $0.append(own) }
  }

  /// The names that `reward.name` may have.
  public static var names: [String] {
    RewardName.allCases.map(\.rawValue) + registered.withLock { $0.map(\.name) }
  }

  /// The verifiers of the user's own, in the order in which they came.
  static var ownVerifiers: [OwnVerifier] { registered.withLock { $0 } }

  private static let registered = Mutex(OwnVerifier.all)
}
