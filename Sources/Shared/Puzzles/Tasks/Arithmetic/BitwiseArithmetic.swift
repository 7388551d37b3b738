import Randomness

/// An expression of hexadecimal numbers with shifts; the answer is a signed integer in any of Python's bases.
///
/// Levels nest 1, 1, 2, 3, 4 operations.
enum BitwiseArithmetic: PuzzleTask {
  static let name = "bitwise_arithmetic"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let (expression, value) = tree(depth: at(level, 1, 1, 2, 3, 4), level: level, from: &generator)
    let answer = (value < 0 ? "-0x" : "0x") + String(value.magnitude, radix: 16)
    return Puzzle(
      question:
        "Calculate \(expression). Numbers are hexadecimal, signed, and as wide as they need to be; << and >> "
        + "shift left and right. Answer in hexadecimal only, with a minus sign if it is negative, such as -0x1f.",
      answer: answer, metadata: ["problem": .text(expression)])
  }

  /// An expression and its value, below 2^100: a factor is never more than 16 bits.
  private static func tree(
    depth: Int, level: Int, from generator: inout NamedGenerator
  ) -> (String, Int128) {
    guard depth > 0 else { return leaf(level, &generator) }
    let (left, first) = tree(depth: depth - 1, level: level, from: &generator)
    let operation = generator.element(of: level == 1 ? ["+", "-", "<<"] : ["+", "-", "*", "<<", ">>"])
    switch operation {
    case "<<", ">>":
      let amount = generator.integer(in: 0...3)
      let text = "(\(left) \(operation) 0x\(String(amount, radix: 16)))"
      return (text, operation == "<<" ? first << Int128(amount) : first >> Int128(amount))
    case "*":
      let (right, second) = leaf(level, &generator)
      return ("(\(left) * \(right))", first * second)
    default:
      let (right, second) = tree(depth: generator.next(below: depth), level: level, from: &generator)
      return ("(\(left) \(operation) \(right))", operation == "+" ? first + second : first - second)
    }
  }

  private static func leaf(_ level: Int, _ generator: inout NamedGenerator) -> (String, Int128) {
    let number = generator.integer(in: level == 1 ? 0x1...0xff : 0x100...0xffff)
    return ("0x" + String(number, radix: 16), Int128(number))
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    guard let expected = PrefixedInteger(try key.answer) else {
      throw PuzzleFault(reason: "the reference answer is not an integer")
    }
    guard let number = PrefixedInteger(answer) else { return .unparsed("not an integer") }
    return number == expected ? .correct("the expected number") : .wrong()
  }
}

/// An integer of up to 4096 digits as Python's `int(text, 0)` reads it: `0x` hexadecimal, `0o` octal, `0b`
/// binary, otherwise decimal without leading zeros.
struct PrefixedInteger: Equatable {
  private var isNegative = false

  /// Base 2^32, units first, no zeros at the end.
  private var limbs: [UInt32] = []

  init?(_ text: AnswerText) {
    var rest = text.trimmed.scalars[...]
    let sign = rest.first
    if sign == "-" || sign == "+" { rest.removeFirst() }
    var base = 10
    if rest.first == "0", let letter = rest.dropFirst().first, letter.properties.isAlphabetic {
      switch letter {
      case "x", "X": base = 16
      case "o", "O": base = 8
      case "b", "B": base = 2
      default: return nil
      }
      rest = rest.dropFirst(2)
      if rest.first == "_" { rest.removeFirst() }
    }
    let characters = rest.filter { $0 != "_" }
    guard !characters.isEmpty, characters.count <= 4096, rest.first != "_", rest.last != "_",
      !zip(rest, rest.dropFirst()).contains(where: { $0 == "_" && $1 == "_" })
    else { return nil }
    for character in characters {
      guard let digit = Character(character).hexDigitValue, character.isASCII, digit < base else {
        return nil
      }
      append(UInt64(digit), base: UInt64(base))
    }
    if base == 10, characters.first == "0", !limbs.isEmpty { return nil }
    isNegative = sign == "-" && !limbs.isEmpty
  }

  private mutating func append(_ digit: UInt64, base: UInt64) {
    var carry = digit
    for place in limbs.indices {
      carry += UInt64(limbs[place]) * base
      limbs[place] = UInt32(truncatingIfNeeded: carry)
      carry >>= 32
    }
    if carry > 0 { limbs.append(UInt32(carry)) }
  }
}
