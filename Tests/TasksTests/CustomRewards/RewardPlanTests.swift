import Tasks
import Testing

/// Scores by what the response says: `c` for 1, `h` for 0.5, `m` for -1, else 0.
private struct LetterVerifier: Verifier {
  func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    let scores: [String: Float] = ["c": 1, "h": 0.5, "m": -1]
    return Verdict(score: scores[response] ?? 0, extracted: response, reason: "letter \(response)")
  }
}

@Suite("Several rewards")
struct RewardPlanTests {
  /// Registers the verifier once, whatever tests run.
  static let letters: RewardName? = {
    VerifierRegistry.register(
      OwnVerifier(
        "letters", dataSources: ["own/letters"], needsGroundTruth: false, verifier: LetterVerifier()))
    return RewardName(rawValue: "letters")
  }()

  private static func scorer(_ parts: [(String, Double, RewardPlan.Source)]) throws -> RewardScorer {
    try RewardScorer(RewardPlan(parts.map { .init(name: $0.0, weight: $0.1, source: $0.2) }))
  }

  private static func rule(_ name: RewardName, keywords: [String] = []) -> RewardPlan.Source {
    .rule(RewardRule(name, keywords: keywords))
  }

  @Test("without a list each row's own rule scores, without components")
  func noList() {
    let scorer = RewardScorer()
    let row = Problem(
      dataSource: "custom", prompt: .text("?"), groundTruth: "4", reward: RewardRule(.exact), origin: "test")
    for (response, kind) in [("4", Verdict.Kind.correct), ("5", .wrong)] {
      let verdict = scorer.score(response: response, problem: row, finished: true)
      #expect(verdict == VerifierRegistry.score(response: response, problem: row, finished: true))
      #expect(
        verdict.kind == kind && verdict.components.isEmpty && verdict.extras == ["acc": Double(verdict.score)]
      )
    }
    #expect(scorer.score(response: "#### 4", problem: row, finished: false).kind == .unparsed)
    #expect(scorer.score(response: "4", problem: problem(), finished: true).kind == .error)
  }

  @Test("numbers that rewards may give are told from those that none does")
  func names() throws {
    _ = try #require(Self.letters)
    let program = RewardPlan.Source.program(try .program(["true"]))
    let one = RewardPlan([.init(name: "judge", source: program)])
    #expect(
      one.given == ["acc", "judge"] && one.mayGive("acc") && one.mayGive("judge") && one.mayGive("length"))
    // Of several rewards, what one gives has its name before it.
    let two = RewardPlan([
      .init(name: "judge", source: program), .init(name: "words", source: Self.rule(.keywords)),
    ])
    #expect(two.given == ["acc", "judge", "words"] && two.mayGive("words") && two.mayGive("judge/length"))
    #expect(!two.mayGive("length") && !two.mayGive("other/length") && !two.mayGive("jud"))
    // A verifier is registered, which may give anything.
    #expect(RewardPlan().mayGive("length") && two.mayGive("words/length"))
  }

  @Test("the score is the weighted sum, the components are before weights")
  func weights() throws {
    let letters = try #require(Self.letters)
    let scorer = try Self.scorer([
      ("first", 0.1, Self.rule(letters)), ("second", 2, Self.rule(.keywords, keywords: ["h"])),
      ("third", -0.5, Self.rule(.keywords)),
    ])
    let verdict = scorer.score(response: "h", problem: problem(), finished: true)
    #expect(verdict.components == ["first": 0.5, "second": 1, "third": 1])
    #expect(verdict.score == Float(0.1 * 0.5 + 2 * 1 - 0.5 * 1))
    // What is right is what the first reward of the list says.
    #expect(verdict.extras["acc"] == 0.5 && verdict.kind == .partial && verdict.extracted == "h")
    #expect(verdict.extras["second/acc"] == 1 && verdict.reason.hasPrefix("first: letter h; second: "))
    #expect(verdict.numbers["second"] == 1 && verdict.numbers["acc"] == 0.5)
    #expect(verdict.numbers.count == verdict.extras.count + 3)
  }

  @Test("a registered verifier is a reward like any other")
  func registered() throws {
    let letters = try #require(Self.letters)
    #expect(RewardName(dataSource: "own/letters") == letters && !letters.needsGroundTruth)
    #expect(VerifierRegistry.names.contains("letters") && !RewardName.allCases.contains(letters))
    let row = Problem(
      dataSource: "own/letters", prompt: .text("?"), groundTruth: "", reward: RewardRule(letters),
      origin: "test")
    let scorer = RewardScorer()
    #expect(scorer.score(response: "m", problem: row, finished: true).score == -1)
    #expect(scorer.score(response: "m", problem: row, finished: true).kind == .wrong)
    let task = try Self.scorer([("task", 1, .task)])
    #expect(task.score(response: "c", problem: row, finished: true).components == ["task": 1])
  }

  @Test("a row needs what the rewards of the list need")
  func rowRules() {
    let plan = { (sources: [RewardPlan.Source]) in
      RewardPlan(sources.enumerated().map { .init(name: "\($0.offset)", source: $0.element) }).rowRule?.name
    }
    #expect(plan([]) == nil && plan([.task]) == nil && plan([Self.rule(.exact), .task]) == nil)
    #expect(plan([Self.rule(.keywords)]) == .ofTheRun)
    #expect(plan([Self.rule(.keywords), Self.rule(.exact)]) == .exact)
  }

  @Test("a reward without an opinion leaves the sum to the others, a failing one its stand-in")
  func opinions() throws {
    guard hasPython else { return }
    let bench = try RewardBench(
      python: """
        for r in requests():
            if r["response"] == "c": write(json.dumps({"id": r["id"], "error": "broken"}))
            else: say(r["id"], None if r["response"] == "h" else 3.0, own=1.5)
        """)
    let letters = try #require(Self.letters)
    let scorer = try RewardScorer(
      RewardPlan([
        .init(name: "own", weight: 10, source: .program(bench.program), failureScore: -1),
        .init(name: "letters", source: Self.rule(letters)),
      ]))
    let verdicts = try scorer.verdicts(["c", "h", "m"], problem())
    #expect(verdicts.map(\.score) == [-9, 0.5, 29])
    #expect(verdicts.map(\.kind) == [.error, .partial, .wrong])
    #expect(
      verdicts.map(\.components) == [
        ["own": -1, "letters": 1], ["letters": 0.5], ["own": 3, "letters": -1],
      ])
    #expect(verdicts[2].extras == ["acc": -1, "letters/acc": -1, "own/own": 1.5])
    #expect(verdicts[0].reason == "own: broken; letters: letter c")
    let alone = try bench.scorer().verdicts(["h"], problem())[0]
    #expect(alone.kind == .error && alone.reason == "no reward has an opinion" && alone.components.isEmpty)
  }

  @Test("the order in which programs answer changes no verdict")
  func orderOfAnswers() throws {
    guard hasPython else { return }
    let slow = try RewardBench(python: "for r in requests(): time.sleep(0.01); say(r['id'], 0.1)")
    let quick = try RewardBench(python: "for r in requests(): say(r['id'], len(r['response']) * 0.7)")
    let plan = { (first: RewardBench, second: RewardBench) in
      try RewardScorer(
        RewardPlan([
          .init(name: "a", weight: 0.3, source: .program(first.program)),
          .init(name: "b", weight: 0.9, source: .program(second.program)),
        ]))
    }
    let responses = (0..<20).map { String(repeating: "x", count: $0) }
    let verdicts = try plan(slow, quick).verdicts(responses, problem())
    for (index, verdict) in verdicts.enumerated() {
      #expect(verdict.score == Float(0.3 * 0.1 + 0.9 * (Double(index) * 0.7)))
    }
    #expect(try plan(slow, quick).verdicts(responses.reversed(), problem()) == verdicts.reversed())
  }

  @Test("a sum that Float does not have is an error")
  func overflow() throws {
    let letters = try #require(Self.letters)
    let verdict = try Self.scorer([("a", 1e39, Self.rule(letters))])
      .score(response: "c", problem: problem(), finished: true)
    #expect(verdict.kind == .error && verdict.score == 0 && verdict.reason.contains("1e+39"))
  }
}
