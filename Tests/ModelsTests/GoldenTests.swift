import Kernels
import LearnerWorker
import Models
import Tensors
import TestSupport
import Testing

@Suite("Golden models: what PyTorch computes")
struct GoldenTests {
  @Test("logits, log-probabilities and entropies agree", arguments: Golden.names)
  func forward(name: String) throws {
    let golden = try Golden(name)
    let (logits, logProbabilities) = (
      try golden.tensor("logits"), try golden.tensor("token_logprobs").elements
    )
    let entropies = try golden.tensor("entropies").elements
    let length = logits.shape[1]
    for (row, tokens) in try golden.sequences().enumerated() {
      let found = Strands(golden.model, golden.weights).logits(of: tokens)
      expectClose(
        found.elements, logits.rows(row..<row + 1).elements.prefix(found.count).map { Double($0) },
        absolute: 2e-5,
        "row \(row): logits")
      let rows = found.shape[0]
      let statistics = (0..<rows).map {
        distributionStatistics(found.rows($0..<$0 + 1).span, inverseTemperature: 1)
      }
      let scores = (0..<rows - 1).map { i in
        statistics[i].logProbability(
          logit: found.rows(i..<i + 1).span[Int(tokens[i + 1])], inverseTemperature: 1)
      }
      let start = row * (length - 1)
      expectClose(
        scores, Array(logProbabilities[start..<start + rows - 1]), absolute: 1e-5, "row \(row): log p")
      expectClose(
        statistics.dropLast().map(\.entropy), Array(entropies[start..<start + rows - 1]), absolute: 1e-5,
        "row \(row): entropy")
    }
  }

  @Test(
    "the loss and every parameter's gradient agree within 2e-5 of the tensor's largest",
    arguments: Golden.names)
  func gradient(name: String) throws {
    let golden = try Golden(name)
    let (loss, gradient) = try GoldenLoss(golden).gradient(golden.weights)
    #expect((loss - golden.settings.loss).magnitude < 1e-6)
    #expect((globalNorm(gradient) - golden.settings.gradNorm).magnitude < 1e-5 * golden.settings.gradNorm)
    for parameter in golden.model.table.parameters {
      let expected = try golden.tensor("grad." + parameter.name)
      #expect(expected.shape == parameter.shape)
      let found = Tensor(gradient.storage, offset: parameter.offset, shape: parameter.shape)
      expectClose(
        found.elements, expected.elements, absolute: 0, relative: 0, ofLargest: 2e-5, parameter.name)
    }
  }

  /// AdamW divides a gradient by its own size, so an element moves as far as its gradient is wrong relative
  /// to itself: fully where the gradient is rounding alone, such as that of GPT-2's key biases, which no
  /// softmax feels.
  @Test("three AdamW steps give the same losses, norms and weights", arguments: Golden.names)
  func adamW(name: String) throws {
    let golden = try Golden(name)
    let (loss, settings) = (try GoldenLoss(golden), golden.settings.adamw)
    let count = golden.model.parameterCount
    let parameters = Tensor(golden.parameters, shape: [count])
    let (first, second) = (Tensor(zeros: [count]), Tensor(zeros: [count]))
    var relativeErrors = [Double](repeating: 0, count: count)
    for step in 1...settings.steps {
      let (found, gradient) = try loss.gradient(golden.weights)
      let norm = globalNorm(gradient)
      #expect((found - settings.losses[step - 1]).magnitude < 1e-5)
      #expect((norm - settings.normsBeforeClip[step - 1]).magnitude < 1e-4 * norm)
      adamWStep(
        parameters: parameters, gradient: gradient,
        gradientFactor: Float(min(1, settings.clipNorm / (norm + 1e-6))),
        firstMoment: first, secondMoment: second, step: step,
        settings: AdamWSettings(
          learningRate: settings.lr, beta1: settings.betas[0], beta2: settings.betas[1],
          epsilon: settings.eps,
          weightDecay: settings.weightDecay))
      golden.weights.install(golden.parameters)
      let elements = gradient.elements
      for parameter in golden.model.table.parameters {
        let sizes = elements[parameter.range].map { Double($0.magnitude) }
        let error = 5e-7 * (sizes.max() ?? 0)
        for (i, size) in sizes.enumerated() where size > 0 {
          relativeErrors[parameter.offset + i] += min(1, error / size)
        }
      }
    }
    for parameter in golden.model.table.parameters {
      let found = Tensor(golden.parameters, offset: parameter.offset, shape: parameter.shape).elements
      let expected = try golden.tensor("after3." + parameter.name).elements
      let allowed = relativeErrors[parameter.range].map { 1e-6 + 2 * settings.lr * $0 }
      // In units of what is allowed, so that the message names the worst element.
      let excess = zip(zip(found, expected), allowed).map { Float(Double($0.0 - $0.1) / $1) }
      expectClose(excess, [Double](repeating: 0, count: found.count), absolute: 1, parameter.name)
    }
    #expect(relativeErrors.count { $0 < 0.1 } > count * 9 / 10)
  }

  @Test("greedy decoding chooses the same tokens", arguments: Golden.names)
  func greedy(name: String) throws {
    let golden = try Golden(name)
    let expected = try golden.integers("greedy")
    var tokens = Array(expected[..<(expected.count - 20)])
    let strands = Strands(golden.model, golden.weights)
    while tokens.count < expected.count {
      let logits = strands.logits(of: tokens)
      let last = logits.rows(logits.shape[0] - 1..<logits.shape[0]).elements
      let best = try #require(last.indices.max { last[$0] < last[$1] })
      tokens.append(Int32(best))
    }
    #expect(tokens == expected)
  }
}
