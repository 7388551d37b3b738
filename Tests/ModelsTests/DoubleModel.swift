import Foundation
import Models

/// A model of any supported family in `Double`, by its formulas and one sequence at a time: the oracle of
/// gradients.
///
/// It shares the table of parameters with the model it judges and nothing else.
struct DoubleModel {
  private let configuration: ModelConfiguration
  private let offsets: [String: Parameter]

  init(_ model: LanguageModel) {
    configuration = model.configuration
    offsets = Dictionary(uniqueKeysWithValues: model.table.parameters.map { ($0.name, $0) })
  }

  /// The log-probabilities, `[tokens, vocabulary]`, of what follows each of `tokens`.
  func logProbabilities(_ tokens: [Int32], parameters: [Double], temperature: Double) -> [[Double]] {
    let pass = Pass(configuration: configuration, offsets: offsets, values: parameters)
    return pass.logits(tokens).map { row in
      let scaled = row.map { $0 / temperature }
      let maximum = scaled.max() ?? 0
      let logSum = maximum + log(scaled.reduce(0) { $0 + exp($1 - maximum) })
      return scaled.map { $0 - logSum }
    }
  }
}

private typealias Rows = [[Double]]

private struct Pass {
  let configuration: ModelConfiguration
  let offsets: [String: Parameter]
  let values: [Double]

  func logits(_ tokens: [Int32]) -> Rows {
    let isGPT2 = configuration.family == .gpt2
    let embedding = isGPT2 ? "transformer.wte.weight" : "model.embed_tokens.weight"
    var x = tokens.map { row(embedding, Int($0)) }
    if isGPT2 { x = x.indices.map { sum(x[$0], row("transformer.wpe.weight", $0)) } }
    for layer in 0..<configuration.layers { x = isGPT2 ? gpt2Layer(x, layer) : llamaLayer(x, layer) }
    let normed = isGPT2 ? layerNorm(x, "transformer.ln_f") : rmsNorm(x, "model.norm")
    return linear(normed, configuration.isTied ? embedding : "lm_head.weight", bias: nil)
  }

  private func gpt2Layer(_ x: Rows, _ layer: Int) -> Rows {
    let prefix = "transformer.h.\(layer)."
    let size = configuration.hiddenSize
    let qkv = convolution(layerNorm(x, prefix + "ln_1"), prefix + "attn.c_attn")
    let attention = attend(
      qkv.map { Array($0[..<size]) }, qkv.map { Array($0[size..<2 * size]) },
      qkv.map { Array($0[(2 * size)...]) })
    let middle = sum(x, convolution(attention, prefix + "attn.c_proj"))
    let inner = convolution(layerNorm(middle, prefix + "ln_2"), prefix + "mlp.c_fc")
    let activated = inner.map {
      $0.map { v in
        v / 2 * (1 + tanh((2 / Double.pi).squareRoot() * (v + 0.044715 * v * v * v)))
      }
    }
    return sum(middle, convolution(activated, prefix + "mlp.c_proj"))
  }

  private func llamaLayer(_ x: Rows, _ layer: Int) -> Rows {
    let prefix = "model.layers.\(layer)."
    let normed = rmsNorm(x, prefix + "input_layernorm")
    var (q, k, v) = (
      biased(normed, prefix + "self_attn.q_proj"), biased(normed, prefix + "self_attn.k_proj"),
      biased(normed, prefix + "self_attn.v_proj")
    )
    if configuration.family == .qwen3 {
      q = q.map { heads($0).flatMap { rmsNorm([$0], prefix + "self_attn.q_norm")[0] } }
      k = k.map { heads($0).flatMap { rmsNorm([$0], prefix + "self_attn.k_norm")[0] } }
    }
    q = q.indices.map { rotate(q[$0], position: $0) }
    k = k.indices.map { rotate(k[$0], position: $0) }
    let middle = sum(x, biased(attend(q, k, v), prefix + "self_attn.o_proj"))
    let inner = rmsNorm(middle, prefix + "post_attention_layernorm")
    let (gate, up) = (biased(inner, prefix + "mlp.gate_proj"), biased(inner, prefix + "mlp.up_proj"))
    let activated = zip(gate, up).map { zip($0, $1).map { g, u in g / (1 + exp(-g)) * u } }
    return sum(middle, biased(activated, prefix + "mlp.down_proj"))
  }

  private func attend(_ q: Rows, _ k: Rows, _ v: Rows) -> Rows {
    let dimension = configuration.headDimension
    let groupSize = configuration.heads / configuration.keyValueHeads
    return q.indices.map { row in
      (0..<configuration.heads).flatMap { head -> [Double] in
        let (from, kv) = (head * dimension, head / groupSize * dimension)
        let scores = (0...row).map { j in
          (0..<dimension).reduce(0.0) { $0 + q[row][from + $1] * k[j][kv + $1] }
            / Double(dimension).squareRoot()
        }
        let maximum = scores.max() ?? 0
        let weights = scores.map { exp($0 - maximum) }
        let total = weights.reduce(0, +)
        return (0..<dimension).map { d in
          (0...row).reduce(0.0) { $0 + weights[$1] * v[$1][kv + d] } / total
        }
      }
    }
  }

  private func rotate(_ x: [Double], position: Int) -> [Double] {
    heads(x).flatMap { head -> [Double] in
      let half = head.count / 2
      var y = head
      for (i, frequency) in configuration.rotaryFrequencies.enumerated() {
        // The angle is rounded to Float first, as the models' own code does.
        let angle = Double(Float(position) * frequency)
        y[i] = head[i] * cos(angle) - head[i + half] * sin(angle)
        y[i + half] = head[i + half] * cos(angle) + head[i] * sin(angle)
      }
      return y
    }
  }

  private func heads(_ x: [Double]) -> [[Double]] {
    let dimension = configuration.headDimension
    return (0..<x.count / dimension).map { Array(x[$0 * dimension..<($0 + 1) * dimension]) }
  }

  private func rmsNorm(_ x: Rows, _ name: String) -> Rows {
    let weight = vector(name + ".weight")
    return x.map { row in
      let meanSquare = row.reduce(0) { $0 + $1 * $1 } / Double(row.count)
      let scale = 1 / (meanSquare + Double(configuration.epsilon)).squareRoot()
      return row.indices.map { row[$0] * scale * weight[$0] }
    }
  }

  private func layerNorm(_ x: Rows, _ name: String) -> Rows {
    let (weight, bias) = (vector(name + ".weight"), vector(name + ".bias"))
    return x.map { row in
      let mean = row.reduce(0, +) / Double(row.count)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
      let scale = 1 / (variance + Double(configuration.epsilon)).squareRoot()
      return row.indices.map { (row[$0] - mean) * scale * weight[$0] + bias[$0] }
    }
  }

  /// `x · Wᵀ + b`, the weight stored `[out, in]`; without a bias where the model has none.
  private func biased(_ x: Rows, _ name: String) -> Rows { linear(x, name + ".weight", bias: name + ".bias") }

  private func linear(_ x: Rows, _ name: String, bias: String?) -> Rows {
    guard let weight = offsets[name] else { return [] }
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    let shift = bias.flatMap { offsets[$0]?.offset }
    return x.map { row in
      (0..<outputs).map { n in
        let start = weight.offset + n * inputs
        var sum = shift.map { values[$0 + n] } ?? 0
        for k in 0..<inputs { sum += row[k] * values[start + k] }
        return sum
      }
    }
  }

  /// `x · W + b`, the weight stored `[in, out]` as GPT-2 does.
  private func convolution(_ x: Rows, _ name: String) -> Rows {
    guard let weight = offsets[name + ".weight"] else { return [] }
    let (inputs, outputs) = (weight.shape[0], weight.shape[1])
    return x.map { row in
      var y = vector(name + ".bias")
      for k in 0..<inputs {
        for n in 0..<outputs { y[n] += row[k] * values[weight.offset + k * outputs + n] }
      }
      return y
    }
  }

  private func vector(_ name: String) -> [Double] { offsets[name].map { Array(values[$0.range]) } ?? [] }

  private func row(_ name: String, _ index: Int) -> [Double] {
    guard let table = offsets[name] else { return [] }
    let width = table.shape[1]
    return Array(values[table.offset + index * width..<table.offset + (index + 1) * width])
  }

  private func sum(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 + $1 } }

  private func sum(_ a: Rows, _ b: Rows) -> Rows { zip(a, b).map { sum($0, $1) } }
}
