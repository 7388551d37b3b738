import Tensors

/// How many tokens there are, and what they weigh, in bins between two weights that are equally wide in bits.
struct Histogram {
  /// Tokens of similar weight.
  struct Bin {
    var count = 0
    var sum = 0.0
  }

  /// The bins, lightest tokens first; what is lighter than the first counts there.
  private(set) var bins: [Bin]
  private let base: UInt32
  private let shift: UInt32

  /// Bins of `1 << shift` for the weights with bits in `bits`.
  init(_ bits: Range<UInt32>, shift: UInt32) {
    (base, self.shift) = (bits.lowerBound, shift)
    bins = [Bin](repeating: Bin(), count: Int((bits.upperBound - bits.lowerBound - 1) >> shift) + 1)
  }

  /// At most 1024 bins for the weights with bits in `bits`.
  init(_ bits: Range<UInt32>) {
    let last = bits.upperBound - bits.lowerBound - 1
    self.init(bits, shift: UInt32(max(0, 22 - last.leadingZeroBitCount)))
  }

  /// The bin of a weight.
  @inline(__always)
  func bin(_ weight: Float) -> Int { Int((max(weight.bitPattern, base) - base) >> shift) }

  /// The bits of the weights in a bin.
  func bits(_ bin: Int) -> Range<UInt32> { base + UInt32(bin) << shift..<base + UInt32(bin + 1) << shift }

  /// Counts and weighs tokens.
  mutating func add(_ ids: some Sequence<Int32>, _ weights: Span<Float>) {
    let (base, shift) = (base, shift)
    var bins = bins.mutableSpan
    for id in ids {
      let weight = weights[Int(id)]
      let bin = Int((max(weight.bitPattern, base) - base) >> shift)
      bins[bin].count += 1
      bins[bin].sum += Double(weight)
    }
  }
}
