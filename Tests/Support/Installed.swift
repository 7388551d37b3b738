public import Models
import Tensors

extension ModelWeights {
  /// The parameters as products and look-ups read them, widened, in the order of the table.
  public func elements(of model: LanguageModel) -> [Float] {
    let values = Storage<Float>(zeros: model.parameterCount)
    for chunk in model.chunks { export(chunk, into: values, base: 0) }
    return values.elements
  }
}

extension GradientTotals {
  /// The integers, copied into an array.
  public var sums: [Int64] {
    let integers = integers
    return integers.span.indices.map { integers.span[$0] }
  }

  /// What was added, as gradients: exact to half a unit of the scale for each fold.
  public var gradient: [Float] { sums.map { Float(Double($0) / scale) } }
}
