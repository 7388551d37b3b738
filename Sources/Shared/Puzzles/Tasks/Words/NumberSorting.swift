import Randomness

/// Decimals in ascending or descending order, as a JSON list of texts or numbers.
///
/// The list must hold the very numbers in the right order. (The library accepts any sorted list whose numbers
/// are within 1 of the right ones.)
///
/// Levels have 3, 5, 7, 10, 14 numbers with 0, 1, 1, 2, 3 decimals.
enum NumberSorting: PuzzleTask {
  static let name = "number_sorting"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let places = at(level, 0, 1, 1, 2, 3)
    let bound = at(level, 20, 500, 500, 10000, 20000)
    let numbers = (0..<at(level, 3, 5, 7, 10, 14)).map { _ in generator.integer(in: -bound...bound) }
    let isAscending = generator.chance(0.5)
    let sorted = isAscending ? numbers.sorted() : numbers.sorted(by: >)
    let written = numbers.map { decimalText($0, places: places) }
    let result = sorted.map { decimalText($0, places: places) }
    let direction = isAscending ? "ascending" : "descending"
    return Puzzle(
      question:
        "Sort these numbers in \(direction) order: \(written.joined(separator: ", ")). Answer with a list of "
        + "texts only, in the form [\"-4.5\", \"0.5\", \"12.0\"].",
      answer: PuzzleValue(result).json,
      metadata: [
        "original_numbers": PuzzleValue(written), "direction": .text(direction),
        "sorted_numbers": PuzzleValue(result),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let expected = try key.texts("sorted_numbers").compactMap { AnswerText($0).real }
    let quoted = AnswerText(answer.scalars.map { $0 == "'" ? "\"" : $0 })
    guard let list = PuzzleValue(quoted)?.list else { return .unparsed("not a list") }
    let numbers = list.map { value in value.number ?? value.text.flatMap { AnswerText($0).real } }
    return numbers == expected ? .correct("in order") : .wrong()
  }
}
