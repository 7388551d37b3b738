import Randomness

/// The colour of a side of a cube after it was rotated some times.
///
/// Another answer scores 0.01. Levels rotate 1, 2, 3, 5, 8 times.
enum ColorCubeRotation: PuzzleTask {
  static let name = "color_cube_rotation"

  private static let sides = ["top", "right", "front", "left", "back", "bottom"]
  private static let colors = [
    "red", "green", "blue", "yellow", "orange", "purple", "pink", "brown", "black", "white", "gray", "silver",
  ]

  /// For a side that comes to the top, the circle of sides that move each to the place of the next.
  private static let circles = [
    "front": ["front", "top", "back", "bottom"], "back": ["back", "top", "front", "bottom"],
    "right": ["right", "top", "left", "bottom"], "left": ["left", "top", "right", "bottom"],
    "bottom": ["bottom", "front", "top", "back"],
  ]

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let start = Dictionary(uniqueKeysWithValues: zip(sides, generator.choose(6, of: colors)))
    var (cube, rotations) = (start, [String]())
    for _ in 0..<at(level, 1, 2, 3, 5, 8) {
      let side = generator.element(of: Array(sides.dropFirst()))
      guard let circle = circles[side] else { continue }
      // From below, the cube turns over twice.
      for _ in 0..<(side == "bottom" ? 2 : 1) {
        let before = cube
        for (from, to) in zip(circle, circle.dropFirst() + circle.prefix(1)) { cube[to] = before[from] }
      }
      rotations.append(side)
    }
    let target = generator.element(of: sides)
    let turns = rotations.map { side in
      side == "bottom"
        ? "turned over forwards twice, so that its bottom side comes to the top"
        : "turned so that its \(side) side comes to the top"
    }
    return Puzzle(
      question: """
        The sides of a cube have these colours: \(sides.map { "\($0) \(start[$0] ?? "")" }.joined(separator: ", ")). It \
        is \(turns.joined(separator: "; then it is ")). Turns are over the shortest way, and the sides that are not \
        on that way stay where they are. What colour is its \(target) side now? Answer with the colour only.
        """,
      answer: cube[target] ?? "",
      metadata: [
        "initial_state": .object(sides.map { PuzzleMember($0, .text(start[$0] ?? "")) }),
        "rotations": PuzzleValue(rotations), "target_side": .text(target),
        "num_rotations": .integer(rotations.count),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    .word(answer, reference: try key.answer, floor: 0.01)
  }
}
