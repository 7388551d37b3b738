import Randomness

/// A sum whose digits were replaced by letters; the answer gives every letter its digit.
///
/// Any assignment that makes the sum right, with different digits and no number that begins with 0, scores 1;
/// another assignment 0.01.
///
/// Levels have 2, 2, 2, 3, 3 numbers of up to 2, 3, 4, 4, 5 digits.
enum Cryptarithm: PuzzleTask {
  static let name = "cryptarithm"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let count = at(level, 2, 2, 2, 3, 3)
    let digits = at(level, 2, 3, 4, 4, 5)
    let numbers = (0..<count).map { _ in
      generator.number(digits: max(2, generator.integer(in: digits - 1...digits)))
    }
    let sum = numbers.reduce(0, +)
    let used = Set((numbers + [sum]).flatMap { String($0) }).sorted()
    let letters = generator.choose(used.count, of: (65...90).map { String(UnicodeScalar(UInt8($0))) })
    let letterOf = Dictionary(uniqueKeysWithValues: zip(used, letters))
    func word(_ number: Int) -> String { String(number).map { letterOf[$0] ?? "" }.joined() }
    let answer = zip(letters, used).sorted { $0.0 < $1.0 }.map { "\($0)=\($1)" }.joined(separator: ",")
    return Puzzle(
      question: """
        Different letters stand for different digits, and no number begins with 0:
        \(numbers.map(word).joined(separator: " + ")) = \(word(sum))
        Which digits make this right? Answer with an assignment for each letter only, such as X=1,Y=2,Z=3.
        """,
      answer: answer,
      metadata: [
        "allow_leading_zero": false, "letters": PuzzleValue(letters),
        "words_letters": PuzzleValue(numbers.map(word)), "result_letters": .text(word(sum)),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    var digits: [Unicode.Scalar: Int] = [:]
    var hasOthers = false
    for part in answer.parts(between: ",") {
      let sides = part.trimmed.parts(between: "=").map(\.trimmed)
      guard sides.count == 2, let digit = sides[1].integer else {
        return .unparsed("not a list of letters with digits")
      }
      if sides[0].count == 1 { digits[sides[0].scalars[0]] = digit } else { hasOthers = true }
    }
    let words = try key.texts("words_letters").map { Array($0.unicodeScalars) }
    let result = Array(try key.text("result_letters").unicodeScalars)
    let allowsZero = key.metadata["allow_leading_zero"]?.bool ?? false
    let letters = Set(words.joined() + result)
    guard !hasOthers, Set(digits.keys) == letters else { return .wrong("other letters", floor: 0.01) }
    guard digits.values.allSatisfy({ (0...9).contains($0) }), Set(digits.values).count == digits.count else {
      return .wrong("not different digits", floor: 0.01)
    }
    guard allowsZero || (words + [result]).allSatisfy({ $0.first.flatMap { digits[$0] } != 0 }) else {
      return .wrong("a number begins with 0", floor: 0.01)
    }
    return columnsAgree(words.map { $0.map { digits[$0] ?? 0 } }, result.map { digits[$0] ?? 0 })
      ? .correct("the sum is right") : .wrong("the sum is not right", floor: 0.01)
  }

  /// Whether numbers of any length, first digits first, add up to `sum`.
  private static func columnsAgree(_ numbers: [[Int]], _ sum: [Int]) -> Bool {
    var carry = 0
    for place in 0..<max(sum.count, numbers.map(\.count).max() ?? 0) + 3 {
      carry += numbers.reduce(0) { $0 + (place < $1.count ? $1[$1.count - 1 - place] : 0) }
      guard carry % 10 == (place < sum.count ? sum[sum.count - 1 - place] : 0) else { return false }
      carry /= 10
    }
    return carry == 0
  }
}
