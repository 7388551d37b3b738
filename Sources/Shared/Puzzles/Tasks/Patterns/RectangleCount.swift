import Randomness

/// How many outlines of rectangles a picture of characters shows.
///
/// Off by d < 5 scores 0.8·(1 - d/5). Levels have up to 2, 3, 5, 7, 10 rectangles.
enum RectangleCount: PuzzleTask {
  static let name = "rectangle_count"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let (width, height) = (at(level, 14, 18, 24, 32, 40), at(level, 8, 10, 14, 18, 22))
    var picture = Array(repeating: Array(repeating: 0, count: width), count: height)
    let wanted = generator.integer(in: 1...at(level, 2, 3, 5, 7, 10))
    var count = 0
    // Some find no room; the number that is drawn is asked.
    for _ in 0..<40 * wanted where count < wanted {
      let (w, h) = (generator.integer(in: 3...width / 2), generator.integer(in: 3...height / 2))
      let (left, top) = (generator.integer(in: 0...width - w), generator.integer(in: 0...height - h))
      var outline: [(Int, Int)] = []
      for column in left..<left + w { outline += [(top, column), (top + h - 1, column)] }
      for row in top + 1..<top + h - 1 { outline += [(row, left), (row, left + w - 1)] }
      let shared = outline.count { picture[$0.0][$0.1] > 0 }
      // Outlines may cross, but not lie on one another.
      guard shared <= 2, outline.allSatisfy({ picture[$0.0][$0.1] < 2 }) else { continue }
      for (row, column) in outline { picture[row][column] += 1 }
      count += 1
    }
    let lines = picture.map { row in row.map { $0 == 0 ? " " : $0 == 1 ? "#" : "█" }.joined() }
    return Puzzle(
      question: """
        Here are outlines of rectangles, at least 3 characters wide and high, drawn with #. Where two of them share a \
        place, it is █.
        \(lines.joined(separator: "\n"))
        How many rectangles are there? Answer with the number only.
        """,
      answer: "\(count)", metadata: ["solution": .integer(count), "num_rectangles": .integer(count)])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    guard let expected = try key.answer.integer else {
      throw PuzzleFault(reason: "the reference answer is not a number")
    }
    guard let number = answer.integer else { return .unparsed("not a number") }
    let distance = abs(Double(number) - Double(expected))
    if distance == 0 { return .correct("the expected number") }
    return .share(0.8 * (1 - distance / 5), "off by \(distance)")
  }
}
