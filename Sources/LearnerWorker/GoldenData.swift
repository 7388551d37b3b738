import Foundation
import Kernels
import PolicyOptimization
import Safetensors
import Tensors

/// Golden data that does not fit its model, or is incomplete.
public enum GoldenError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A field or tensor is missing or of another shape.
  case unusable(file: String, reason: String)

  /// Where, what, and what to do about it.
  public var description: String {
    switch self {
    case .unusable(let file, let reason): "\(file): \(reason); compute the golden data again"
    }
  }
}

/// Inputs and expected outputs of one batch: sequences in groups that share a prompt.
struct GoldenData {
  let directory: String
  let rows: Int
  let length: Int
  let logits: Tensor
  let logProbabilities: [Float]
  let entropies: [Float]
  let promptLengths: [Int]
  let groups: [Range<Int>]
  let loss: Double
  let gradientNorm: Double
  let tokensInLoss: Double
  let optimizer: AdamWSettings
  let clipNorm: Double
  let steps: Int
  let greedy: [Int32]

  private let file: SafetensorsFile
  private let ids: [Int64]
  private let attended: [Int64]
  private let old: [Float]
  private let reference: [Float]
  private let advantages: [Float]
  private let tokenLoss: TokenLoss

  init(directory: String, vocabulary: Int) throws {
    self.directory = directory
    let path = directory + "/golden.safetensors"
    file = try SafetensorsFile(path: path)
    let settings = try Settings.read(directory + "/golden.json")
    let shape = try file.entry("input_ids").shape
    guard shape.count == 2, settings.prompt_lengths.count == shape[0], settings.groups.count == shape[0]
    else {
      throw GoldenError.unusable(
        file: path, reason: "`input_ids` has shape \(shape), golden.json has other rows")
    }
    (rows, length) = (shape[0], shape[1])
    ids = try file.copyIntegers("input_ids")
    attended = try file.copyIntegers("attention_mask")
    let mask = try file.copyIntegers("response_mask")
    let continuation = try file.copyIntegers("greedy")
    let tokens = 0..<Int64(vocabulary)
    guard !ids.isEmpty, ids.allSatisfy(tokens.contains), continuation.allSatisfy(tokens.contains),
      attended.count == ids.count, mask.count == ids.count
    else { throw GoldenError.unusable(file: path, reason: "ids or masks do not fit the model") }
    tokensInLoss = Double(mask.reduce(0, +))
    logits = Tensor(zeros: [rows, length, vocabulary])
    try file.copy("logits", into: logits)
    func floats(_ name: String, _ shape: [Int]) throws -> [Float] {
      let tensor = Tensor(zeros: shape)
      try SafetensorsFile(path: path).copy(name, into: tensor)
      return (0..<tensor.count).map { tensor.span[$0] }
    }
    let predictions = [rows, length - 1]
    logProbabilities = try floats("token_logprobs", predictions)
    entropies = try floats("entropies", predictions)
    old = try floats("old_logprobs", predictions)
    reference = try floats("ref_logprobs", predictions)
    advantages = try floats("advantages", [rows])
    greedy = continuation.map { Int32(clamping: $0) }
    promptLengths = settings.prompt_lengths
    groups = Self.runs(settings.groups)
    loss = settings.loss
    gradientNorm = settings.grad_norm
    steps = settings.adamw.steps
    clipNorm = settings.adamw.clip_norm
    optimizer = AdamWSettings(
      learningRate: settings.adamw.lr, beta1: settings.adamw.betas[0], beta2: settings.adamw.betas[1],
      epsilon: settings.adamw.eps, weightDecay: settings.adamw.weight_decay)
    tokenLoss = TokenLoss(
      objective: ClippedObjective(
        clipRatioLow: settings.clip_ratio_low, clipRatioHigh: settings.clip_ratio_high,
        clipRatioC: settings.clip_ratio_c),
      entropyCoefficient: settings.entropy_coef,
      klPenalty: .init(estimator: KLEstimator(.k3), coefficient: settings.kl_beta))
    for row in 0..<rows where !(1...max(1, self.tokens(row).count)).contains(promptLengths[row]) {
      throw GoldenError.unusable(
        file: directory + "/golden.json", reason: "row \(row) has no prompt of \(promptLengths[row]) tokens")
    }
    guard steps >= 1 else {
      throw GoldenError.unusable(file: directory + "/golden.json", reason: "`steps` is \(steps), less than 1")
    }
  }

  /// Runs of equal group numbers.
  private static func runs(_ groups: [Int]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = 0
    for row in groups.indices where row + 1 == groups.count || groups[row + 1] != groups[row] {
      runs.append(start..<row + 1)
      start = row + 1
    }
    return runs
  }

  /// The row's tokens without padding.
  func tokens(_ row: Int) -> [Int32] {
    (row * length..<(row + 1) * length).filter { attended[$0] != 0 }.map { Int32(ids[$0]) }
  }

  /// The rows of one group as a tree.
  func tree(_ group: Range<Int>) -> TokenTree {
    let prompt = promptLengths[group.lowerBound]
    return TokenTree(
      trunk: Array(tokens(group.lowerBound).prefix(prompt)),
      branches: group.map { .init(tokens: Array(tokens($0).dropFirst(prompt))) })
  }

  /// Where the prediction of the token at position `target` stands in the arrays of predictions.
  func predictionIndex(row: Int, target: Int) -> Int { row * (length - 1) + target - 1 }

  func loss(_ scored: ScoredToken, at index: Int, row: Int) -> TokenLoss.Token {
    tokenLoss.token(
      new: scored.logProbability, old: old[index], reference: reference[index], advantage: advantages[row],
      entropy: scored.entropy)
  }

  func tensor(_ name: String, shape: [Int]) throws -> Tensor {
    let tensor = Tensor(zeros: shape)
    try file.copy(name, into: tensor)
    return tensor
  }

  // The names are those of the file.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  private struct Settings: Decodable {
    struct AdamW: Decodable {
      let lr: Double
      let betas: [Double]
      let eps: Double
      let weight_decay: Double
      let clip_norm: Double
      let steps: Int
    }
    let loss: Double
    let grad_norm: Double
    let clip_ratio_low: Double
    let clip_ratio_high: Double
    let clip_ratio_c: Double
    let kl_beta: Double
    let entropy_coef: Double
    let groups: [Int]
    let prompt_lengths: [Int]
    let adamw: AdamW

    static func read(_ path: String) throws -> Settings {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw GoldenError.unusable(file: path, reason: "is missing")
      }
      guard let settings = try? JSONDecoder().decode(Settings.self, from: data),
        settings.adamw.betas.count == 2
      else {
        throw GoldenError.unusable(file: path, reason: "is not of the expected form")
      }
      return settings
    }
  }
}
