import Randomness

/// The least common multiple of some numbers, less than their product where three tries allow.
///
/// Levels have 2, 2, 3, 3, 4 numbers up to 12, 50, 50, 100, 100.
enum LeastMultiple: PuzzleTask {
  static let name = "lcm"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let bound = at(level, 12, 50, 50, 100, 100)
    let count = at(level, 2, 2, 3, 3, 4)
    var numbers: [Int] = []
    var multiple = 1
    for _ in 0..<3 {
      numbers = (0..<count).map { _ in generator.integer(in: 2...bound) }
      multiple = numbers.reduce(1) { $0 / greatestCommonDivisor($0, $1) * $1 }
      if multiple < numbers.reduce(1, *) { break }
    }
    return Puzzle(
      question:
        "What is the smallest positive number that is a multiple of each of "
        + "\(listed(numbers.map(String.init)))? Answer with the number only.",
      answer: "\(multiple)",
      metadata: ["numbers": PuzzleValue(numbers), "result": .integer(multiple)])
  }
}
