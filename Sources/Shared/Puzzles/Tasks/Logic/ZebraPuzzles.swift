import Randomness

/// Who of the people in a row of houses has something, from clues about neighbours.
///
/// Levels have 3, 3, 4, 4, 5 houses and 2, 3, 3, 4, 4 attributes, names among them; clues that are not needed
/// are left out.
enum ZebraPuzzles: PuzzleTask {
  static let name = "zebra_puzzles"

  private static let attributes: [(String, [String])] = [
    ("keeps", ["a cat", "a dog", "a hamster", "a parrot", "a turtle", "some bees", "a goat"]),
    ("drinks", ["tea", "coffee", "milk", "water", "cocoa", "lemonade", "cider"]),
    ("plays", ["the flute", "the drum", "the harp", "the cello", "the oboe", "the lute", "the horn"]),
    ("likes", ["red", "blue", "green", "white", "yellow", "purple", "orange"]),
    ("drives", ["a van", "a bus", "a truck", "a tractor", "a scooter", "a sledge", "a carriage"]),
  ]

  /// A clue about where one value or two live; a value is numbered attribute · houses + value.
  private struct Clue {
    let text: String
    let first: Int

    /// Nil if it speaks of one value.
    let second: Int?

    /// For each house of the first value, the houses of the second as bits, or whether it may be there at all.
    let houses: [Int]

    /// Whether it says in which house a value is.
    var namesHouse: Bool { second == nil && houses.count(where: { $0 != 0 }) == 1 }
  }

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let houses = at(level, 3, 3, 4, 4, 5)
    let kinds = generator.choose(at(level, 2, 3, 3, 4, 4) - 1, of: attributes)
    let names = generator.choose(houses, of: Lexicon.names)
    let values = [names] + kinds.map { generator.choose(houses, of: $0.1) }
    // solution[attribute][value] is the house.
    let solution = values.map { _ in generator.shuffled(Array(0..<houses)) }
    func who(_ attribute: Int, _ value: Int) -> String {
      attribute == 0 ? names[value] : "the one who \(kinds[attribute - 1].0) \(values[attribute][value])"
    }
    var clues = generator.shuffled(allClues(solution, houses, who))
    if level > 2 {
      // Few clues that name a house.
      let places = clues.filter(\.namesHouse).prefix(2).map(\.text)
      clues.removeAll { $0.namesHouse && !places.contains($0.text) }
    }
    guard solutions(clues, houses, values.count) == 1 else { return draw(level: level, from: &generator) }
    var index = 0
    while index < clues.count {
      var fewer = clues
      fewer.remove(at: index)
      if solutions(fewer, houses, values.count) == 1 { clues = fewer } else { index += 1 }
    }
    let attribute = generator.integer(in: 1...kinds.count)
    let value = generator.next(below: houses)
    let holder = solution[0].firstIndex(of: solution[attribute][value]) ?? 0
    let lists = kinds.enumerated().map { "Each \($1.0) something else: \(listed(values[$0 + 1]))." }
    let list = clues.enumerated().map { "\($0 + 1). \($1.text)" }.joined(separator: "\n")
    return Puzzle(
      question: """
        In \(houses) houses in a row, numbered from 1 on the left, live \(listed(names)), one in each. \
        \(lists.joined(separator: " "))
        \(list)
        Who \(kinds[attribute - 1].0) \(values[attribute][value])? Answer with the name only.
        """,
      answer: names[holder],
      metadata: ["num_people": .integer(houses), "num_characteristics": .integer(values.count)])
  }

  private static func allClues(
    _ solution: [[Int]], _ houses: Int, _ who: (Int, Int) -> String
  ) -> [Clue] {
    var clues: [Clue] = []
    func add(_ text: String, _ first: (Int, Int), _ second: (Int, Int)?, _ holds: (Int, Int) -> Bool) {
      let allowed = (0..<houses).map { house in
        (0..<houses).reduce(0) { holds(house, $1) ? $0 | 1 << $1 : $0 }
      }
      clues.append(
        Clue(
          text: text.prefix(1).uppercased() + text.dropFirst() + ".", first: first.0 * houses + first.1,
          second: second.map { $0.0 * houses + $0.1 }, houses: allowed))
    }
    let all = solution.indices.flatMap { attribute in (0..<houses).map { (attribute, $0) } }
    for first in all {
      let (house, one) = (solution[first.0][first.1], who(first.0, first.1))
      add("\(one) lives in house \(house + 1)", first, nil) { at, _ in at == house }
      let other = (house + 1) % houses
      add("\(one) does not live in house \(other + 1)", first, nil) { at, _ in at != other }
      for second in all where second.0 != first.0 {
        let (distance, two) = (solution[second.0][second.1] - house, who(second.0, second.1))
        let isFirstTime = first.0 < second.0
        if distance == 0 && isFirstTime { add("\(one) and \(two) are the same person", first, second, ==) }
        if distance == 1 { add("\(one) lives directly left of \(two)", first, second) { $1 - $0 == 1 } }
        if abs(distance) == 1 && isFirstTime {
          add("\(one) lives next to \(two)", first, second) { abs($1 - $0) == 1 }
        }
        if distance > 1 { add("\(one) lives somewhere left of \(two)", first, second, <) }
        if abs(distance) == 2 && isFirstTime {
          add("one house lies between \(one) and \(two)", first, second) { abs($1 - $0) == 2 }
        }
      }
    }
    return clues
  }

  /// How many solutions `clues` leave, up to two.
  private static func solutions(_ clues: [Clue], _ houses: Int, _ attributes: Int) -> Int {
    var found = 0
    search(Array(repeating: (1 << houses) - 1, count: attributes * houses), clues, houses, &found)
    return found
  }

  /// Narrows the houses where each value may be, as bits, until nothing changes; then tries the houses of a value
  /// with few left.
  private static func search(_ start: [Int], _ clues: [Clue], _ houses: Int, _ found: inout Int) {
    var domains = start
    var before: [Int] = []
    while before != domains {
      before = domains
      for clue in clues { narrow(&domains, by: clue) }
      for value in domains.indices where domains[value].nonzeroBitCount == 1 {
        let attribute = value / houses * houses
        for other in attribute..<attribute + houses where other != value { domains[other] &= ~domains[value] }
      }
      if domains.contains(0) { return }
    }
    let open = domains.indices.filter { domains[$0].nonzeroBitCount > 1 }
    guard let value = open.min(by: { domains[$0].nonzeroBitCount < domains[$1].nonzeroBitCount }) else {
      found += 1
      return
    }
    for house in 0..<houses where domains[value] & 1 << house != 0 && found < 2 {
      var next = domains
      next[value] = 1 << house
      search(next, clues, houses, &found)
    }
  }

  private static func narrow(_ domains: inout [Int], by clue: Clue) {
    let own = domains[clue.first]
    var (kept, reached) = (0, 0)
    for house in clue.houses.indices where own & 1 << house != 0 {
      let allowed = clue.houses[house] & (clue.second.map { domains[$0] } ?? -1)
      guard allowed != 0 else { continue }
      kept |= 1 << house
      reached |= allowed
    }
    domains[clue.first] = kept
    if let second = clue.second { domains[second] &= reached }
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    .caseless(answer, reference: try key.answer)
  }
}
