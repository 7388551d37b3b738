extension Mark {
  /// The mark of a filled square.
  ///
  /// The reference as it is written, blanks at the ends of lines aside, scores 1. Otherwise lines with just as
  /// many digits as the square is wide are read as its rows, whatever else they hold, and 0.9 times the share
  /// of right cells is the score. An answer longer than the reference loses in proportion.
  ///
  /// Source: reasoning-gym, `SudokuDataset.score_answer`.
  static func square(_ answer: AnswerText, reference: AnswerText, solution: [[Int]]) -> Mark {
    let length = answer.count > reference.count ? Double(reference.count) / Double(answer.count) : 1
    if answer.lines.map(\.trimmedAtEnd) == reference.lines.map(\.trimmedAtEnd) {
      return .share(length, "the expected square")
    }
    let rows = answer.lines.map { line in
      line.scalars.filter { ("1"..."9").contains($0) }.map { Int($0.value) - 48 }
    }.filter { $0.count == solution[0].count }
    guard !rows.isEmpty else { return .unparsed("no row of \(solution[0].count) digits") }
    let right = zip(rows, solution).reduce(0) { sum, pair in sum + zip(pair.0, pair.1).count { $0 == $1 } }
    let cells = solution.count * solution[0].count
    return .share(0.9 * length * Double(right) / Double(cells), "\(right) of \(cells) cells right")
  }
}
