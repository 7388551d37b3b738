/// A dense, row-major window of a `Storage<Float>`.
///
/// A tensor is cheap to copy and shares its elements with its copies. Reading and writing go through `span`
/// and `mutableSpan`; no pointer leaves this module.
@safe
public struct Tensor: Sendable {
  /// The extent of each axis, outermost first, such as `[batch, time, channels]`; empty for a scalar.
  public let shape: [Int]

  /// The number of elements, the product of `shape`.
  public let count: Int

  /// The row of numbers that the tensor looks into.
  public let storage: Storage<Float>

  /// The place in `storage` of the tensor's first element.
  public let offset: Int

  /// The elements of `storage` from `offset` on, seen as `shape`.
  ///
  /// - Precondition: `0 ≤ offset`, no extent is negative, and `offset + product(shape) ≤ storage.count`.
  public init(_ storage: Storage<Float>, offset: Int = 0, shape: [Int]) {
    count = elementCount(of: shape)
    precondition(
      offset >= 0 && offset <= storage.count && count <= storage.count - offset,
      "Tensor: shape \(shape) at offset \(offset) does not fit a storage of \(storage.count)")
    self.storage = storage
    self.offset = offset
    self.shape = shape
  }

  /// A tensor of zeros with a storage of its own.
  public init(zeros shape: [Int]) {
    self.init(Storage(zeros: elementCount(of: shape)), shape: shape)
  }

  /// The elements, to read.
  @inlinable
  public var span: Span<Float> {
    @_lifetime(borrow self)
    get {
      let elements = unsafe Span(_unsafeStart: storage.base + offset, count: count)
      return unsafe _overrideLifetime(elements, borrowing: self)
    }
  }

  /// The elements, to write.
  ///
  /// Two mutable spans that are alive together look into different elements; kernels rely on it.
  @inlinable
  public var mutableSpan: MutableSpan<Float> {
    @_lifetime(borrow self)
    get {
      let elements = unsafe MutableSpan(_unsafeStart: storage.base + offset, count: count)
      return unsafe _overrideLifetime(elements, borrowing: self)
    }
  }

  /// The window of the indices `range` of the outermost axis, with the same storage.
  ///
  /// - Precondition: The tensor has an axis, and `range` lies in `0..<shape[0]`.
  public func rows(_ range: Range<Int>) -> Tensor {
    guard let rows = shape.first else { preconditionFailure("Tensor: a scalar has no rows") }
    precondition(
      range.lowerBound >= 0 && range.upperBound <= rows,
      "Tensor: rows \(range) lie outside the shape \(shape)")
    let rest = Array(shape.dropFirst())
    let rowLength = elementCount(of: rest)
    return Tensor(storage, offset: offset + range.lowerBound * rowLength, shape: [range.count] + rest)
  }
}

/// The product of the extents, 1 for a scalar.
private func elementCount(of shape: [Int]) -> Int {
  var count = 1
  for extent in shape {
    precondition(extent >= 0, "Tensor: shape \(shape) has a negative extent")
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    precondition(!overflow, "Tensor: shape \(shape) has more elements than can be counted")
    count = product
  }
  return count
}
