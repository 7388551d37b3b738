import Randomness

/// The elements of a matrix from the upper left corner clockwise inwards.
///
/// The elements with blanks between score 1, the right ones written as a list 0.1.
///
/// Levels have 2, 3, 4, 6, 8 rows.
enum SpiralMatrix: PuzzleTask {
  static let name = "spiral_matrix"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let size = at(level, 2, 3, 4, 6, 8)
    let matrix = DigitMatrix.draw(rows: size, columns: size, from: &generator)
    let solution = DigitMatrix.spiral(matrix)
    return Puzzle(
      question:
        "Read this matrix in a spiral: along the upper row from the left, down the right column, back along the "
        + "lower row, up the left column, and so on inwards.\n\(written(matrix))\nAnswer with the elements in that "
        + "order only, separated by blanks.",
      answer: solution.map(String.init).joined(separator: " "),
      metadata: ["matrix": PuzzleValue(matrix), "solution": PuzzleValue(solution), "n": .integer(size)])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let expected = try key.answer.trimmed
    let text = answer.trimmed
    if text == expected { return .correct() }
    // Elements with commas between are a list without its brackets.
    let list =
      ListLiteral.read(text)
      ?? ListLiteral.read(AnswerText("[".unicodeScalars + text.scalars + "]".unicodeScalars))
    guard let list else { return text.isEmpty ? .unparsed("no answer") : .wrong() }
    let elements = list.map(\.plainText).joined(separator: " ")
    return AnswerText(elements) == expected && text.scalars.contains(",")
      ? .share(0.1, "the expected elements as a list") : .wrong()
  }
}
