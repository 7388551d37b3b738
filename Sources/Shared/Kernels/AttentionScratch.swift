import Synchronization
import Tensors

/// Buffers that attention borrows for a unit of work and keeps for the next: fresh memory costs a page fault
/// per page.
enum AttentionScratch {
  /// Calls `body` with at least `count` floats with anything in them.
  ///
  /// Any thread may call this at any time; each call has floats of its own.
  static func withStorage(_ count: Int, _ body: (Storage<Float>) -> Void) {
    let storage = take(count)
    body(storage)
    free.withLock { $0.append(storage) }
  }

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

  private static let free = Mutex<[Storage<Float>]>([])

  /// The smallest free storage that is large enough, or a new one in place of the largest that is not.
  private static func take(_ count: Int) -> Storage<Float> {
    let found = free.withLock { free -> Storage<Float>? in
      let fitting = free.indices.filter { free[$0].count >= count }
      if let best = fitting.min(by: { free[$0].count < free[$1].count }) { return free.remove(at: best) }
      if let largest = free.indices.max(by: { free[$0].count < free[$1].count }) { free.remove(at: largest) }
      return nil
    }
    return found ?? Storage(zeros: max(granule, (count + granule - 1) / granule * granule))
  }

  /// Sizes are rounded up to this many floats, 256 KiB.
  private static let granule = 1 << 16
}
