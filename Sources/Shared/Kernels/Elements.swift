import Tensors

extension Tensor {
  /// The address of `count` elements from `offset` on, for loops in C.
  ///
  /// Valid as long as the tensor, which a kernel's caller holds. Two loops that run at the same time write different
  /// elements, as with ``mutableSpan``.
  @unsafe
  func elements(_ offset: Int, _ count: Int) -> UnsafeMutablePointer<Float> {
    precondition(
      offset >= 0 && count >= 0 && offset + count <= self.count,
      "Tensor: \(count) elements from \(offset) exceed \(self.count)")
    var all = mutableSpan
    let start = unsafe all.withUnsafeMutableBufferPointer { $0.baseAddress }
    guard let start = unsafe start else { preconditionFailure("Tensor: a storage without memory") }
    return unsafe start + offset
  }
}
