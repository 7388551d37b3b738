/// The rewards there are: their names in `reward.name`, the data sources they score unasked, and their
/// verifiers.
///
/// | reward | scores rows whose `data_source` is | needs an answer | rule |
/// |---|---|---|---|
/// | `exact` | `custom` | yes | the final answer is the row's, as text or as a number |
/// | `gsm8k` | `openai/gsm8k` | yes | verl's rule for GSM8K |
/// | `keywords` | – | no | every keyword occurs |
/// | `mini/add` … `mini/words` | the same name | yes | the rule of the built-in kind |
///
/// A new family of tasks is one name here and one verifier beside it; see ``OwnVerifier`` for verifiers that are
/// no part of this program.
public struct RewardName: RawRepresentable, Sendable, Hashable, CaseIterable {
  /// The name as a run writes it.
  public let rawValue: String

  /// The final answer equals the ground truth; see ``ExactVerifier``.
  public static let exact = Self(known: "exact")

  /// The rule of verl's `gsm8k.py`; see ``GSM8KVerifier``.
  public static let gsm8k = Self(known: "gsm8k")

  /// Every keyword occurs in the response; see ``KeywordsVerifier``.
  public static let keywords = Self(known: "keywords")

  /// Built-in sums; see ``MiniatureKind/add``.
  public static let miniatureAdd = Self(known: "mini/add")

  /// Built-in differences; see ``MiniatureKind/sub``.
  public static let miniatureSub = Self(known: "mini/sub")

  /// Built-in sequences; see ``MiniatureKind/next``.
  public static let miniatureNext = Self(known: "mini/next")

  /// Built-in reversals; see ``MiniatureKind/reverse``.
  public static let miniatureReverse = Self(known: "mini/reverse")

  /// Built-in sorting; see ``MiniatureKind/sort``.
  public static let miniatureSort = Self(known: "mini/sort")

  /// Built-in word lists; see ``MiniatureKind/words``.
  public static let miniatureWords = Self(known: "mini/words")

  /// None of these: the run's own rewards score the row, whatever its data source; see ``RewardPlan``.
  public static let ofTheRun = Self(known: "rewards")

  /// The rewards of this program.
  public static let allCases = [
    exact, gsm8k, keywords, miniatureAdd, miniatureSub, miniatureNext, miniatureReverse, miniatureSort,
    miniatureWords,
  ]

  /// The reward called `rawValue`, of this program or registered; nil where there is none.
  public init?(rawValue: String) {
    let known = Self.allCases + [.ofTheRun]
    guard known.contains(where: { $0.rawValue == rawValue }) || Self.own(rawValue) != nil else { return nil }
    self.init(known: rawValue)
  }

  private init(known rawValue: String) { self.rawValue = rawValue }

  /// The reward that scores rows of `dataSource` when the run names none; nil where there is none.
  public init?(dataSource: String) {
    if let name = Self.allCases.first(where: { $0.dataSource == dataSource }) {
      self = name
    } else if let own = VerifierRegistry.ownVerifiers.first(where: { $0.dataSources.contains(dataSource) }) {
      self.init(known: own.name)
    } else {
      return nil
    }
  }

  /// The `data_source` of the rows this reward scores unasked; nil where there is none, or several may be.
  public var dataSource: String? {
    switch self {
    case .exact: "custom"
    case .gsm8k: "openai/gsm8k"
    case .keywords, .ofTheRun: nil
    default: rawValue.hasPrefix("mini/") ? rawValue : nil
    }
  }

  /// Whether a row without an answer cannot be scored.
  public var needsGroundTruth: Bool {
    if let own = Self.own(rawValue) { return own.needsGroundTruth }
    return self != .keywords && self != .ofTheRun
  }

  /// The registered verifier called `name`.
  fileprivate static func own(_ name: String) -> OwnVerifier? {
    VerifierRegistry.ownVerifiers.first { $0.name == name }
  }
}

/// A reward with its options, as a run or a data source names it.
public struct RewardRule: Sendable, Equatable {
  /// The reward.
  public let name: RewardName

  /// What `keywords` looks for; the other rewards do not read it.
  public let keywords: [String]

  /// The rule `name`; `keywords` are those of the first reference script unless given.
  public init(_ name: RewardName, keywords: [String] = ["def", "return"]) {
    self.name = name
    self.keywords = keywords
  }

  /// The verdict on `response` to `problem` by this rule.
  func verdict(_ response: String, _ problem: Problem, finished: Bool) -> Verdict {
    verifier.score(response: response, problem: problem, finished: finished)
  }

  private var verifier: any Verifier {
    switch name {
    case .exact: ExactVerifier()
    case .gsm8k: GSM8KVerifier()
    case .keywords: KeywordsVerifier(keywords: keywords)
    case .miniatureAdd, .miniatureSub, .miniatureNext: LastFieldVerifier()
    case .miniatureReverse, .miniatureSort: WholeTextVerifier()
    case .miniatureWords: WordsVerifier()
    default: RewardName.own(name.rawValue)?.verifier ?? NoVerifier()
    }
  }
}

/// Says that nobody scores: what is asked for a row of the run's own rewards where the run has none.
private struct NoVerifier: Verifier {
  func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    .failure(.error, "no reward scores this row")
  }
}
