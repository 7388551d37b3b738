import Randomness

/// Words grouped by the letters they are made of, as a JSON list of lists in any order.
///
/// Levels have 2, 2, 3, 4, 6 groups. A list that groups them otherwise scores 0.01.
enum GroupAnagrams: PuzzleTask {
  static let name = "group_anagrams"

  private static let groups = [
    ["angel", "angle", "glean"], ["arc", "car"], ["art", "rat", "tar"], ["ate", "eat", "tea"],
    ["bare", "bear"], ["below", "elbow"], ["bored", "robed"], ["brag", "grab"], ["café", "face"],
    ["canoe", "ocean"], ["cat", "act"], ["cheap", "peach"], ["cloud", "could"], ["deal", "lead"],
    ["dear", "read", "dare"], ["diet", "edit", "tide"], ["dusty", "study"], ["earth", "heart", "hater"],
    ["emit", "item", "time"], ["evil", "live", "veil", "vile"], ["flow", "wolf"], ["fringe", "finger"],
    ["gel", "leg"], ["inch", "chin"], ["lamp", "palm"], ["lemon", "melon"], ["life", "file"],
    ["listen", "silent", "enlist", "tinsel"], ["loop", "pool", "polo"], ["march", "charm"],
    ["meat", "team", "tame", "mate"], ["night", "thing"], ["note", "tone"], ["now", "won", "own"],
    ["pat", "tap", "apt"], ["paws", "swap", "wasp"], ["pears", "spare", "spear"], ["pets", "step", "pest"],
    ["race", "care", "acre"], ["rescue", "secure"], ["ring", "grin"], ["rose", "sore"], ["sauce", "cause"],
    ["shore", "horse"], ["snap", "pans", "span"], ["stale", "least", "steal", "tales"],
    ["stop", "pots", "spot"],
    ["stressed", "desserts"], ["thorn", "north"], ["tool", "loot"], ["was", "saw"], ["west", "stew"],
  ].filter { group in Set(group.map { String($0.sorted()) }).count == 1 }

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let chosen = generator.choose(at(level, 2, 2, 3, 4, 6), of: groups)
    let solution = chosen.map { group in
      generator.choose(generator.integer(in: 2...group.count), of: group).sorted()
    }.sorted { $0[0] < $1[0] }
    let words = generator.shuffled(Array(solution.joined()))
    let groups = PuzzleValue.list(solution.map { PuzzleValue($0) })
    return Puzzle(
      question:
        "Put words that consist of the same letters into one group: \(PuzzleValue(words).json). Answer with a "
        + "JSON list of groups only, each a list of words, in any order.",
      answer: groups.json,
      metadata: [
        "words": PuzzleValue(words), "solution": groups, "anagram_groups": .integer(solution.count),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    guard let expected = sorted(try key.value("solution")) else {
      throw PuzzleKey.malformed("solution", "a list of lists of words")
    }
    guard let value = PuzzleValue(answer), value.list != nil else { return .unparsed("not a JSON list") }
    return sorted(value) == expected ? .correct("the groups") : .wrong("other groups", floor: 0.01)
  }

  private static func sorted(_ value: PuzzleValue) -> [[String]]? {
    func precedes(_ a: String, _ b: String) -> Bool {
      a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars)
    }
    let groups = value.all { $0.texts?.sorted(by: precedes) }
    return groups?.sorted { precedes($0.first ?? "", $1.first ?? "") }
  }
}
