import MathVerification

/// The rewards there are: their names in `reward.name`, the data sources they score unasked, and their
/// verifiers.
///
/// | reward | scores rows whose `data_source` is | needs an answer | rule |
/// |---|---|---|---|
/// | `exact` | `custom` | yes | the final answer is the row's, as text or as a number |
/// | `gsm8k` | `openai/gsm8k` | yes | verl's rule for GSM8K, `strict` |
/// | `gsm8k_flexible` | – | yes | the same, `flexible` |
/// | `math_reward` | `lighteval/MATH`, `DigitalLearningGmbH/MATH-lighteval`, `HuggingFaceH4/MATH-500` | yes | verl's rule for MATH |
/// | `math_dapo` | `math`, `math_dapo`, `math_dapo_reasoning`, `aime…` | yes | verl's rule for DAPO, 1 or -1 |
/// | `prime_math` | `numina_…` | yes | verl's rule for NuminaMath |
/// | `search` | `searchR1_…` | yes | the text in the last `<answer>` |
/// | `math` | `math_verify`, `prorl/math` | yes | the answer means the same |
/// | `math_anchored` | – | yes | the same, as TRL's `accuracy_reward` finds answers |
/// | `stem` | `prorl/stem` | yes | numbers with units, choices, sequences, expressions |
/// | `puzzle` | `prorl/logic`, `reasoning_gym/…` | yes | the task's own |
/// | `instruction` | `ifeval`, `prorl/instruction` | yes | the instructions that are followed |
/// | `code` | `prorl/code`, `humaneval`, `mbpp`, `stdio`, `apps`, `codecontests`, `codeforces`, `taco` | yes | tests, in a sandbox |
/// | `keywords` | – | no | every keyword occurs |
/// | `mini/add` … `mini/words` | the same name | yes | the rule of the built-in kind |
///
/// A new family of tasks is one entry here and one verifier beside it; see ``OwnVerifier`` for verifiers that are
/// no part of this program.
public struct RewardName: RawRepresentable, Sendable, Hashable, CaseIterable {
  /// The name as a run writes it.
  public let rawValue: String

  /// The final answer equals the ground truth; see ``ExactVerifier``.
  public static let exact = Self(known: "exact")

  /// The rule of verl's `gsm8k.py`.
  public static let gsm8k = Self(known: "gsm8k")

  /// Every keyword occurs in the response; see ``KeywordsVerifier``.
  public static let keywords = Self(known: "keywords")

  /// A program passes tests; see ``CodeRow``.
  public static let code = Self(known: "code")

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
  public static let allCases = Entry.all.map { Self(known: $0.name) }

  /// The reward called `rawValue`, of this program or registered; nil where there is none.
  public init?(rawValue: String) {
    let known = Self.allCases + [.ofTheRun]
    guard known.contains(where: { $0.rawValue == rawValue }) || Self.own(rawValue) != nil else { return nil }
    self.init(known: rawValue)
  }

  fileprivate init(known rawValue: String) { self.rawValue = rawValue }

  /// The reward that scores rows of `dataSource` when the run names none; nil where there is none.
  public init?(dataSource: String) {
    if let entry = Entry.all.first(where: { $0.scores(dataSource) }) {
      self.init(known: entry.name)
    } else if let own = VerifierRegistry.ownVerifiers.first(where: { $0.dataSources.contains(dataSource) }) {
      self.init(known: own.name)
    } else {
      return nil
    }
  }

  /// The `data_source`s of the rows this reward scores unasked; one that ends with `*` stands for all that begin so.
  public var dataSources: [String] { entry?.dataSources ?? [] }

  /// Whether a row without an answer cannot be scored; where the answer may be in `extra_info`, the verifier says.
  public var needsGroundTruth: Bool {
    if let own = Self.own(rawValue) { return own.needsGroundTruth }
    return self != .keywords && self != .ofTheRun && entry?.readsExtra != true
  }

  /// Whether it scores a prompt of which nothing else is known.
  var scoresBarePrompts: Bool { !needsGroundTruth && entry?.readsExtra != true }

  /// Whether a verdict takes so little time, whatever the response, that decoding may wait for it.
  var isQuick: Bool { entry?.isQuick ?? false }

  /// What scores, where it needs no sandbox.
  fileprivate var entry: Entry? { Entry.all.first { $0.name == rawValue } }

  /// The registered verifier called `name`.
  fileprivate static func own(_ name: String) -> OwnVerifier? {
    VerifierRegistry.ownVerifiers.first { $0.name == name }
  }
}

/// A reward of this program.
private struct Entry: Sendable {
  let name: String
  let dataSources: [String]
  var isQuick = true
  /// Whether the answer may be in `extra_info`.
  var readsExtra = false
  let verifier: @Sendable (RewardRule) -> any Verifier

  func scores(_ dataSource: String) -> Bool {
    dataSources.contains { known in
      known.last == "*" ? dataSource.hasPrefix(known.dropLast()) : dataSource == known
    }
  }

  static let all = general + mathematics + families + miniature

  private static let general = [
    Entry(name: "exact", dataSources: ["custom"]) { _ in ExactVerifier() },
    Entry(name: "keywords", dataSources: []) { KeywordsVerifier(keywords: $0.keywords) },
    Entry(name: "search", dataSources: ["searchR1_*"], isQuick: false) { _ in SearchAnswerVerifier() },
  ]

  private static let mathematics = [
    Entry(name: "gsm8k", dataSources: ["openai/gsm8k"]) { _ in VerlRuleVerifier(rule: GSM8KRule.strict) },
    Entry(name: "gsm8k_flexible", dataSources: []) { _ in VerlRuleVerifier(rule: GSM8KRule.flexible) },
    Entry(
      name: "math_reward",
      dataSources: ["lighteval/MATH", "DigitalLearningGmbH/MATH-lighteval", "HuggingFaceH4/MATH-500"],
      isQuick: false
    ) { _ in VerlRuleVerifier(rule: MathRewardRule.score) },
    Entry(name: "math_dapo", dataSources: ["math", "math_dapo", "math_dapo_reasoning", "aime*"]) { _ in
      VerlRuleVerifier(rule: MathDapoRule.score)
    },
    Entry(name: "prime_math", dataSources: ["numina_*"], isQuick: false) { _ in
      VerlRuleVerifier(rule: PrimeMathRule.score)
    },
    Entry(name: "math", dataSources: ["math_verify", "prorl/math"], isQuick: false) { _ in
      MathAnswerVerifier(mode: .wholeResponse)
    },
    Entry(name: "math_anchored", dataSources: [], isQuick: false) { _ in
      MathAnswerVerifier(mode: .anchoredLatex)
    },
  ]

  private static let families = [
    Entry(name: "stem", dataSources: ["prorl/stem"], isQuick: false) { _ in StemAnswerVerifier() },
    Entry(name: "puzzle", dataSources: ["prorl/logic", "reasoning_gym/*"], isQuick: false, readsExtra: true) {
      _ in
      PuzzleVerifier()
    },
    Entry(
      name: "instruction", dataSources: ["ifeval", "prorl/instruction"], isQuick: false, readsExtra: true
    ) { _ in InstructionVerifier() },
    Entry(
      name: "code",
      dataSources: [
        "prorl/code", "humaneval", "mbpp", "stdio", "apps", "codecontests", "codeforces", "taco",
      ], isQuick: false, readsExtra: true
    ) { _ in CodeRowVerifier() },
  ]

  private static let miniature: [Entry] = [
    Entry(name: "mini/add", dataSources: ["mini/add"]) { _ in LastFieldVerifier() },
    Entry(name: "mini/sub", dataSources: ["mini/sub"]) { _ in LastFieldVerifier() },
    Entry(name: "mini/next", dataSources: ["mini/next"]) { _ in LastFieldVerifier() },
    Entry(name: "mini/reverse", dataSources: ["mini/reverse"]) { _ in WholeTextVerifier() },
    Entry(name: "mini/sort", dataSources: ["mini/sort"]) { _ in WholeTextVerifier() },
    Entry(name: "mini/words", dataSources: ["mini/words"]) { _ in WordsVerifier() },
  ]
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

  /// What keeps `problem` from being scored by this rule; nil where nothing does.
  func fault(of problem: Problem) -> String? { verifier.fault(of: problem) }

  private var verifier: any Verifier {
    name.entry?.verifier(self) ?? RewardName.own(name.rawValue)?.verifier ?? NoVerifier()
  }
}

/// Says that nobody scores: what is asked for a row of the run's own rewards where the run has none.
private struct NoVerifier: Verifier {
  func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    .failure(.error, "no reward scores this row")
  }
}
