import Testing

@testable import MathVerification

@Suite struct VerlRuleTests {
  private struct Row: Decodable {
    let id: String
    let fn: String
    let groundTruth: String
    let text: String
    let score: Double?
    let strictExtract: String?
    let strictScore: Double?
    let flexibleExtract: String?
    let flexibleScore: Double?
    let lastBoxed: String?
    let pred: String?
    let acc: Bool?
    let strictBoxScore: Double?
    let strictBoxPred: String?
  }

  private func rows(_ function: String) throws -> [Row] {
    let rows = try goldenLines("verl_reward", as: Row.self).filter { $0.fn == function }
    try #require(!rows.isEmpty)
    return rows
  }

  @Test func `gsm8k finds and scores what verl does, strictly and flexibly`() throws {
    for row in try rows("gsm8k") {
      let strict = GSM8KRule.strict(row.text, groundTruth: row.groundTruth)
      #expect(strict == RuleScore(score: row.strictScore ?? 0, extracted: row.strictExtract), "\(row.id)")
      let flexible = GSM8KRule.flexible(row.text, groundTruth: row.groundTruth)
      #expect(
        flexible == RuleScore(score: row.flexibleScore ?? 0, extracted: row.flexibleExtract), "\(row.id)")
    }
  }

  @Test func `math_reward finds the box and scores as verl does`() throws {
    for row in try rows("math_reward") {
      #expect(Extraction.lastBox(in: row.text) == row.lastBoxed, "\(row.id)")
      #expect(MathRewardRule.score(row.text, groundTruth: row.groundTruth).score == row.score, "\(row.id)")
    }
  }

  @Test func `math_dapo predicts and scores as verl does`() throws {
    for row in try rows("math_dapo") {
      let verdict = MathDapoRule.score(row.text, groundTruth: row.groundTruth)
      #expect(verdict == RuleScore(score: row.score ?? 0, extracted: row.pred), "\(row.id)")
      #expect(verdict.isRight == row.acc, "\(row.id)")
      let box = MathDapoRule.strictBox(row.text, groundTruth: row.groundTruth)
      #expect(box == RuleScore(score: row.strictBoxScore ?? 0, extracted: row.strictBoxPred), "\(row.id)")
    }
  }

  private struct PrimeRow: Decodable {
    let id: String
    let gold: String
    let text: String
    let score: Double
    let extracted: String
  }

  @Test func `prime_math finds and scores what verl does`() throws {
    var wrong: [String] = []
    for row in try goldenLines("prime_math", as: PrimeRow.self) {
      let verdict = PrimeMathRule.score(row.text, groundTruth: row.gold)
      #expect(verdict.extracted == row.extracted, "\(row.id): \(row.text)")
      if verdict.score != row.score {
        wrong.append("\(row.id): \(row.text) for \(row.gold), \(row.extracted), \(row.score)")
      }
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
  }

  @Test(arguments: [
    ("openai/gsm8k", VerlRule.gsm8k), ("lighteval/MATH", .mathReward),
    ("DigitalLearningGmbH/MATH-lighteval", .mathReward), ("HuggingFaceH4/MATH-500", .mathReward),
    ("math", .mathDapo), ("math_dapo", .mathDapo), ("math_dapo_reasoning", .mathDapo),
    ("aime2024", .mathDapo),
    ("numina_cn_k12", .primeMath), ("numina_olympiads", .primeMath), ("codecontests", nil), ("numina", nil),
    ("math_reward", nil), ("", nil),
  ])
  func `a data source has verl's rule`(dataSource: String, rule: VerlRule?) {
    #expect(VerlRule(dataSource: dataSource) == rule)
  }

  @Test(arguments: [
    (VerlRule.gsm8k, "#### 5", 1.0, 0.0), (.mathReward, "\\boxed{5}", 1, 0), (.mathDapo, "Answer: 5", 1, -1),
    (.primeMath, "x = 5 cm", 1, 0),
  ])
  func `a rule scores in its own range`(rule: VerlRule, response: String, right: Double, wrong: Double) {
    #expect(rule.score(response, groundTruth: "5").score == right)
    #expect(rule.score(response, groundTruth: "6").score == wrong)
  }
}
