import Tensors

/// What attention borrows for a unit of work.
enum AttentionScratch {
  private static let floats = ScratchPool<Float>()

  /// Calls `body` with at least `count` floats with anything in them.
  static func withStorage(_ count: Int, _ body: (Storage<Float>) -> Void) { floats.with(count, body) }

  /// The same with the address of the floats.
  @unsafe
  static func withFloats(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    withStorage(count) { storage in
      var floats = storage.mutableSpan
      unsafe floats.withUnsafeMutableBufferPointer { floats in
        if let base = floats.baseAddress { unsafe body(base) }
      }
    }
  }
}
