/// Walks the positions of one name from 0 on, for draws whose number is not known beforehand.
///
/// ```swift
/// var generator = NamedGenerator(name)
/// let operand = generator.integer(in: 10...99)
/// generator.shuffle(&letters)
/// ```
///
/// The ways to draw are this type's own and frozen. The standard library's `Int.random(in:using:)`,
/// `shuffled(using:)` and their like work too, but may draw differently in the next Swift release: nothing a
/// run depends on uses them.
public struct NamedGenerator: RandomNumberGenerator, Sendable {
  /// The name whose positions are walked.
  public let name: RandomName

  /// The position that is drawn next.
  public private(set) var position = 0

  /// The second half of the last block, for the odd position that follows.
  private var odd: UInt64 = 0

  /// A generator at position 0 of `name`.
  public init(_ name: RandomName) {
    self.name = name
  }

  /// The 64 bits at `position`, which moves on by one.
  public mutating func next() -> UInt64 {
    defer { position += 1 }
    guard position.isMultiple(of: 2) else { return odd }
    let pair = name.pair(at: position >> 1)
    odd = pair.odd
    return pair.even
  }

  /// A number uniform in 0..<`bound`, without bias; `bound` is positive.
  ///
  /// The upper half of the product of 64 random bits and `bound`; products whose lower half is less than 2^64
  /// mod `bound` are drawn again, since they would favour some numbers. Source: Lemire 2019, *Fast Random
  /// Integer Generation in an Interval*, algorithm 5, https://doi.org/10.1145/3230636.
  public mutating func next(below bound: Int) -> Int {
    precondition(bound > 0, "NamedGenerator: no number lies in 0..<\(bound)")
    let bound = UInt64(bound)
    var product = bound.multipliedFullWidth(by: next())
    if product.low < bound {
      let surplus = (0 &- bound) % bound
      while product.low < surplus { product = bound.multipliedFullWidth(by: next()) }
    }
    return Int(product.high)
  }

  /// A number uniform in `range`, which holds fewer than 2^63 numbers.
  public mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + next(below: range.upperBound - range.lowerBound + 1)
  }

  /// A number uniform in [0, 1), a multiple of 2^-53.
  public mutating func uniform() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Puts `elements` in random order: from the last place down, each is swapped with one drawn from those up
  /// to it.
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, next(below: last + 1))
    }
  }

  /// `count` different elements in random order; at most as many as there are.
  public mutating func choose<Element>(_ count: Int, of elements: [Element]) -> [Element] {
    precondition(
      0 <= count && count <= elements.count, "NamedGenerator: \(count) of \(elements.count) elements")
    var elements = elements
    for place in 0..<count {
      elements.swapAt(place, place + next(below: elements.count - place))
    }
    return Array(elements.prefix(count))
  }
}
