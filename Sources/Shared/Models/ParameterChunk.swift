import Tensors

/// Parameters that change hands together: a layer's, or what stands before and after the layers.
///
/// Weights are loaded, published and installed chunk by chunk, so that nobody needs room for a second copy.
public struct ParameterChunk: Sendable {
  /// The parameters, which follow one another in the table.
  public let parameters: [Parameter]
  /// The products whose weights are all here.
  let projections: [Projection]

  /// The elements' positions in the table.
  public var range: Range<Int> {
    (parameters.first?.offset ?? 0)..<(parameters.last?.range.upperBound ?? 0)
  }
}

extension Architecture {
  /// All parameters, chunk by chunk.
  func makeChunks() -> [ParameterChunk] {
    let starts = [0] + layers.map { $0.attentionNorm.weight.index } + [finalNorm.weight.index]
    let ends = starts.dropFirst() + [table.parameters.count]
    return zip(starts, ends).map { start, end in
      ParameterChunk(
        parameters: Array(table.parameters[start..<end]),
        projections: projections.filter { (start..<end).contains($0.parts[0].weight.index) })
    }
  }
}
