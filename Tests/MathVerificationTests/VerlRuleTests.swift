import Testing

@testable import MathVerification

@Suite struct VerlRuleTests {
  private struct Row: Decodable {
    let id: String
    let fn: String
    let ground_truth: String
    let text: String
    let score: Double?
    let strict_extract: String?
    let strict_score: Double?
    let flexible_extract: String?
    let flexible_score: Double?
    let last_boxed: String?
    let pred: String?
    let acc: Bool?
    let strict_box_score: Double?
    let strict_box_pred: String?
  }

  private func rows(_ function: String) throws -> [Row] {
    let rows = try goldenLines("verl_reward", as: Row.self).filter { $0.fn == function }
    try #require(!rows.isEmpty)
    return rows
  }

  @Test func `gsm8k finds and scores what verl does, strictly and flexibly`() throws {
    for row in try rows("gsm8k") {
      let strict = GSM8KRule.strict(row.text, groundTruth: row.ground_truth)
      #expect(strict == RuleScore(score: row.strict_score ?? 0, extracted: row.strict_extract), "\(row.id)")
      let flexible = GSM8KRule.flexible(row.text, groundTruth: row.ground_truth)
      #expect(flexible == RuleScore(score: row.flexible_score ?? 0, extracted: row.flexible_extract), "\(row.id)")
    }
  }

  @Test func `math_reward finds the box and scores as verl does`() throws {
    for row in try rows("math_reward") {
      #expect(Extraction.lastBox(in: row.text) == row.last_boxed, "\(row.id)")
      #expect(MathRewardRule.score(row.text, groundTruth: row.ground_truth).score == row.score, "\(row.id)")
    }
  }

  @Test func `math_dapo predicts and scores as verl does`() throws {
    for row in try rows("math_dapo") {
      let verdict = MathDapoRule.score(row.text, groundTruth: row.ground_truth)
      #expect(verdict == RuleScore(score: row.score ?? 0, extracted: row.pred), "\(row.id)")
      #expect(verdict.isRight == row.acc, "\(row.id)")
      let box = MathDapoRule.strictBox(row.text, groundTruth: row.ground_truth)
      #expect(box == RuleScore(score: row.strict_box_score ?? 0, extracted: row.strict_box_pred), "\(row.id)")
    }
  }
}
