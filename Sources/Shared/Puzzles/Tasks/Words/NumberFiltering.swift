import Randomness

/// The numbers of a list that are, or are not, larger or smaller than another.
///
/// Levels have 3, 5, 7, 10, 14 numbers with 0, 1, 1, 2, 3 decimals.
enum NumberFiltering: PuzzleTask {
  static let name = "number_filtering"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let places = at(level, 0, 1, 1, 2, 3)
    let bound = at(level, 20, 500, 500, 10000, 20000)
    let numbers = (0..<at(level, 3, 5, 7, 10, 14)).map { _ in generator.integer(in: -bound...bound) }
    let limit = generator.integer(in: -bound / 2...bound / 2)
    let (keeps, larger) = (generator.chance(0.5), generator.chance(0.5))
    let result = numbers.filter { (larger ? $0 > limit : $0 < limit) == keeps }
    func list(_ numbers: [Int]) -> String {
      "[" + numbers.map { "'\(shortDecimalText($0, places: places))'" }.joined(separator: ", ") + "]"
    }
    let filter = shortDecimalText(limit, places: places)
    return Puzzle(
      question:
        "From the list \(list(numbers)), \(keeps ? "keep only" : "remove all") numbers \(larger ? "larger" : "smaller") "
        + "than \(filter), without changing the order. Answer with the resulting list only, written in the same "
        + "way.",
      answer: list(result),
      metadata: [
        "original_numbers": PuzzleValue(numbers.map { shortDecimalText($0, places: places) }),
        "filter_value": .text(filter),
        "operation": .text("\(keeps ? "keep" : "remove")_\(larger ? "larger" : "smaller")"),
        "result": PuzzleValue(result.map { shortDecimalText($0, places: places) }),
      ])
  }
}
