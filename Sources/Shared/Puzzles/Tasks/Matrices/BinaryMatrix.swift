import Randomness

/// For every cell of a matrix of zeros and ones, the number of steps to the nearest zero.
///
/// The matrix as rows of numbers scores 1, the right one written as a list of lists 0.1.
///
/// Levels have 3, 4, 5, 7, 9 rows and columns.
enum BinaryMatrix: PuzzleTask {
  static let name = "binary_matrix"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let size = at(level, 3, 4, 5, 7, 9)
    var matrix = (0..<size).map { _ in (0..<size).map { _ in generator.chance(0.25) ? 0 : 1 } }
    matrix[generator.next(below: size)][generator.next(below: size)] = 0
    let solution = DigitMatrix.distances(
      in: matrix, from: DigitMatrix.places(of: 0, in: matrix), isOpen: { _ in true })
    return Puzzle(
      question:
        "Replace every number of this matrix by the least number of steps, up, down, left or right, to a 0; a 0 "
        + "itself is 0 steps away.\n\(written(matrix))\nAnswer with the resulting matrix only, written in the "
        + "same way.",
      answer: written(solution),
      metadata: ["matrix": PuzzleValue(matrix), "solution": PuzzleValue(solution), "n": .integer(size)])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let expected = try key.answer
    if answer == expected { return .correct() }
    guard let rows = ListLiteral.read(answer) else {
      return answer.fields.isEmpty ? .unparsed("no matrix") : .wrong()
    }
    let text = rows.map { row in (row.list ?? []).map(\.plainText).joined(separator: " ") }
    return AnswerText(text.joined(separator: "\n")) == expected
      ? .share(0.1, "the expected matrix as a list of lists") : .wrong()
  }
}

extension PuzzleValue {
  /// What Python's `str` makes of an element of a list.
  var plainText: String {
    switch self {
    case .text(let text): text
    case .bool(let bool): bool ? "True" : "False"
    case .null: "None"
    default: json
    }
  }
}
