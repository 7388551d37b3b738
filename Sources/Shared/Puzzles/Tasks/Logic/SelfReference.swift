import Randomness

/// How many ways there are for seven statements about one another to be true or false.
///
/// The bounds of levels 1 to 5 lie within 2, 3, 4, 5, 7 of the ends.
enum SelfReference: PuzzleTask {
  static let name = "self_reference"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let numbers = (0..<4).map { _ in generator.integer(in: 0...at(level, 2, 3, 4, 5, 7)) }
    let (least, most) = (7 - numbers[0], numbers[1])
    let solutions = (0..<128).count { truths in
      let count = truths.nonzeroBitCount
      let (third, fourth) = (truths & 4 != 0, truths & 8 != 0)
      let claims = [
        count >= least, 7 - count <= most, count == numbers[2], 7 - count == numbers[3], third != fourth,
        [2, 3, 5, 7].contains(count), [4, 6].contains(7 - count),
      ]
      return claims.indices.allSatisfy { claims[$0] == (truths & 1 << $0 != 0) }
    }
    return Puzzle(
      question: """
        Each of these seven statements is true or false:
        1. At least \(least) of the seven are true.
        2. At most \(most) of the seven are false.
        3. Exactly \(numbers[2]) of the seven are true.
        4. Exactly \(numbers[3]) of the seven are false.
        5. Of statements 3 and 4, one is true and the other is false.
        6. The number of true statements is prime.
        7. The number of false statements is composite.
        In how many ways can they be true or false so that each is true just if what it says is so? Answer with the \
        number only.
        """,
      answer: "\(solutions)", metadata: ["numbers": PuzzleValue([least, most, numbers[2], numbers[3]])])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    answer == (try key.answer) ? .correct() : answer.fields.isEmpty ? .unparsed("no answer") : .wrong()
  }
}
