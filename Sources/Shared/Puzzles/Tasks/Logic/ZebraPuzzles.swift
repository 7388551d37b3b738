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

  /// A clue about values, numbered by attribute · houses + value: where they live.
  private struct Clue {
    let text: String
    let attributes: Set<Int>
    let holds: @Sendable ([[Int]]) -> Bool
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
      let places = clues.filter { $0.attributes.count == 1 && $0.text.contains("lives in house") }.prefix(2)
        .map(\.text)
      clues.removeAll {
        $0.attributes.count == 1 && $0.text.contains("lives in house") && !places.contains($0.text)
      }
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
    let all = solution.indices.flatMap { attribute in (0..<houses).map { (attribute, $0) } }
    for (a, x) in all {
      let house = solution[a][x]
      clues.append(
        Clue(text: sentence("\(who(a, x)) lives in house \(house + 1)"), attributes: [a]) {
          $0[a][x] == house
        })
      let other = (house + 1) % houses
      clues.append(
        Clue(text: sentence("\(who(a, x)) does not live in house \(other + 1)"), attributes: [a]) {
          $0[a][x] != other
        })
      for (b, y) in all where b != a {
        let distance = solution[b][y] - house
        if distance == 0 && a < b {
          clues.append(
            Clue(text: sentence("\(who(a, x)) and \(who(b, y)) are the same person"), attributes: [a, b]) {
              $0[a][x] == $0[b][y]
            })
        }
        if distance == 1 {
          clues.append(
            Clue(text: sentence("\(who(a, x)) lives directly left of \(who(b, y))"), attributes: [a, b]) {
              $0[b][y] - $0[a][x] == 1
            })
        }
        if abs(distance) == 1 && a < b {
          clues.append(
            Clue(text: sentence("\(who(a, x)) lives next to \(who(b, y))"), attributes: [a, b]) {
              abs($0[b][y] - $0[a][x]) == 1
            })
        }
        if distance > 1 {
          clues.append(
            Clue(text: sentence("\(who(a, x)) lives somewhere left of \(who(b, y))"), attributes: [a, b]) {
              $0[b][y] > $0[a][x]
            })
        }
        if abs(distance) == 2 && a < b {
          clues.append(
            Clue(text: sentence("one house lies between \(who(a, x)) and \(who(b, y))"), attributes: [a, b]) {
              abs($0[b][y] - $0[a][x]) == 2
            })
        }
      }
    }
    return clues
  }

  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + "."
  }

  /// How many solutions `clues` leave, up to two: attributes are placed one after the other, and a clue is asked
  /// as soon as all it speaks of are placed.
  private static func solutions(_ clues: [Clue], _ houses: Int, _ attributes: Int) -> Int {
    let orders = permutations(houses)
    let due = (0..<attributes).map { attribute in clues.filter { $0.attributes.max() == attribute } }
    var (placed, found) = ([[Int]](), 0)
    func place(_ attribute: Int) {
      guard attribute < attributes else {
        found += 1
        return
      }
      for order in orders where found < 2 {
        placed.append(order)
        if due[attribute].allSatisfy({ $0.holds(placed) }) { place(attribute + 1) }
        placed.removeLast()
      }
    }
    place(0)
    return found
  }

  private static func permutations(_ count: Int) -> [[Int]] {
    guard count > 0 else { return [[]] }
    return permutations(count - 1).flatMap { rest in
      (0..<count).map { place in Array(rest[..<place]) + [count - 1] + Array(rest[place...]) }
    }
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    .caseless(answer, reference: try key.answer)
  }
}
