// The parameters of Llama, Qwen2 and Qwen3, which differ in biases and in Qwen3's normalised heads.
// Sources: Touvron et al. 2023, arXiv:2302.13971; Qwen2, arXiv:2407.10671; Qwen3, arXiv:2505.09388; names of
// transformers' `modeling_llama.py`, `modeling_qwen2.py`, `modeling_qwen3.py`.

extension ArchitectureBuilder {
  mutating func llama() -> ([DecoderLayer], Parameter, Parameter?, Norm) {
    let size = configuration.hiddenSize
    let tokens = table.add("model.embed_tokens.weight", [configuration.vocabularySize, size])
    let layers = (0..<configuration.layers).map { llamaLayer("model.layers.\($0).") }
    return (layers, tokens, nil, rmsNorm("model.norm", size))
  }

  private mutating func llamaLayer(_ prefix: String) -> DecoderLayer {
    let size = configuration.hiddenSize
    let queries = configuration.heads * configuration.headDimension
    let keys = configuration.keyValueHeads * configuration.headDimension
    let wide = configuration.intermediateSize
    let attention = prefix + "self_attn."
    let hasHeadNorms = configuration.family == .qwen3
    let attentionNorm = rmsNorm(prefix + "input_layernorm", size)
    let bias = configuration.hasQKVBias
    let qkv = projection(
      linear(attention + "q_proj", inputs: size, outputs: queries, bias: bias),
      linear(attention + "k_proj", inputs: size, outputs: keys, bias: bias, column: queries),
      linear(attention + "v_proj", inputs: size, outputs: keys, bias: bias, column: queries + keys))
    let queryNorm = hasHeadNorms ? rmsNorm(attention + "q_norm", configuration.headDimension) : nil
    let keyNorm = hasHeadNorms ? rmsNorm(attention + "k_norm", configuration.headDimension) : nil
    let output = projection(
      linear(attention + "o_proj", inputs: queries, outputs: size, bias: configuration.hasOutputBias))
    let feedForwardNorm = rmsNorm(prefix + "post_attention_layernorm", size)
    let feedForwardBias = configuration.hasFeedForwardBias
    let inner = projection(
      linear(prefix + "mlp.gate_proj", inputs: size, outputs: wide, bias: feedForwardBias),
      linear(prefix + "mlp.up_proj", inputs: size, outputs: wide, bias: feedForwardBias, column: wide))
    return DecoderLayer(
      attentionNorm: attentionNorm, qkv: qkv, queryNorm: queryNorm, keyNorm: keyNorm, attentionOutput: output,
      feedForwardNorm: feedForwardNorm, inner: inner,
      feedForwardOutput: projection(
        linear(prefix + "mlp.down_proj", inputs: wide, outputs: size, bias: feedForwardBias)))
  }

  private mutating func rmsNorm(_ name: String, _ channels: Int) -> Norm {
    Norm(weight: table.add(name + ".weight", [channels]), bias: nil)
  }
}
