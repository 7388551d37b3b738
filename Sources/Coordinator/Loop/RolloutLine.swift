import Experience
import Foundation
import Tasks

/// One response as a line of `rollouts/STEP.jsonl`: verl's fields first, then ours.
struct RolloutLine: Encodable {
  let input: String
  let output: String
  let gts: String
  let score: Float
  let step: Int
  let dataSource: String
  let ordinal: Int
  let sample: Int
  let reward: Float
  let advantage: Float?
  let finish: String
  let policyVersion: Int
  let tokens: [Int32]
  let verdict: String
  let reason: String
  let extras: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case input
    case output
    case gts
    case score
    case step
    case dataSource = "data_source"
    case ordinal
    case sample
    case reward
    case advantage
    case finish
    case policyVersion = "policy_version"
    case tokens
    case verdict
    case reason
    case extras
  }

  init(
    _ response: Response, problem: Problem, group: ScoredGroup, sample: Int, step: Int, advantage: Float?
  ) {
    switch problem.prompt {
    case .text(let text): input = text
    case .messages(let messages): input = messages.map { "\($0.role): \($0.content)" }.joined(separator: "\n")
    }
    output = response.text
    gts = problem.groundTruth
    score = response.score
    self.step = step
    dataSource = problem.dataSource
    ordinal = group.ordinal
    self.sample = sample
    reward = response.reward
    self.advantage = advantage
    finish = response.finish.name
    policyVersion = group.policyVersion
    tokens = response.tokens
    verdict = response.verdict
    reason = response.reason
    extras = response.extras
  }

  /// The line, its line break included; the same response gives the same bytes.
  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = (try? encoder.encode(self)) ?? Data("{}".utf8)
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
