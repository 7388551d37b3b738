import CKernels
import Tensors

/// The tokens whose weights lie in a range, and what is known of the others.
struct Candidates {
  /// The range.
  let range: Range<Float>
  /// The tokens, ascending.
  private(set) var ids: [Int32] = []
  /// The sums of the weights above the range.
  private(set) var sumsAbove: BlockSums
  /// The sum of all weights.
  private(set) var total = 0.0

  /// Collects them in one pass; a second one if there are more than expected.
  init(_ weights: Span<Float>, _ range: Range<Float>, expecting estimate: Int) {
    self.range = range
    sumsAbove = BlockSums(positions: weights.count)
    let room = min(weights.count, estimate + estimate / 4 + 256)
    if !collect(weights, room: room) { _ = collect(weights, room: weights.count) }
  }

  private mutating func collect(_ weights: Span<Float>, room: Int) -> Bool {
    let (capacity, range) = (room + 16, range)
    var (found, sums, sum) = (0, sumsAbove, 0.0)
    ids = unsafe [Int32](unsafeUninitializedCapacity: capacity) { ids, count in
      found = unsafe weights.withUnsafeBufferPointer { weights in
        unsafe sums.write { length, out in
          unsafe ck_collect(
            weights.baseAddress, weights.count, range.lowerBound, range.upperBound, length, out, &sum,
            ids.baseAddress, capacity)
        }
      }
      count = found <= room ? found : 0
    }
    (sumsAbove, total) = (sums, sum)
    return found <= room
  }

  /// The sum of the candidates' weights, in order of ids.
  func sum(_ weights: Span<Float>) -> Double {
    var sum = 0.0
    for id in ids { sum += Double(weights[Int(id)]) }
    return sum
  }

  /// Forgets the candidates that are not kept.
  mutating func drop(_ weights: Span<Float>, _ kept: KeptTokens) {
    ids.removeAll { !kept.contains(weights[Int($0)], id: Int($0)) }
  }

  /// The sums by blocks of all tokens above the range, and of the candidates that are kept.
  func sums(_ weights: Span<Float>, _ kept: KeptTokens) -> BlockSums {
    var result = sumsAbove
    let length = result.length
    var (block, end, sum) = (0, length, result.sums[0])
    for id in ids {
      let weight = weights[Int(id)]
      while id >= end {
        result.sums[block] = sum
        (block, end) = (block + 1, end + length)
        sum = result.sums[block]
      }
      // No branch, since nobody could predict it; adding zero to what is not negative changes no bit.
      sum += Double(kept.contains(weight, id: Int(id)) ? weight : 0)
    }
    result.sums[block] = sum
    return result
  }

  /// When tokens, heaviest first, are enough.
  enum Limit {
    /// So many.
    case count(Int)
    /// As soon as their weights sum to so much.
    case sum(Double)

    func isReached(_ count: Int, _ sum: Double) -> Bool {
      switch self {
      case .count(let limit): count >= limit
      case .sum(let limit): sum >= limit
      }
    }
  }

  /// What is kept when tokens are taken from the heaviest down until `limit` is reached.
  ///
  /// - Returns: Nil if it is reached before the candidates or not even by all of them.
  func boundary(_ weights: Span<Float>, until limit: Limit) -> KeptTokens? {
    var ids = ids
    // What lies above a range is summed, not counted; who counts collects all that is heavy.
    var (count, sum) = (0, sumsAbove.total)
    if limit.isReached(count, sum) { return nil }
    var bits = range.lowerBound.bitPattern..<min(range.upperBound.bitPattern, Float(1).bitPattern + 1)
    while ids.count > 32, bits.count > 1 {
      var histogram = Histogram(bits)
      histogram.add(ids, weights)
      var last = histogram.bins.count - 1
      while last > 0 {
        let bin = histogram.bins[last]
        if limit.isReached(count + bin.count, sum + bin.sum) { break }
        (count, sum, last) = (count + bin.count, sum + bin.sum, last - 1)
      }
      bits = histogram.bits(last)
      ids.removeAll { !bits.contains(weights[Int($0)].bitPattern) }
    }
    // In what is left of many, all weigh the same.
    if ids.count <= 32 { ids.sort { (weights[Int($0)], -$0) > (weights[Int($1)], -$1) } }
    for id in ids {
      let weight = weights[Int(id)]
      count += 1
      sum += Double(weight)
      if limit.isReached(count, sum) { return KeptTokens(weight, lastTie: Int(id)) }
    }
    return nil
  }
}
