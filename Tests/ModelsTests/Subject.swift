import Models
import TestSupport
import Testing

/// A model that must keep the laws: a golden one, or one with odd extents.
enum Subject: CaseIterable, Sendable, CustomTestStringConvertible {
  case goldenGPT2, goldenQwen2, goldenLlama3, goldenQwen3
  case oddGPT2, oddQwen2, oddLlama, oddQwen3

  static let odd: [Subject] = [.oddGPT2, .oddQwen2, .oddLlama, .oddQwen3]

  func make() throws -> (model: LanguageModel, weights: ModelWeights) {
    switch self {
    case .goldenGPT2: try golden("gpt2-tiny")
    case .goldenQwen2: try golden("qwen2-tiny")
    case .goldenLlama3: try golden("llama3-tiny")
    case .goldenQwen3: try golden("qwen3-tiny")
    case .oddGPT2: try odd(.gpt2)
    case .oddQwen2: try odd(.qwen2)
    case .oddLlama: try odd(.llama)
    case .oddQwen3: try odd(.qwen3)
    }
  }

  private func golden(_ name: String) throws -> (LanguageModel, ModelWeights) {
    let golden = try Golden(name)
    return (golden.model, golden.weights)
  }

  private func odd(_ family: ModelConfiguration.Family) throws -> (LanguageModel, ModelWeights) {
    let tiny = try TinyModel(TinyExtents(odd: family))
    return (tiny.model, tiny.weights)
  }

  var testDescription: String { String(describing: self) }
}
