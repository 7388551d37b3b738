/// The name of a sequence of random numbers: who asks, for what, when.
///
/// A number is a function of its name and its position in the sequence, of nothing else: not of the rank that
/// asks, of what was asked before, or of how often. So sampling response 3 of ordinal 17 in step 200 repeats
/// itself on any number of ranks and after any resume, and nothing about randomness is ever saved.
///
/// ```swift
/// let name = RandomName(seed: 1, purpose: .sampling, step: 200, ordinal: 17, sample: 3)
/// let threshold = name.uniform(at: token)
/// ```
///
/// The fields are laid side by side in Philox's key and counter, so no two names of one seed share a block:
///
/// | word | bits | holds |
/// |---|---|---|
/// | key 0, 1 | 32 + 32 | `seed`, low word first |
/// | counter 0 | 32 | `position / 2`: a block holds two numbers |
/// | counter 1 | 32 | `step` |
/// | counter 2 | 32 | `ordinal`, its low 32 bits |
/// | counter 3 | 8 + 8 + 16 | `ordinal`'s next 8 bits, `purpose`, `sample`, from the top down |
///
/// Hence 0 ≤ step < 2^32, 0 ≤ ordinal < 2^40, 0 ≤ sample < 2^16 and 0 ≤ position < 2^33. Different seeds are
/// different keys. The layout is frozen: it is part of what makes two runs equal to the bit.
public struct RandomName: Sendable, Hashable {
  @usableFromInline let key: SIMD2<UInt32>
  @usableFromInline let counter: SIMD4<UInt32>

  /// Names the numbers of `seed` for `purpose`, in `step`, for draw `ordinal` of the prompt stream and its
  /// `sample`.
  ///
  /// A field that a purpose has no use for is 0. Traps outside the ranges given above: names are made by the
  /// program, and one that wrapped around would silently repeat another's numbers.
  public init(seed: UInt64, purpose: RandomPurpose, step: Int, ordinal: Int, sample: Int) {
    precondition(
      0 <= step && step < 1 << 32 && 0 <= ordinal && ordinal < 1 << 40 && 0 <= sample && sample < 1 << 16,
      "RandomName: step \(step), ordinal \(ordinal), sample \(sample) exceed 2^32, 2^40, 2^16 or are negative"
    )
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = SIMD4(
      0,
      UInt32(step),
      UInt32(truncatingIfNeeded: ordinal),
      UInt32(ordinal >> 32) << 24 | purpose.rawValue << 16 | UInt32(sample))
  }
}

extension RandomName {
  /// The 64 random bits at `position`, 0 ≤ `position` < 2^33.
  ///
  /// An even position takes words 0 and 1 of its block, an odd one words 2 and 3, the first word being the
  /// low half.
  @inlinable
  public func bits(at position: Int) -> UInt64 {
    let pair = pair(at: position >> 1)
    return position & 1 == 0 ? pair.even : pair.odd
  }

  /// The number at `position`, uniform in [0, 1): the upper 53 bits of `bits(at:)` divided by 2^53.
  ///
  /// Every value is a multiple of 2^-53 and 1 is never reached.
  @inlinable
  public func uniform(at position: Int) -> Double {
    Double(bits(at: position) >> 11) * 0x1p-53
  }

  /// The numbers at positions 2 × `block` and 2 × `block` + 1.
  @inlinable
  func pair(at block: Int) -> (even: UInt64, odd: UInt64) {
    precondition(0 <= block && block < 1 << 32, "RandomName: block \(block) is outside 0..<2^32")
    var counter = counter
    counter.x = UInt32(truncatingIfNeeded: block)
    let words = Philox.block(counter: counter, key: key)
    return (UInt64(words.y) << 32 | UInt64(words.x), UInt64(words.w) << 32 | UInt64(words.z))
  }
}
