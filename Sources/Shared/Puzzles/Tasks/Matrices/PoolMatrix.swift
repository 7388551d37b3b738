import Randomness

/// The largest number, or the mean, of each block of a matrix; blocks at the edges may be smaller.
///
/// The right shape scores 0.1; with all numbers within 1 %, 1. A single row and a single column count as the
/// same shape, as in the library.
///
/// Levels have up to 4, 5, 6, 8, 10 rows, and means from level 2 on.
enum PoolMatrix: PuzzleTask {
  static let name = "pool_matrix"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let most = at(level, 4, 5, 6, 8, 10)
    let (rows, columns) = (generator.integer(in: 2...most), generator.integer(in: 2...most))
    let matrix = DigitMatrix.draw(rows: rows, columns: columns, from: &generator)
    let size = generator.integer(in: 2...at(level, 2, 2, 3, 3, 4))
    let isMean = level > 1 && generator.chance(0.5)
    let pooled = stride(from: 0, to: rows, by: size).map { top in
      stride(from: 0, to: columns, by: size).map { left in
        let block = matrix[top..<min(top + size, rows)].flatMap { $0[left..<min(left + size, columns)] }
        if !isMean { return "\(block.max() ?? 0)" }
        // Hundredths, to nearest, halves up.
        let (sum, count) = (block.reduce(0, +), block.count)
        return decimalText((200 * sum + count) / (2 * count), places: 2)
      }
    }
    return Puzzle(
      question:
        "Divide this matrix into blocks of \(size) rows and \(size) columns, from the upper left; blocks at the "
        + "right and lower edges may be smaller.\n\(written(matrix))\nReplace each block by its "
        + "\(isMean ? "mean, rounded to 2 decimals" : "largest number"). Answer with the resulting matrix only, "
        + "rows on lines of their own, numbers separated by blanks.",
      answer: pooled.map { $0.joined(separator: " ") }.joined(separator: "\n"),
      metadata: [
        "matrix": PuzzleValue(matrix), "pool_type": isMean ? "average" : "max", "pool_size": .integer(size),
        "rows": .integer(rows), "cols": .integer(columns),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    guard let expected = table(try key.answer) else {
      throw PuzzleFault(reason: "the reference answer is not a matrix")
    }
    guard let given = table(answer) else { return .unparsed("not a matrix") }
    guard given.shape == expected.shape else { return .wrong("a matrix of another shape") }
    let isNear = zip(given.numbers, expected.numbers).allSatisfy { number, wanted in
      number == wanted || abs(number - wanted) <= 1e-8 + 0.01 * abs(number)
    }
    return isNear ? .correct("all numbers within 1 %") : .share(0.1, "other numbers in the right shape")
  }

  /// The numbers of a table and its shape without dimensions of 1; nil if its rows differ in length.
  private static func table(_ text: AnswerText) -> (numbers: [Float], shape: [Int])? {
    let rows = text.anyLines.map { line in line.parts(between: "#")[0].fields }.filter { !$0.isEmpty }
    guard let width = rows.first?.count, rows.allSatisfy({ $0.count == width }) else { return nil }
    let numbers = rows.joined().compactMap(\.real)
    guard numbers.count == rows.count * width else { return nil }
    return (numbers.map { Float($0) }, [rows.count, width].filter { $0 > 1 })
  }
}
