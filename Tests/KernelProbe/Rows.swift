import Kernels
import Tensors

/// What works on rows and elements, for odd and for real sizes.
func rowHash() -> UInt64 {
  var hash = BitHash()
  for vocabulary in [1, 17, 700, 50_257, 151_936] { hashDraws(vocabulary, &hash) }
  for channels in [1, 15, 16, 37, 300] { hashRows(channels, &hash) }
  for count in [1, 31, 100_003] { hashUpdate(count, &hash) }
  return hash.value
}

private func hashDraws(_ vocabulary: Int, _ hash: inout BitHash) {
  let logits = Tensor(zeros: [vocabulary])
  let weights = Tensor(zeros: [vocabulary])
  fill(logits, from: UInt64(vocabulary))
  scale(logits, by: 7)
  let truncations = [
    Truncation(), Truncation(topP: 0.95), Truncation(topK: 50, topP: 0.9), Truncation(minP: 0.05),
  ]
  var found: [Float] = []
  for truncation in truncations {
    for uniform in [0.01, 0.3, 0.77, 0.999] {
      var scratch = weights.mutableSpan
      let draw = drawToken(
        logits.span, inverseTemperature: 1.25, truncation: truncation, uniform: uniform, weights: &scratch)
      found += [
        Float(draw.token ?? -1), draw.statistics.logSum, draw.statistics.entropy, draw.statistics.sum,
      ]
    }
  }
  hash.add(found.span)
  hash.add(weights.span)
  let statistics = distributionStatistics(logits.span, inverseTemperature: 1.25)
  var row = logits.mutableSpan
  logProbabilityBackward(
    &row, statistics: statistics, inverseTemperature: 1.25,
    gradients: [TokenGradient(token: 0, logProbability: 0.7, entropy: -0.2)])
  hash.add(logits.span)
}

/// Norms, gates, sums over rows, embeddings: enough rows for several threads.
private func hashRows(_ channels: Int, _ hash: inout BitHash) {
  let rows = 120
  let (x, y, dx) = (made([rows, channels], 1), Tensor(zeros: [rows, channels]), made([rows, channels], 2))
  let (w, b, dw, db) = (made([channels], 3), made([channels], 4), made([channels], 5), made([channels], 6))
  let layout = VectorLayout(rows: rows, channels: channels)
  rmsNormForward(x, layout: layout, weight: w, epsilon: 1e-6, into: y)
  hash.add(y.span)
  rmsNormBackward(dy: y, x: x, layout: layout, weight: w, epsilon: 1e-6, dx: dx, addingTo: dw)
  layerNormForward(x, weight: w, bias: b, epsilon: 1e-5, into: y)
  hash.add(y.span)
  layerNormBackward(dy: y, x: x, weight: w, epsilon: 1e-5, addingTo: dx, dWeight: dw, dBias: db)
  addBias(b, to: dx, rowLength: channels, column: 0)
  addBiasBackward(dy: dx, rowLength: channels, column: 0, addingTo: db)
  scale(x, by: 9)
  geluForward(x, into: y)
  hash.add(y.span)
  geluBackward(dy: dx, x: x, into: y)
  add(y, to: dx)
  let gateUp = Tensor(x.storage, shape: [rows / 2, 2 * channels])
  let gated = Tensor(zeros: [rows / 2, channels])
  swiGLUForward(gateUp, width: channels, into: gated)
  hash.add(gated.span)
  swiGLUBackward(dy: gated, gateUp: gateUp, width: channels, into: gateUp)
  let ids = (0..<rows).map { Int32($0 * 7 % rows) }
  embeddingForward(ids, table: x, into: y, adding: true)
  embeddingBackward(ids, dy: y, addingTo: dx)
  for tensor in [x, y, dx, dw, db] { hash.add(tensor.span) }
}

/// The norm of a folded gradient and its step.
private func hashUpdate(_ count: Int, _ hash: inout BitHash) {
  let totals = Storage<Int64>(zeros: count)
  _ = foldGradient(made([count], 1), scale: 0x1p36, into: totals)
  let norm = globalNorm(blockSums: gradientBlockSums(totals, range: 0..<count, factor: 0x1p-36))
  let (parameters, first, second) = (made([count], 2), Tensor(zeros: [count]), Tensor(zeros: [count]))
  adamWStep(
    totals: totals, range: 0..<count, factor: 0x1p-36, gradientFactor: Float(1 / norm),
    parameters: parameters,
    firstMoment: first, secondMoment: second, step: 2, settings: AdamWSettings(learningRate: 1e-2))
  for tensor in [parameters, first, second] { hash.add(tensor.span) }
}

private func made(_ shape: [Int], _ salt: UInt64) -> Tensor {
  let tensor = Tensor(zeros: shape)
  fill(tensor, from: salt << 32)
  return tensor
}

private func scale(_ tensor: Tensor, by factor: Float) {
  var elements = tensor.mutableSpan
  for i in elements.indices { elements[i] *= factor }
}
