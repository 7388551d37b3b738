/// The generator behind numpy's `random.seed` and `random.choice`.
///
/// Source: Matsumoto and Nishimura 1998, "Mersenne Twister", https://doi.org/10.1145/272991.272995, MT19937;
/// indices by numpy's masked rejection.
struct MersenneTwister {
  private var state: [UInt32]
  private var next = 624

  init(seed: UInt32) {
    state = [seed]
    for index in 1..<624 {
      let last = state[index - 1]
      state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(index))
    }
  }

  /// A number below `count`, each as likely; draws nothing for 1.
  mutating func index(below count: Int) -> Int {
    guard count > 1 else { return 0 }
    let largest = UInt32(count - 1)
    let mask = UInt32.max >> UInt32(largest.leadingZeroBitCount)
    while true {
      let value = draw() & mask
      if value <= largest { return Int(value) }
    }
  }

  private mutating func draw() -> UInt32 {
    if next == 624 { twist() }
    var y = state[next]
    next += 1
    y ^= y >> 11
    y ^= (y << 7) & 0x9D2C_5680
    y ^= (y << 15) & 0xEFC6_0000
    return y ^ (y >> 18)
  }

  private mutating func twist() {
    for index in 0..<624 {
      let mixed = (state[index] & 0x8000_0000) | (state[(index + 1) % 624] & 0x7FFF_FFFF)
      state[index] = state[(index + 397) % 624] ^ (mixed >> 1) ^ (mixed & 1 == 0 ? 0 : 0x9908_B0DF)
    }
    next = 0
  }
}
