/// A random order of 0..<`count` that is computed place by place and stored nowhere.
///
/// Epoch after epoch, a data set of any size is walked in a new order at the cost of some blocks of random
/// bits per row, and any place of the order can be asked first, as a resumed run does.
///
/// ```swift
/// let order = Permutation(count: rows.count, name: name)
/// let row = rows[order.element(at: place)]
/// ```
///
/// It is a Feistel network: a number below `width × height` is split into x + `width` × y, and in turn each
/// half moves the other by a random amount, round a circle, so that every round can be undone. The product
/// `width × height` is `count` rounded up; a result outside 0..<`count` is sent through again until it falls
/// inside. With 24 rounds every order of up to six elements comes equally often, as far as four thousand
/// draws of each can tell (with 16 it does not); a place costs 24 blocks, one or two microseconds. The
/// construction is frozen. Sources: Luby and Rackoff 1988, https://doi.org/10.1137/0217022; Black and Rogaway
/// 2002, *Ciphers with Arbitrary Finite Domains*, method 3.
public struct Permutation: Sendable {
  /// How many elements there are.
  public let count: Int

  private let name: RandomName
  private let width: Int
  private let height: Int

  /// The order of 0..<`count` called `name`, whose positions from 0 to 2^33 it uses; 0 ≤ `count` ≤ 2^56.
  public init(count: Int, name: RandomName) {
    precondition(0 <= count && count <= 1 << 56, "Permutation: a count of \(count) is outside 0...2^56")
    self.count = count
    self.name = name
    width = Self.squareRoot(roundedUp: max(count, 1))
    height = (max(count, 1) + width - 1) / width
  }

  /// The element at `place`, both in 0..<`count`.
  public func element(at place: Int) -> Int {
    precondition(0 <= place && place < count, "Permutation: place \(place) is outside 0..<\(count)")
    var element = mixed(place)
    // A cycle that starts inside returns inside, so this ends; since height × width < count + width, it
    // seldom runs.
    while element >= count { element = mixed(element) }
    return element
  }

  private func mixed(_ element: Int) -> Int {
    var (x, y) = (element % width, element / width)
    for round in stride(from: 0, to: 24, by: 2) {
      x = (x + amount(round: round, half: y, below: width)) % width
      y = (y + amount(round: round + 1, half: x, below: height)) % height
    }
    return x + width * y
  }

  /// The move that `half` causes in `round`: the remainder of 64 bits, its bias at most `bound` / 2^64.
  private func amount(round: Int, half: Int, below bound: Int) -> Int {
    Int(name.bits(at: round * width + half) % UInt64(bound))
  }

  private static func squareRoot(roundedUp number: Int) -> Int {
    var root = Int(Double(number).squareRoot())
    while root * root >= number { root -= 1 }
    while root * root < number { root += 1 }
    return root
  }
}
