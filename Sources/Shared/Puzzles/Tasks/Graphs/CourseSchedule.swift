import Randomness

/// Whether courses with prerequisites can all be taken, that is, whether a directed graph has no circle.
///
/// Levels have 4, 5, 7, 10, 15 courses.
enum CourseSchedule: PuzzleTask {
  static let name = "course_schedule"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let count = at(level, 4, 5, 7, 10, 15)
    let order = generator.shuffled(Array(0..<count))
    var pairs: [[Int]] = []
    for place in 1..<count {
      for before in generator.choose(min(place, generator.integer(in: 1...2)), of: Array(0..<place)) {
        pairs.append([order[place], order[before]])
      }
    }
    if generator.chance(0.5) {
      let length = generator.integer(in: 2...min(count, 2 + level))
      let circle = generator.choose(length, of: Array(0..<count)).sorted()
      for (from, to) in zip(circle, circle.dropFirst() + [circle[0]]) {
        let pair = [order[to], order[from]]
        if !pairs.contains(pair) { pairs.append(pair) }
      }
    }
    pairs = generator.shuffled(pairs)
    let isSolvable = hasNoCircle(pairs, count)
    return Puzzle(
      question: """
        There are courses 0 to \(count - 1). \(pairs.map { "Course \($0[0]) requires course \($0[1])." }.joined(separator: " ")) \
        A course can be taken after all that it requires. Can all courses be taken? Answer True or False.
        """,
      answer: isSolvable ? "True" : "False",
      metadata: [
        "courses": PuzzleValue(order), "prerequisites": PuzzleValue(pairs), "solution": .bool(isSolvable),
        "solvable": .bool(isSolvable),
      ])
  }

  /// Takes courses as long as one can be taken.
  private static func hasNoCircle(_ pairs: [[Int]], _ count: Int) -> Bool {
    var taken: Set<Int> = []
    for _ in 0..<count {
      let possible = (0..<count).first { course in
        !taken.contains(course) && pairs.allSatisfy { $0[0] != course || taken.contains($0[1]) }
      }
      guard let possible else { return false }
      taken.insert(possible)
    }
    return true
  }
}
