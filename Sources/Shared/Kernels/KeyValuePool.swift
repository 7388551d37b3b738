import Synchronization
import Tensors

/// The extents of a key-value cache, and what its numbers are kept in.
public struct KeyValueShape: Sendable, Equatable {
  /// Layers of the model.
  public var layers: Int
  /// Key-value heads of a layer.
  public var heads: Int
  /// Elements of one head.
  public var headDimension: Int
  /// What keys and values are rounded to; everything computed from them stays `Float`.
  public var precision: Precision

  /// Creates a shape.
  public init(layers: Int, heads: Int, headDimension: Int, precision: Precision) {
    precondition(
      layers > 0 && heads > 0 && headDimension > 0,
      "KeyValueShape: \(layers) layers, \(heads) heads of \(headDimension) hold nothing")
    self.layers = layers
    self.heads = heads
    self.headDimension = headDimension
    self.precision = precision
  }

  /// Slices of 32 columns that one head's values take; the last may be partly filled.
  var slices: Int { (headDimension + pageWidth - 1) / pageWidth }

  /// Elements of one head's keys in a page; its values stand behind them.
  var keyElements: Int { headDimension * pageWidth }

  /// Elements of one layer and head in a page.
  var headElements: Int { keyElements + slices * pageWidth * pageWidth }

  /// Where the keys of a layer and head start in a page, in elements.
  func keyOffset(layer: Int, head: Int) -> Int { (layer * heads + head) * headElements }

  /// Where the values of a layer and head start in a page, in elements.
  func valueOffset(layer: Int, head: Int) -> Int { keyOffset(layer: layer, head: head) + keyElements }

  /// Words of 32 bits in a page.
  ///
  /// A large page is an odd multiple of 4 KiB: the same head's keys in page after page would otherwise fall on
  /// the same lines of the cache, whose ways are a power of two apart.
  var pageWords: Int {
    let words = layers * heads * headElements / (precision == .bf16 ? 2 : 1)
    return words < 1 << 15 ? words : ((words + 1023) / 1024 | 1) * 1024
  }
}

/// Positions of a page, and elements of a line of it: `CK_PAGE` of `CKernels/include/attention.h`, which
/// describes the layout.
let pageWidth = KeyValuePool.pagePositions

/// Where the pages of a key-value cache come from, and where they wait to be used again.
///
/// A page holds the keys and values of 32 consecutive positions of one sequence, of all layers and heads.
/// Pages are cut from slabs of memory; a slab is as large as all before it, up to 16 MiB, so that a large
/// cache gets the system's large pages and a small one costs little. Any thread may use a pool at any time.
public final class KeyValuePool: Sendable {
  /// Positions of a page.
  public static let pagePositions = 32

  /// The extents of the cache.
  public let shape: KeyValueShape

  private let state = Mutex(State())

  /// An empty pool for pages of `shape`.
  public init(_ shape: KeyValueShape) { self.shape = shape }

  /// The bytes of one page of `shape`.
  public static func pageBytes(_ shape: KeyValueShape) -> Int {
    shape.pageWords * MemoryLayout<UInt32>.stride
  }

  /// The bytes of pages in use and of pages kept for reuse.
  ///
  /// The part of a slab that has not been handed out yet is not counted: the system gives it memory when it
  /// is first written.
  public var allocatedBytes: Int { state.withLock { $0.pages } * KeyValuePool.pageBytes(shape) }

  /// Gives slabs of which no page is in use back to the system.
  public func trim() {
    state.withLock { state in
      state.free.removeAll { $0.slab.used == 0 }
      state.fresh.removeAll { $0.slab.used == 0 }
      state.slabs.removeAll { $0.used == 0 }
      state.pages = state.slabs.reduce(-state.fresh.count) { $0 + $1.pages }
    }
  }

  /// `count` pages with anything in them.
  func take(_ count: Int) -> [KeyValuePage] {
    state.withLock { state in
      (0..<count).map { _ in
        let page = state.free.popLast() ?? state.freshPage(shape)
        page.slab.used += 1
        return page
      }
    }
  }

  /// Takes pages back; nobody reads or writes them any more.
  func giveBack(_ pages: [KeyValuePage]) {
    state.withLock { state in
      for page in pages { page.slab.used -= 1 }
      state.free += pages.reversed()
    }
  }

  private struct State {
    var slabs: [KeyValueSlab] = []
    var free: [KeyValuePage] = []
    var fresh: [KeyValuePage] = []
    /// Pages that have been handed out at least once.
    var pages = 0

    mutating func freshPage(_ shape: KeyValueShape) -> KeyValuePage {
      pages += 1
      if let page = fresh.popLast() { return page }
      let most = max(1, largestSlab / KeyValuePool.pageBytes(shape))
      let slab = KeyValueSlab(pages: min(most, max(1, pages - 1)), words: shape.pageWords)
      slabs.append(slab)
      fresh = slab.cut(words: shape.pageWords).reversed()
      return fresh.removeLast()
    }
  }
}

/// The bytes of the largest slab.
private let largestSlab = 16 << 20

/// Memory of several pages.
///
/// Sendable because `used` is read and written under the pool's lock only, and because the words are pages,
/// each of which has one user at a time.
@safe
final class KeyValueSlab: @unchecked Sendable {
  let pages: Int

  /// Pages in use.
  var used = 0

  private let words: Storage<UInt32>

  init(pages: Int, words: Int) {
    self.pages = pages
    self.words = Storage(zeros: pages * words)
  }

  /// All pages, in order.
  func cut(words count: Int) -> [KeyValuePage] {
    let words = words
    var all = words.mutableSpan
    return unsafe all.withUnsafeMutableBufferPointer { all in
      guard let base = all.baseAddress else { return [] }
      return (0..<pages).map { unsafe KeyValuePage(slab: self, start: base + $0 * count) }
    }
  }
}

/// One page, which keeps its slab alive.
///
/// Sendable because a page's words have one user at a time, who shares them out over threads.
@safe
struct KeyValuePage: @unchecked Sendable {
  let slab: KeyValueSlab
  let start: UnsafeMutablePointer<UInt32>
}
