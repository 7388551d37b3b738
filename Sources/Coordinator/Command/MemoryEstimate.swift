import LearnerWorker
import Models
import PolicyOptimization

/// What a run will need, rank by rank.
struct MemoryEstimate {
  /// One sentence per kind of rank.
  let lines: [String]

  /// The estimate; `cacheBytes` is what a rollout rank's keys and values take at full length.
  init(model: LanguageModel, configuration: RunConfiguration, plan: RankPlan, cacheBytes: Int) {
    let count = Double(model.parameterCount)
    // Floats: parameters, packed, packed transposed, gradient, two moments; the reference and its packing;
    // integers.
    let learnerFloats = 6.0 + (configuration.learner.loss.klPenalty == nil ? 0 : 2)
    let learner =
      count * (learnerFloats * 4 + 8)
      + Double(
        min(
          configuration.learner.activationBytes,
          configuration.learner.pieceTokens * model.activationBytesPerRow))
    let cache = Double(cacheBytes)
    let rollout = count * 8 + cache
    func gibibytes(_ bytes: Double) -> String { "\((bytes / Double(1 << 30) * 100).rounded() / 100) GiB" }
    switch plan.placement {
    case .colocated: lines = ["each rank: about \(gibibytes(learner + cache)), its key-value cache included"]
    case .split:
      lines = [
        "a learner rank: about \(gibibytes(learner))",
        "a rollout rank: about \(gibibytes(rollout)), its key-value cache included",
      ]
    }
  }
}
