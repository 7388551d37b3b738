public import Tensors

/// A tensor on its way into a file: its name, its type there, and where its elements come from.
public struct TensorSource {
  /// The name that the file gives it.
  public let name: String

  /// The type of its elements in the file.
  public let dtype: DType

  /// The extent of each axis, outermost first.
  public let shape: [Int]

  let elements: Elements

  enum Elements {
    case floats(Tensor)
    case integers([Int64])
    case filled((_ first: Int, _ elements: inout MutableSpan<Float>) throws -> Void)
  }

  /// The elements of `tensor`, rounded to nearest where `dtype` is narrower than a `Float`.
  ///
  /// - Precondition: `dtype` is `.f32`, `.bf16` or `.f16`.
  public init(_ name: String, _ tensor: Tensor, as dtype: DType = .f32) {
    self.init(name: name, dtype: dtype, shape: tensor.shape, elements: .floats(tensor))
  }

  /// The numbers `integers`, as I64.
  ///
  /// - Precondition: `shape` has as many elements as there are integers.
  public init(_ name: String, integers: [Int64], shape: [Int]) {
    precondition(
      shape.reduce(1, *) == integers.count, "TensorSource: \(integers.count) integers have no shape \(shape)")
    self.init(name: name, dtype: .i64, shape: shape, elements: .integers(integers))
  }

  /// Elements that are fetched piece by piece while the file is written, for tensors that no one place holds
  /// whole.
  ///
  /// - Parameters:
  ///   - name: The name that the file gives the tensor.
  ///   - dtype: `.f32`, `.bf16` or `.f16`.
  ///   - shape: The extent of each axis, outermost first.
  ///   - fill: Called for consecutive pieces, in order: writes every element of `elements`, the first of which is
  ///     number `first` of the tensor. What it throws ends the writing.
  public init(
    _ name: String, as dtype: DType = .f32, shape: [Int],
    fill: @escaping (_ first: Int, _ elements: inout MutableSpan<Float>) throws -> Void
  ) {
    self.init(name: name, dtype: dtype, shape: shape, elements: .filled(fill))
  }

  private init(name: String, dtype: DType, shape: [Int], elements: Elements) {
    precondition(
      [.f32, .bf16, .f16].contains(dtype) || (dtype == .i64 && elements.areIntegers),
      "TensorSource: `\(name)` cannot be written as \(dtype.rawValue)")
    precondition(shape.allSatisfy { $0 >= 0 }, "TensorSource: `\(name)` has the impossible shape \(shape)")
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.elements = elements
  }

  var count: Int { shape.reduce(1, *) }

  var byteCount: Int { count * dtype.byteCount }
}

extension TensorSource.Elements {
  fileprivate var areIntegers: Bool {
    if case .integers = self { true } else { false }
  }
}
