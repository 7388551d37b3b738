import Synchronization
import Tensors

/// Memory that products use again and again: a product is called hundreds of times in a step, and fresh memory
/// costs a page fault per page.
enum Scratch {
  /// Calls `body` with at least `count` words, whose content is anything.
  ///
  /// Any thread may call this at any time, also inside another call; each has words of its own.
  static func withWords<R>(_ count: Int, _ body: (Storage<UInt32>) -> R) -> R {
    let words = take(count)
    defer { free.withLock { $0.append(words) } }
    return body(words)
  }

  private static let free = Mutex<[Storage<UInt32>]>([])

  /// The smallest free storage that is large enough, or a new one in place of the largest that is not.
  private static func take(_ count: Int) -> Storage<UInt32> {
    let found = free.withLock { free -> Storage<UInt32>? in
      let fitting = free.indices.filter { free[$0].count >= count }
      if let best = fitting.min(by: { free[$0].count < free[$1].count }) { return free.remove(at: best) }
      if let largest = free.indices.max(by: { free[$0].count < free[$1].count }) { free.remove(at: largest) }
      return nil
    }
    return found ?? Storage(zeros: max(granule, (count + granule - 1) / granule * granule))
  }

  /// Sizes are rounded up to this many words, 256 KiB.
  private static let granule = 1 << 16
}
