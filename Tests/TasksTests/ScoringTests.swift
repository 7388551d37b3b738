import Tasks
import Testing

/// A response with what its verifier should say.
struct Scored: Sendable, CustomTestStringConvertible {
  let response: String
  let truth: String
  let score: Float
  var finished = true

  init(_ response: String, _ truth: String, _ score: Float, finished: Bool = true) {
    self.response = response
    self.truth = truth
    self.score = score
    self.finished = finished
  }

  var testDescription: String { "\(response.prefix(40).debugDescription) for \(truth)" }

  func verdict(_ reward: RewardName) -> Verdict {
    let problem = Problem(
      dataSource: "test", prompt: .text("?"), groundTruth: truth, reward: RewardRule(reward), origin: "test")
    return VerifierRegistry.score(response: response, problem: problem, finished: finished)
  }
}

@Suite("Scoring")
struct ScoringTests {
  static let nines = String(repeating: "9", count: 1 << 20)
  static let hashes = String(repeating: "#### ", count: 1 << 18)
  static let boxes = String(repeating: "\\boxed{", count: 1 << 17)

  static let nonsense = [
    "", " ", "\n", "\u{0}", "\u{0}\u{0}\u{0}", "🙂", " 👩‍👩‍👧‍👦 🏳️‍🌈", "e\u{301}", "\u{FFFD}", "\r\n\r\n", "####",
    "#### ",
    "#### -", "\\boxed{", "\\boxed{}", "}", "\\boxed{{{", "-", ".", ",", "+", "1,,2", "1.2.3", "nan", "inf",
    "--5",
  ]

  static let longNonsense = [
    nines, hashes, boxes, String(repeating: " ", count: 1 << 20), String(repeating: "\u{0}", count: 1 << 20),
    String(repeating: "\u{301}", count: 1 << 18), String(repeating: "de", count: 1 << 19),
  ]

  @Test("nonsense scores 0 by every reward, with a reason", arguments: RewardName.allCases)
  func nonsense(reward: RewardName) {
    // As in verl, whose rule drops all commas.
    let allowed = reward.rawValue == "prime_math" ? "1,,2" : nil
    for response in Self.nonsense where response != allowed {
      for truth in ["12", "bbk", "a b c d", "\u{1F642}x"] { expectZero(response, truth, reward) }
    }
  }

  @Test("a megabyte of it does too", arguments: RewardName.allCases)
  func longNonsense(reward: RewardName) {
    for response in Self.longNonsense { expectZero(response, "12", reward) }
  }

  private func expectZero(_ response: String, _ truth: String, _ reward: RewardName) {
    for finished in [true, false] {
      let verdict = Scored(response, truth, 0, finished: finished).verdict(reward)
      #expect(verdict.score <= 0, "\(response.prefix(20).debugDescription) for \(truth)")
      #expect((verdict.extracted ?? "").unicodeScalars.count <= 200)
      #expect(!verdict.reason.isEmpty)
    }
  }

  @Test("an empty ground truth is no trap", arguments: RewardName.allCases)
  func emptyTruth(reward: RewardName) {
    for response in Self.nonsense {
      let verdict = Scored(response, "", 0).verdict(reward)
      #expect((-1...1).contains(verdict.score))
    }
  }

  @Test("the final answer is held to the ground truth", arguments: exactRows)
  func exact(row: Scored) {
    #expect(row.verdict(.exact).score == row.score)
  }

  static let exactRows = [
    Scored("so it is 12.\n#### 12", "12", 1),
    Scored("#### 12\n", "12", 1),
    Scored("####12", "12", 1),
    Scored("####\n12", "12", 1),
    Scored("#### 12\nI am sure.", "12", 1),
    Scored("#### 12 apples", "12", 0),
    Scored("#### 12\n#### 13", "12", 0),
    Scored("#### 13\n#### 12", "12", 1),
    Scored("\\boxed{12}", "12", 1),
    Scored("\\boxed{1} then \\boxed{12}", "12", 1),
    Scored("\\boxed{12} then \\boxed{1}", "12", 0),
    Scored("\\boxed{\\frac{1}{2}}", "\\frac{1}{2}", 1),
    Scored("#### \\boxed{12}", "12", 1),
    Scored("\\boxed{13} #### 12", "12", 1),
    Scored("#### 12 \\boxed{13", "12", 0),
    Scored(" Paris\n", "Paris", 1),
    Scored("paris", "Paris", 0),
    Scored("The answer is 12", "12", 0),
    Scored("1,000.0", "1000", 1),
    Scored("1000", "1,000", 1),
    Scored("10,00", "1000", 0),
    Scored("+07", "7", 1),
    Scored("-0", "0", 1),
    Scored("-7", "7", 0),
    Scored(".5", "0.50", 1),
    Scored("5.", "5", 1),
    Scored("0.30000000000000001", "0.3", 0),
    Scored("123456789012345678901234567890.10", "123456789012345678901234567890.1", 1),
    Scored("1e3", "1000", 0),
    Scored("½", "0.5", 0),
    Scored("caf\u{65}\u{301}", "caf\u{E9}", 0),
    Scored("12\u{0}", "12", 0),
    Scored("🙂", "🙂", 1),
    Scored(nines, "9", 0),
    Scored(nines + "\n#### 9", "9", 1),
    Scored("", "12", 0),
    Scored("#### 12", "12", 0, finished: false),
    Scored("#### 12\nand", "12", 1, finished: false),
    Scored("12", "12", 0, finished: false),
    Scored("\\boxed{12} and", "12", 1, finished: false),
    Scored("\\boxed{12", "12", 0, finished: false),
  ]

  @Test("GSM8K scores are verl's", arguments: gsm8kRows)
  func gsm8k(row: (response: String, truth: String, extracted: String?, score: Float)) {
    for finished in [true, false] {
      let verdict = Scored(row.response, row.truth, row.score, finished: finished).verdict(.gsm8k)
      #expect(verdict.score == row.score)
      #expect(verdict.extracted == row.extracted)
    }
  }

  /// What verl's own `gsm8k.py`, method `strict`, extracts and scores.
  static let gsm8kRows: [(response: String, truth: String, extracted: String?, score: Float)] = [
    ("So 48+24=72.\n#### 72", "72", "72", 1),
    ("####72", "72", nil, 0),
    ("####  72", "72", nil, 0),
    ("#### 72\n#### 71", "72", "71", 0),
    ("#### 1,234", "1234", "1234", 1),
    ("#### 1234", "1234", "1234", 1),
    ("#### -5", "5", "-5", 0),
    ("The answer is 72", "72", nil, 0),
    ("", "72", nil, 0),
    (".", "72", nil, 0),
    ("#### 0.5", "0.5", "0.5", 1),
    ("#### 0.50", "0.5", "0.50", 0),
    ("#### 72" + String(repeating: "x", count: 290), "72", "72", 1),
    ("#### 72" + String(repeating: "x", count: 300), "72", nil, 0),
    ("\\boxed{72}", "72", nil, 0),
    ("### 72", "72", nil, 0),
    ("#### 1,234", "1,234", "1234", 0),
    ("#### 72,", "72", "72", 1),
    ("#### 72%", "72", "72", 1),
    ("####\n72", "72", nil, 0),
    ("cost: $100.00", "100", nil, 0),
    ("-3", "-3", nil, 0),
    ("#### 1,000,000", "1000000", "1000000", 1),
    ("#### 72\u{0}", "72", "72", 1),
    ("#### 72\n#### none", "72", "72", 1),
    ("##### 72", "72", "72", 1),
  ]

  @Test(
    "every keyword must occur",
    arguments: [
      ("def f(): return 1", ["def", "return"], 1),
      ("undefined, returned", ["def", "return"], 1),
      ("def f(): pass", ["def", "return"], 0),
      ("DEF f(): RETURN", ["def", "return"], 0),
      ("de\u{301}f return", ["def", "return"], 0),
      ("aabaabaaab", ["aabaaab"], 1),
      ("aabaabaabb", ["aabaaab"], 0),
      ("abcabcabd", ["abcabd"], 1),
      ("ab", ["abc"], 0),
      ("🙂", ["🙂"], 1),
      ("anything", [], 1),
      ("anything", [""], 1),
      (String(repeating: "a", count: 1 << 19), [String(repeating: "a", count: 1 << 18) + "b"], 0),
    ] as [(String, [String], Float)])
  func keywords(response: String, keywords: [String], score: Float) {
    let problem = Problem(
      dataSource: "custom", prompt: .text("?"), groundTruth: "",
      reward: RewardRule(.keywords, keywords: keywords),
      origin: "test")
    for finished in [true, false] {
      #expect(VerifierRegistry.score(response: response, problem: problem, finished: finished).score == score)
    }
  }

  @Test("the keywords are the reference script's unless given")
  func defaultKeywords() {
    #expect(RewardRule(.keywords).keywords == ["def", "return"])
  }

  @Test("a built-in sum, difference or next term is the last field", arguments: lastFieldRows)
  func lastField(row: Scored) {
    for reward in [RewardName.miniatureAdd, .miniatureSub, .miniatureNext] {
      #expect(row.verdict(reward).score == row.score)
    }
  }

  static let lastFieldRows = [
    Scored(" 7+5=12 4+8+1=13 132", "132", 1),
    Scored(" 132", "132", 1),
    Scored(" +4 5+4=9 19", "19", 1),
    Scored("132", "132", 1),
    Scored(" 132\n", "132", 1),
    Scored(" 132 130", "132", 0),
    Scored(" 4+8+1=132", "132", 0),
    Scored(" 0132", "132", 0),
    Scored(" +132", "132", 0),
    Scored(" 132.", "132", 0),
    Scored(" 132\u{0}", "132", 0),
    Scored(nines + " 132", "132", 1),
    Scored(" 132", "132", 0, finished: false),
  ]

  @Test("letters in order must be the whole response", arguments: wholeTextRows)
  func wholeText(row: Scored) {
    for reward in [RewardName.miniatureReverse, .miniatureSort] {
      #expect(row.verdict(reward).score == row.score)
    }
  }

  static let wholeTextRows = [
    Scored(" w j d k", "w j d k", 1),
    Scored("w j d k", "w j d k", 1),
    Scored(" w j d k\n", "w j d k", 1),
    Scored(" w j d", "w j d k", 0),
    Scored(" w j d k k", "w j d k", 0),
    Scored(" w  j d k", "w j d k", 0),
    Scored(" w\tj d k", "w j d k", 0),
    Scored(" W J D K", "w j d k", 0),
    Scored(" w j d k\u{0}", "w j d k", 0),
    Scored(" w j d k", "w j d k", 0, finished: false),
  ]

  @Test("words must be as many, different, known, and in the letters' order", arguments: wordRows)
  func words(row: Scored) {
    #expect(row.verdict(.miniatureWords).score == row.score)
  }

  static let wordRows = [
    Scored(" bat bus key", "bbk", 1),
    Scored(" bus bat key", "bbk", 1),
    Scored(" key", "k", 1),
    Scored(" bat bat key", "bbk", 0),
    Scored(" bat key bus", "bbk", 0),
    Scored(" bat bus", "bbk", 0),
    Scored(" bat bus key kid", "bbk", 0),
    Scored(" bat bus bed", "bbk", 0),
    Scored(" bat bus kxy", "bbk", 0),
    Scored(" bat bus keys", "bbk", 0),
    Scored(" bat bus Key", "bbk", 0),
    Scored(" bat  bus key", "bbk", 0),
    Scored(" bat, bus, key", "bbk", 0),
    Scored(" bat bus key🙂", "bbk", 0),
    Scored(" bat bus key", "bb🙂", 0),
    Scored(" bat bus key", "bbk", 0, finished: false),
  ]
}
