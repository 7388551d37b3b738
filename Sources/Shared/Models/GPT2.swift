// GPT-2's parameters. Source: Radford et al. 2019; names and layouts of transformers' `modeling_gpt2.py`.

extension ArchitectureBuilder {
  mutating func gpt2() -> ([DecoderLayer], Parameter, Parameter?, Norm) {
    let size = configuration.hiddenSize
    let tokens = table.add("transformer.wte.weight", [configuration.vocabularySize, size])
    let positions = table.add("transformer.wpe.weight", [configuration.maximumPositions, size])
    var layers: [DecoderLayer] = []
    for layer in 0..<configuration.layers {
      let prefix = "transformer.h.\(layer)."
      let attentionNorm = layerNorm(prefix + "ln_1")
      let qkv = linear(
        prefix + "attn.c_attn", inputs: size, outputs: 3 * size, bias: true, storesInputMajor: true)
      let output = linear(
        prefix + "attn.c_proj", inputs: size, outputs: size, bias: true, storesInputMajor: true)
      let feedForwardNorm = layerNorm(prefix + "ln_2")
      let inner = linear(
        prefix + "mlp.c_fc", inputs: size, outputs: configuration.intermediateSize, bias: true,
        storesInputMajor: true)
      let outer = linear(
        prefix + "mlp.c_proj", inputs: configuration.intermediateSize, outputs: size, bias: true,
        storesInputMajor: true)
      layers.append(
        DecoderLayer(
          attentionNorm: attentionNorm, qkv: projection(qkv), queryNorm: nil, keyNorm: nil,
          attentionOutput: projection(output), feedForwardNorm: feedForwardNorm, inner: projection(inner),
          feedForwardOutput: projection(outer)))
    }
    return (layers, tokens, positions, layerNorm("transformer.ln_f"))
  }

  private mutating func layerNorm(_ name: String) -> Norm {
    let weight = table.add(name + ".weight", [configuration.hiddenSize])
    return Norm(weight: weight, bias: table.add(name + ".bias", [configuration.hiddenSize]))
  }
}
