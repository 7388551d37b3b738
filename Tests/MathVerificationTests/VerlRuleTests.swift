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
}
