import Randomness

/// A number written in another base, with digits a to z above 9.
///
/// Levels have values up to 50, 255, 1000, 10000, 1000000, and bases up to 10, 16, 16, 24, 36.
enum BaseConversion: PuzzleTask {
  static let name = "base_conversion"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let value = generator.integer(in: 2...at(level, 50, 255, 1000, 10000, 1_000_000))
    let bases = generator.choose(2, of: Array(2...at(level, 10, 16, 16, 24, 36)))
    let source = String(value, radix: bases[0])
    let target = String(value, radix: bases[1])
    return Puzzle(
      question:
        "The number \(source) is written in base \(bases[0]). Write it in base \(bases[1]), with lower-case "
        + "letters for digits above 9. Answer with its digits only.",
      answer: target,
      metadata: [
        "decimal_value": .integer(value), "source_base": .integer(bases[0]),
        "target_base": .integer(bases[1]), "source_repr": .text(source), "target_repr": .text(target),
      ])
  }
}
