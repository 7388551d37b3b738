/// Philox4x32-10: 128 random bits as a function of a 128-bit counter and a 64-bit key.
///
/// Ten rounds of two 32 × 32 → 64 bit products. It has no state: the same counter and key give the same words
/// on every machine, and each key is a bijection of the counter, so that different counters never give the
/// same block.
///
/// Source: Salmon, Moraes, Dror and Shaw, *Parallel Random Numbers: As Easy as 1, 2, 3*, SC 2011, section
/// 4.3, https://doi.org/10.1145/2063384.2063405. The tests hold the known-answer vectors of its library,
/// Random123.
public enum Philox {
  /// The block of four words at `counter` under `key`, words in the order of the paper.
  @inlinable
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (x0, x1, x2, x3) = (counter.x, counter.y, counter.z, counter.w)
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<10 {
      let a = (0xD251_1F53 as UInt32).multipliedFullWidth(by: x0)
      let b = (0xCD9E_8D57 as UInt32).multipliedFullWidth(by: x2)
      (x0, x1, x2, x3) = (b.high ^ x1 ^ k0, b.low, a.high ^ x3 ^ k1, a.low)
      // The key walks by the golden ratio and by the square root of 3 less 1.
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return SIMD4(x0, x1, x2, x3)
  }
}
