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
/// A new family of tasks is one case here and one verifier beside it.
public enum RewardName: String, Sendable, CaseIterable {
  /// The final answer equals the ground truth; see ``ExactVerifier``.
  case exact

  /// The rule of verl's `gsm8k.py`; see ``GSM8KVerifier``.
  case gsm8k

  /// Every keyword occurs in the response; see ``KeywordsVerifier``.
  case keywords

  /// Built-in sums; see ``MiniatureKind/add``.
  case miniatureAdd = "mini/add"

  /// Built-in differences; see ``MiniatureKind/sub``.
  case miniatureSub = "mini/sub"

  /// Built-in sequences; see ``MiniatureKind/next``.
  case miniatureNext = "mini/next"

  /// Built-in reversals; see ``MiniatureKind/reverse``.
  case miniatureReverse = "mini/reverse"

  /// Built-in sorting; see ``MiniatureKind/sort``.
  case miniatureSort = "mini/sort"

  /// Built-in word lists; see ``MiniatureKind/words``.
  case miniatureWords = "mini/words"

  /// The reward that scores rows of `dataSource` when the run names none; nil where there is none.
  public init?(dataSource: String) {
    guard let name = Self.allCases.first(where: { $0.dataSource == dataSource }) else { return nil }
    self = name
  }

  /// The `data_source` of the rows this reward scores unasked.
  public var dataSource: String? {
    switch self {
    case .exact: "custom"
    case .gsm8k: "openai/gsm8k"
    case .keywords: nil
    default: rawValue
    }
  }

  /// Whether a row without an answer cannot be scored.
  public var needsGroundTruth: Bool { self != .keywords }
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

  var verifier: any Verifier {
    switch name {
    case .exact: ExactVerifier()
    case .gsm8k: GSM8KVerifier()
    case .keywords: KeywordsVerifier(keywords: keywords)
    case .miniatureAdd, .miniatureSub, .miniatureNext: LastFieldVerifier()
    case .miniatureReverse, .miniatureSort: WholeTextVerifier()
    case .miniatureWords: WordsVerifier()
    }
  }
}
