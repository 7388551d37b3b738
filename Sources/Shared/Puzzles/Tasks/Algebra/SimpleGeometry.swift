import Randomness

/// The last interior angle of a polygon whose others are known.
///
/// Levels have 3, 4, 5, 6, 8 corners.
enum SimpleGeometry: PuzzleTask {
  static let name = "simple_geometry"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let count = at(level, 3, 4, 5, 6, 8)
    let total = (count - 2) * 180
    var angles: [Int] = []
    var missing = 0
    // Convex: every angle is less than 180 degrees.
    repeat {
      let middle = total / count
      angles = (1..<count).map { _ in generator.integer(in: max(10, middle - 40)...min(170, middle + 40)) }
      missing = total - angles.reduce(0, +)
    } while !(5...175).contains(missing)
    return Puzzle(
      question:
        "A convex polygon has \(count) corners. All interior angles but one measure "
        + "\(listed(angles.map { "\($0)°" })). What does the remaining one measure? Answer with the number of "
        + "degrees only.",
      answer: "\(missing)",
      metadata: [
        "n_sides": .integer(count), "known_angles": PuzzleValue(angles),
        "sum_of_known_angles": .integer(angles.reduce(0, +)), "missing_angle_rounded": .integer(missing),
        "total_interior_sum": .integer(total),
      ])
  }
}
