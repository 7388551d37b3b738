import Randomness

/// The probability that some dice show at least a number together, as a reduced fraction.
///
/// Levels have 1, 2, 2, 3, 4 dice of up to 20, 6, 12, 12, 20 sides.
enum Dice: PuzzleTask {
  static let name = "dice"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let most = at(level, 20, 6, 12, 12, 20)
    let sides =
      [generator.integer(in: most / 2...most)]
      + (1..<at(level, 1, 2, 2, 3, 4)).map { _ in generator.integer(in: 2...most) }
    let (least, total) = (sides.count, sides.reduce(0, +))
    let third = (total - least) / 3
    let target = generator.integer(in: (least + max(1, third))...(total - third))
    // ways[sum] counts the throws of the dice so far.
    var ways = [0: 1]
    for die in sides {
      var next: [Int: Int] = [:]
      for (sum, count) in ways { for face in 1...die { next[sum + face, default: 0] += count } }
      ways = next
    }
    let all = sides.reduce(1, *)
    let good = ways.reduce(0) { $0 + ($1.key >= target ? $1.value : 0) }
    let divisor = greatestCommonDivisor(good, all)
    let dice = sides.map { "1d\($0)" }.joined(separator: ", ")
    return Puzzle(
      question:
        "These dice are thrown at once: \(dice), where 1d8 is one die with the numbers 1 to 8. What is the "
        + "probability that they show \(target) or more together? Answer with a reduced fraction only, such as "
        + "3/8.",
      answer: "\(good / divisor)/\(all / divisor)",
      metadata: [
        "puzzle": [
          "dice_str": .text(dice), "target": .integer(target), "num": .integer(good / divisor),
          "den": .integer(all / divisor),
        ]
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    .caseless(answer, reference: try key.answer)
  }
}
