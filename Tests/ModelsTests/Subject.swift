import Kernels
import Models
import Tensors
import TestSupport
import Testing

/// A model that must keep the laws: a golden one, or one with odd extents.
enum Subject: CaseIterable, Sendable, CustomTestStringConvertible {
  case goldenGPT2, goldenQwen2, goldenLlama3, goldenQwen3
  case oddGPT2, oddQwen2, oddLlama, oddQwen3

  static let odd: [Subject] = [.oddGPT2, .oddQwen2, .oddLlama, .oddQwen3]

  func make(
    _ precision: Precision = .fp32
  ) throws -> (model: LanguageModel, parameters: Storage<Float>, weights: ModelWeights) {
    switch self {
    case .goldenGPT2: try golden("gpt2-tiny", precision)
    case .goldenQwen2: try golden("qwen2-tiny", precision)
    case .goldenLlama3: try golden("llama3-tiny", precision)
    case .goldenQwen3: try golden("qwen3-tiny", precision)
    case .oddGPT2: try odd(.gpt2, precision)
    case .oddQwen2: try odd(.qwen2, precision)
    case .oddLlama: try odd(.llama, precision)
    case .oddQwen3: try odd(.qwen3, precision)
    }
  }

  private func golden(
    _ name: String, _ precision: Precision
  ) throws -> (LanguageModel, Storage<Float>, ModelWeights) {
    let golden = try Golden(name, precision: precision)
    return (golden.model, golden.parameters, golden.weights)
  }

  private func odd(
    _ family: ModelConfiguration.Family, _ precision: Precision
  ) throws -> (LanguageModel, Storage<Float>, ModelWeights) {
    let tiny = try TinyModel(TinyExtents(odd: family), precision: precision)
    return (tiny.model, tiny.parameters, tiny.weights)
  }

  var testDescription: String { String(describing: self) }
}

/// A subject that computes in one of the precisions.
struct Variant: Sendable, CustomTestStringConvertible {
  let subject: Subject
  let precision: Precision

  /// Every subject in every precision.
  static let all = variants(of: Subject.allCases)
  /// Those with odd extents.
  static let odd = variants(of: Subject.odd)

  private static func variants(of subjects: [Subject]) -> [Variant] {
    Precision.allCases.flatMap { precision in
      subjects.map { Variant(subject: $0, precision: precision) }
    }
  }

  func make() throws -> (model: LanguageModel, parameters: Storage<Float>, weights: ModelWeights) {
    try subject.make(precision)
  }

  var testDescription: String { "\(subject) \(precision)" }
}
