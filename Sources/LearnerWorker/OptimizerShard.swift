import Kernels
import Tensors

/// The parameters, in full precision, and the moments that one learner keeps.
struct OptimizerShard: Sendable {
  /// Where they stand in the model's table.
  let range: Range<Int>
  let parameters: Storage<Float>
  let firstMoment: Storage<Float>
  let secondMoment: Storage<Float>

  init(_ range: Range<Int>) {
    self.range = range
    parameters = Storage(zeros: range.count)
    firstMoment = Storage(zeros: range.count)
    secondMoment = Storage(zeros: range.count)
  }

  /// Takes over its part of `values`, which hold the whole table.
  func takeOver(_ values: Storage<Float>) {
    copy(
      Tensor(values, offset: range.lowerBound, shape: [range.count]),
      to: Tensor(parameters, shape: [range.count]))
  }

  /// The three rows of numbers.
  var rows: [Storage<Float>] { [parameters, firstMoment, secondMoment] }
}
