import Foundation
import Kernels
import LearnerWorker
import Models
import Safetensors
import Tensors
import TestSupport
import Testing

/// A golden model: its directory, its weights, and what PyTorch computed with them.
struct Golden {
  static let names = ["gpt2-tiny", "qwen2-tiny", "llama3-tiny", "qwen3-tiny"]

  let directory: String
  let model: LanguageModel
  let parameters: Storage<Float>
  let weights: ModelWeights
  let settings: Settings
  private let file: SafetensorsFile

  /// The fields of `golden.json`.
  struct Settings: Decodable {
    struct AdamW: Decodable {
      let lr: Double
      let betas: [Double]
      let eps: Double
      let weightDecay: Double
      let clipNorm: Double
      let losses: [Double]
      let normsBeforeClip: [Double]
      let steps: Int
    }

    let loss: Double
    let gradNorm: Double
    let clipRatioLow: Double
    let clipRatioHigh: Double
    let clipRatioC: Double
    let klBeta: Double
    let entropyCoef: Double
    let promptLengths: [Int]
    let adamw: AdamW
  }

  init(_ name: String, precision: Precision = .fp32) throws {
    directory = Golden.path(name)
    model = LanguageModel(try ModelConfiguration(directory: directory), precision: precision)
    parameters = Storage(zeros: model.parameterCount)
    weights = model.makeWeights(forTraining: true)
    try model.load(directory: directory, into: weights, keeping: parameters)
    file = try SafetensorsFile(path: directory + "/golden.safetensors")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = try Data(contentsOf: URL(fileURLWithPath: directory + "/golden.json"))
    settings = try decoder.decode(Settings.self, from: data)
  }

  /// Where the fixture `name` lies.
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/" + name
  }

  func tensor(_ name: String) throws -> Tensor {
    let tensor = Tensor(zeros: try file.entry(name).shape)
    try file.copy(name, into: tensor)
    return tensor
  }

  func integers(_ name: String) throws -> [Int32] { try file.copyIntegers(name).map { Int32($0) } }

  /// The tokens of each of the six sequences, without padding.
  func sequences() throws -> [[Int32]] {
    let (ids, mask) = (try integers("input_ids"), try integers("attention_mask"))
    let length = ids.count / 6
    return (0..<6).map { row in
      (row * length..<(row + 1) * length).filter { mask[$0] == 1 }.map { ids[$0] }
    }
  }

  /// The two groups: a prompt and its three responses.
  func groups() throws -> [TokenTree] {
    let sequences = try sequences()
    return [0, 3].map { first in
      let promptLength = settings.promptLengths[first]
      return TokenTree(
        trunk: Array(sequences[first][..<promptLength]),
        branches: sequences[first..<first + 3].map { TokenTree.Branch(tokens: Array($0[promptLength...])) })
    }
  }
}

/// The loss of the golden runs, in Double.
struct GoldenLoss {
  let golden: Golden
  let old: [Float]
  let reference: [Float]
  let advantages: [Float]
  let predictions: Int
  let tokens: Double

  init(_ golden: Golden) throws {
    self.golden = golden
    let oldTensor = try golden.tensor("old_logprobs")
    old = oldTensor.elements
    predictions = oldTensor.shape[1]
    reference = try golden.tensor("ref_logprobs").elements
    advantages = try golden.tensor("advantages").elements
    tokens = Double(try golden.integers("response_mask").reduce(0, +))
  }

  /// The entry of the `[6, L-1]` tensors that belongs to a token of group `group`.
  func entry(_ group: Int, _ token: ScoredToken) -> Int {
    let row = group * 3 + token.branch
    return row * predictions + golden.settings.promptLengths[row] + token.index - 1
  }

  /// A token's loss and its derivative.
  func token(_ group: Int, _ token: ScoredToken) -> (loss: Double, derivative: TokenDerivative) {
    let s = golden.settings
    let index = entry(group, token)
    let advantage = Double(advantages[group * 3 + token.branch])
    let logProbability = Double(token.logProbability)
    let ratio = exp(logProbability - Double(old[index]))
    let clipped = min(max(ratio, 1 - s.clipRatioLow), 1 + s.clipRatioHigh)
    var objective = -advantage * ratio
    var slope = objective
    if -advantage * clipped > objective { (objective, slope) = (-advantage * clipped, 0) }
    if advantage < 0 && -advantage * s.clipRatioC < objective {
      (objective, slope) = (-advantage * s.clipRatioC, 0)
    }
    let difference = Double(reference[index]) - logProbability
    let kl = exp(difference) - difference - 1
    let loss = objective + s.klBeta * kl - s.entropyCoef * Double(token.entropy)
    return (
      loss,
      TokenDerivative(
        logProbability: Float(slope + s.klBeta * (1 - exp(difference))), entropy: Float(-s.entropyCoef))
    )
  }

  /// The mean loss over all tokens, and its gradient by way of the fold.
  func gradient(
    _ weights: ModelWeights, retention: Workspace.Retention = .all
  ) throws -> (loss: Double, Tensor) {
    let model = golden.model
    let totals = GradientTotals(model, scale: 0x1p36)
    let pass = TreePass(model: model, temperature: 1, pieceTokens: 16, retention: retention)
    var (loss, count) = (0.0, 0)
    for (group, tree) in try golden.groups().enumerated() {
      pass.accumulate(tree, weights: weights, gradients: totals) { scored in
        let result = token(group, scored)
        loss += result.loss
        count += 1
        return result.derivative
      }
      #expect(totals.takeMagnitude().isFinite)
    }
    #expect(Double(count) == tokens)
    let gradient = Tensor(zeros: [model.parameterCount])
    unfoldGradient(totals.integers, scale: totals.scale, normalizer: tokens, into: gradient)
    return (loss / tokens, gradient)
  }
}
