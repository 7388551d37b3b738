import Randomness

/// A matrix after a sequence of operations: turns, mirrors, replacements, crops.
///
/// Blanks beside elements do not count. Levels have up to 3, 4, 5, 6, 8 rows and 1, 2, 3, 5, 8 operations.
enum ManipulateMatrix: PuzzleTask {
  static let name = "manipulate_matrix"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let most = at(level, 3, 4, 5, 6, 8)
    let matrix = DigitMatrix.draw(
      rows: generator.integer(in: 2...most), columns: generator.integer(in: 2...most), from: &generator)
    var result = matrix
    var instructions: [String] = []
    for _ in 0..<at(level, 1, 2, 3, 5, 8) {
      let (instruction, next) = operation(on: result, from: &generator)
      instructions.append("- " + instruction)
      result = next
    }
    return Puzzle(
      question:
        "Change this matrix step by step.\n\(written(matrix))\nThe steps are, in this order:\n"
        + "\(instructions.joined(separator: "\n"))\nAnswer with the resulting matrix only, written in the same way.",
      answer: written(result),
      metadata: [
        "matrix": PuzzleValue(matrix), "solution": PuzzleValue(result),
        "operations": PuzzleValue(instructions),
        "rows": .integer(matrix.count), "cols": .integer(matrix[0].count),
        "num_transforms": .integer(instructions.count),
      ])
  }

  private static func operation(
    on matrix: [[Int]], from generator: inout NamedGenerator
  ) -> (String, [[Int]]) {
    let (rows, columns) = (matrix.count, matrix[0].count)
    switch generator.next(below: 9) {
    case 0:
      let turns = generator.integer(in: 1...3)
      return (
        "turn it clockwise by \(turns * 90) degrees",
        (0..<turns).reduce(matrix) { matrix, _ in DigitMatrix.turned(matrix) }
      )
    case 1: return ("swap top and bottom: reverse the order of the rows", matrix.reversed())
    case 2: return ("swap left and right: reverse the order of the columns", matrix.map { $0.reversed() })
    case 3:
      return (
        "mirror it at the main diagonal: rows become columns, in the same order",
        DigitMatrix.transposed(matrix)
      )
    case 4:
      return (
        "mirror it at the diagonal from the lower left to the upper right",
        DigitMatrix.transposed(matrix.reversed().map { $0.reversed() })
      )
    case 5:
      let pair = generator.choose(2, of: Array(0...9))
      return (
        "replace every \(pair[0]) by \(pair[1])", matrix.map { $0.map { $0 == pair[0] ? pair[1] : $0 } }
      )
    case 6:
      let divisor = generator.integer(in: 2...5)
      return (
        "replace every multiple of \(divisor) by 0",
        matrix.map { $0.map { $0.isMultiple(of: divisor) ? 0 : $0 } }
      )
    case 7 where rows > 2:
      let every = generator.integer(in: 2...rows)
      return (
        "remove every row whose number, counted from 1, is a multiple of \(every)",
        matrix.indices.filter { ($0 + 1) % every != 0 }.map { matrix[$0] }
      )
    default:
      let (top, left) = (generator.integer(in: 1...rows), generator.integer(in: 1...columns))
      let (bottom, right) = (generator.integer(in: top...rows), generator.integer(in: left...columns))
      return (
        "keep only rows \(top) to \(bottom) and columns \(left) to \(right), counted from 1",
        matrix[(top - 1)..<bottom].map { Array($0[(left - 1)..<right]) }
      )
    }
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let expected = try key.answer.trimmed
    if answer.isEmpty { return .unparsed("no answer") }
    let text = answer.trimmed
    if text == expected { return .correct() }
    let rows = text.lines.map { $0.fields.map(\.string).joined(separator: " ") }
    return .text(AnswerText(rows.joined(separator: "\n")).trimmed, reference: expected)
  }
}
