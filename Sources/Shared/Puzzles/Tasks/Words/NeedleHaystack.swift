import Randomness

/// Who does one thing among many sentences about who does what.
///
/// Levels have 3, 6, 12, 25, 40 sentences.
enum NeedleHaystack: PuzzleTask {
  static let name = "needle_haystack"

  private static let verbs = [
    "admires", "avoids", "collects", "dislikes", "dreams of", "draws", "enjoys", "fears", "loves", "paints",
    "praises", "sells", "studies", "writes about",
  ]
  private static let things = [
    "bridges", "castles", "cathedrals", "chess sets", "clouds", "comets", "deserts", "dolls", "ferries",
    "gardens", "islands", "kites", "lanterns", "maps", "mirrors", "mosses", "old coins", "orchards",
    "puppets",
    "railways", "rivers", "seashells", "stamps", "steam engines", "tall trees", "teapots", "tulips",
    "volcanoes",
    "waterfalls", "windmills",
  ]

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let names = generator.choose(at(level, 3, 6, 12, 25, 40), of: Lexicon.names)
    let needle = generator.next(below: names.count)
    let verb = generator.element(of: verbs)
    let thing = generator.element(of: things)
    let sentences = names.indices.map { index in
      if index == needle { return "\(names[index]) \(verb) \(thing)." }
      var (other, another) = (verb, thing)
      while other == verb && another == thing {
        (other, another) = (generator.element(of: verbs), generator.element(of: things))
      }
      return "\(names[index]) \(other) \(another)."
    }
    let question = "Who \(verb) \(thing)?"
    return Puzzle(
      question: sentences.joined(separator: " ") + " \(question) Answer with the name only.",
      answer: names[needle],
      metadata: ["question": .text(question), "num_statements": .integer(sentences.count)])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    .word(answer.without(" "), reference: try key.answer)
  }
}
