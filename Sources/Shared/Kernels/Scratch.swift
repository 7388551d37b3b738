import Synchronization
import Tensors

/// Memory that kernels borrow again and again: they are called hundreds of times in a step, and fresh memory costs
/// a page fault per page.
final class ScratchPool<Element: BitwiseCopyable>: Sendable {
  private let free = Mutex<[Storage<Element>]>([])

  /// Calls `body` with at least `count` elements, whose content is anything.
  ///
  /// Any thread may call this at any time, also inside another call; each has elements of its own.
  func with<R>(_ count: Int, _ body: (Storage<Element>) -> R) -> R {
    let elements = take(count)
    defer { free.withLock { $0.append(elements) } }
    return body(elements)
  }

  /// The smallest free storage that is large enough, or a new one in place of the largest that is not.
  private func take(_ count: Int) -> Storage<Element> {
    let found = free.withLock { free -> Storage<Element>? in
      let fitting = free.indices.filter { free[$0].count >= count }
      if let best = fitting.min(by: { free[$0].count < free[$1].count }) { return free.remove(at: best) }
      if let largest = free.indices.max(by: { free[$0].count < free[$1].count }) { free.remove(at: largest) }
      return nil
    }
    return found ?? Storage(zeros: max(granule, (count + granule - 1) / granule * granule))
  }

  /// Sizes are rounded up to this many elements.
  private let granule = 1 << 16
}

/// What products borrow.
enum Scratch {
  private static let words = ScratchPool<UInt32>()

  /// Calls `body` with at least `count` words, whose content is anything.
  static func withWords<R>(_ count: Int, _ body: (Storage<UInt32>) -> R) -> R { words.with(count, body) }
}
