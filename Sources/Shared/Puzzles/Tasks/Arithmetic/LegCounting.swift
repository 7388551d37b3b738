import Randomness

/// How many legs some animals have together.
///
/// Levels have 2, 3, 5, 7, 10 kinds of animals, up to 3, 5, 9, 15, 15 of each.
enum LegCounting: PuzzleTask {
  static let name = "leg_counting"

  /// The singular, the plural and the legs of each.
  private static let animals: [(String, String, Int)] = [
    ("ant", "ants", 6), ("bee", "bees", 6), ("beetle", "beetles", 6), ("butterfly", "butterflies", 6),
    ("cat", "cats", 4), ("cow", "cows", 4), ("crab", "crabs", 10), ("cricket", "crickets", 6),
    ("dog", "dogs", 4), ("duck", "ducks", 2), ("elephant", "elephants", 4), ("frog", "frogs", 4),
    ("goat", "goats", 4), ("hen", "hens", 2), ("horse", "horses", 4), ("lion", "lions", 4),
    ("lobster", "lobsters", 10), ("ostrich", "ostriches", 2), ("owl", "owls", 2), ("pigeon", "pigeons", 2),
    ("rabbit", "rabbits", 4), ("scorpion", "scorpions", 8), ("shark", "sharks", 0), ("snail", "snails", 0),
    ("snake", "snakes", 0), ("spider", "spiders", 8), ("tick", "ticks", 8), ("tiger", "tigers", 4),
    ("trout", "trout", 0), ("wasp", "wasps", 6),
  ]

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let chosen = generator.choose(at(level, 2, 3, 5, 7, 10), of: animals)
    let counts = chosen.map { _ in generator.integer(in: 1...at(level, 3, 5, 9, 15, 15)) }
    let legs = zip(chosen, counts).reduce(0) { $0 + $1.0.2 * $1.1 }
    let herd = zip(chosen, counts).map { $1 == 1 ? "1 \($0.0)" : "\($1) \($0.1)" }
    return Puzzle(
      question:
        "On a farm of all sorts live \(listed(herd)). How many legs do they have together? Answer with the "
        + "number only.",
      answer: "\(legs)",
      metadata: [
        "animals": .object(zip(chosen, counts).map { PuzzleMember($0.0, .integer($1)) }),
        "num_animals": .integer(chosen.count), "total_legs": .integer(legs),
      ])
  }
}
