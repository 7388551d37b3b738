import ArgumentParser

/// A model's configuration by name, for random weights.
///
/// Sources: `config.json` of openai-community/gpt2, Qwen/Qwen2.5-0.5B and Qwen/Qwen2.5-1.5B on
/// huggingface.co, without what ends a response.
enum BenchShape: String, CaseIterable, ExpressibleByArgument {
  case gpt2
  case qwen0B5 = "qwen2.5-0.5b"
  case qwen1B5 = "qwen2.5-1.5b"

  /// The text of `config.json`.
  var configuration: String {
    switch self {
    case .gpt2:
      """
      {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": 50257, "n_positions": 1024, \
      "n_embd": 768, "n_layer": 12, "n_head": 12, "activation_function": "gelu_new", "layer_norm_epsilon": 1e-05, \
      "attn_pdrop": 0, "embd_pdrop": 0, "resid_pdrop": 0, "dtype": "float32"}
      """
    case .qwen0B5: Self.qwen(hidden: 896, wide: 4864, layers: 24, heads: 14)
    case .qwen1B5: Self.qwen(hidden: 1536, wide: 8960, layers: 28, heads: 12)
    }
  }

  /// Whether checkpoints of the real model hold bfloat16.
  var storesBFloat16: Bool { self != .gpt2 }

  private static func qwen(hidden: Int, wide: Int, layers: Int, heads: Int) -> String {
    """
    {"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "vocab_size": 151936, "hidden_size": \(hidden), \
    "intermediate_size": \(wide), "num_hidden_layers": \(layers), "num_attention_heads": \(heads), \
    "num_key_value_heads": 2, "max_position_embeddings": 32768, "rope_theta": 1000000.0, "rms_norm_eps": 1e-06, \
    "hidden_act": "silu", "tie_word_embeddings": true, "use_sliding_window": false, "dtype": "bfloat16"}
    """
  }
}
