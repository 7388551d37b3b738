import Models

/// How many floating-point operations a model needs, by the rule that docs/performance.md states.
///
/// A product of a row with a weight costs two per parameter. Attention costs four per key and query channel,
/// half for scores and half for the mixed values. A backward pass costs twice its forward pass. Embeddings,
/// norms and activations cost nothing, and so do padding and activations computed twice.
struct ModelCost {
  /// Parameters of the products in all layers.
  let bodyParameters: Int
  /// Parameters of the output projection, tied or not.
  let headParameters: Int
  /// Query channels of all layers together.
  let attentionWidth: Int

  init(_ configuration: ModelConfiguration) {
    let shapes = LanguageModel.productShapes(configuration)
    headParameters = shapes.last.map { $0[0] * $0[1] } ?? 0
    bodyParameters = shapes.dropLast().reduce(0) { $0 + $1[0] * $1[1] }
    attentionWidth = configuration.layers * configuration.heads * configuration.headDimension
  }

  /// One forward pass of `rows` rows that look at `keys` keys in all, of which `headRows` are projected to the
  /// vocabulary.
  func forward(rows: Int, headRows: Int, keys: Int) -> Double {
    2 * Double(bodyParameters) * Double(rows) + 2 * Double(headParameters) * Double(headRows)
      + 4 * Double(attentionWidth) * Double(keys)
  }

  /// One forward pass of a prompt, once, and its responses; their last tokens predict nothing.
  func forward(_ group: GroupLengths) -> Double {
    forward(rows: group.rows, headRows: group.headRows, keys: group.keys)
  }
}

/// The lengths of a group whose responses are equally long.
struct GroupLengths: Equatable {
  let promptTokens: Int
  let responses: Int
  let newTokens: Int

  /// Rows that pass the layers: the prompt once, and all response tokens but the last ones.
  var rows: Int { promptTokens + responses * (newTokens - 1) }

  /// Rows that predict: the prompt's last, for all first tokens, and those of the responses.
  var headRows: Int { 1 + responses * (newTokens - 1) }

  /// Keys that all rows look at together: each at itself and everything before.
  var keys: Int {
    let steps = newTokens - 1
    let prompt = promptTokens * (promptTokens + 1) / 2
    return prompt + responses * (steps * promptTokens + steps * (steps + 1) / 2)
  }
}
