import Coordinator
import Kernels
import LearnerWorker
import Models
import PolicyOptimization
import RolloutWorker

/// What a run will need, rank by rank.
struct MemoryEstimate {
  /// One sentence per kind of rank.
  let lines: [String]

  /// The estimate, with keys and values at full length of all responses or within the budget.
  init(model: LanguageModel, configuration: RunConfiguration, plan: RankPlan, limits: RolloutLimits) {
    let options = configuration.learner
    let count = Double(model.parameterCount)
    // Packed weights, and the embedding that is looked up beside them.
    let embedding = Double(model.configuration.vocabularySize * model.configuration.hiddenSize)
    let weights = (count + embedding) * (model.precision == .bf16 ? 2 : 4)
    // Parameters and two moments, shared out; integers; packed for both directions; the reference.
    let owned = 12 * count / Double(plan.roster.learners.count) + 8 * count
    let copies = options.keepsReference ? 3.0 : 2.0
    let rows = max(options.pieceTokens, options.longestResponse) + options.longestPrompt
    let activations = Double(min(options.activationBytes, rows * model.activationBytesPerRow))
    let learner = owned + copies * weights + activations + Double(TreePass.logitBytes(model))
    let cache = limits.mostCacheBytes(
      model: model, samples: configuration.stages.map(\.options.samplesPerPrompt).max() ?? 1,
      promptTokens: options.longestPrompt, responseTokens: options.longestResponse)
    // Where sampling lags behind training, it has as many versions of the weights as lie between.
    let versions = configuration.lags ? Double(configuration.trainer.staleness) + 1 : 1
    let ahead = configuration.lags ? versions * weights : 0
    func gibibytes(_ bytes: Double) -> String { "\((bytes / Double(1 << 30) * 100).rounded() / 100) GiB" }
    switch plan.placement {
    case .colocated:
      lines = ["each rank: about \(gibibytes(learner + cache + ahead)), its key-value cache included"]
    case .split:
      lines = [
        "a learner rank: about \(gibibytes(learner))",
        "a rollout rank: about \(gibibytes(versions * weights + cache)), its key-value cache included",
      ]
    }
  }
}
