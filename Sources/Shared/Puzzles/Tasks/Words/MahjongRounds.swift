import Randomness

/// A hand of letter cards over some rounds; the last round's result is asked.
///
/// A card that comes in makes a Peng with two of its kind, else a Chi with two that make three letters in a
/// row with it, else nothing. Levels have 1, 2, 3, 5, 8 rounds.
enum MahjongRounds: PuzzleTask {
  static let name = "mahjong_puzzle"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let wanted = generator.element(of: ["Peng", "Chi", "Pass"])
    while true {
      let puzzle = attempt(level, &generator)
      // Results as often as one another, not as chance has it.
      if puzzle.answer == wanted { return puzzle }
    }
  }

  private static func attempt(_ level: Int, _ generator: inout NamedGenerator) -> Puzzle {
    func card(_ generator: inout NamedGenerator) -> UInt8 {
      UInt8(65 + generator.next(below: 12 + 2 * level))
    }
    var hand = (0..<13).map { _ in card(&generator) }
    let start = String(decoding: hand, as: UTF8.self)
    var lines: [String] = []
    var rounds: [PuzzleValue] = []
    var result = "Pass"
    for round in 1...at(level, 1, 2, 3, 5, 8) {
      let added = generator.chance(0.4) ? generator.element(of: hand) : card(&generator)
      result = outcome(of: added, with: hand)
      hand.append(added)
      let removed = hand.remove(at: generator.next(below: hand.count))
      let (plus, minus) = (String(UnicodeScalar(added)), String(UnicodeScalar(removed)))
      lines.append("Round \(round): \(plus) comes in, \(minus) goes out.")
      rounds.append([
        "add": .text(plus), "remove": .text(minus), "cards": .text(String(decoding: hand, as: UTF8.self)),
        "result": .text(result),
      ])
    }
    return Puzzle(
      question: """
        You hold 13 cards with letters. In every round one card comes in, the round's result is found, and one \
        card goes out. The result is
        - Peng, if two cards of the hand are equal to the one that comes in;
        - otherwise Chi, if two cards of the hand and the one that comes in are three letters in a row, such as \
        BCD;
        - otherwise Pass.
        The hand is \(start).
        \(lines.joined(separator: "\n"))
        What is the result of the last round? Answer Peng, Chi or Pass.
        """,
      answer: result, metadata: ["rounds": .list(rounds), "solution": .text(result)])
  }

  private static func outcome(of card: UInt8, with hand: [UInt8]) -> String {
    if hand.count(where: { $0 == card }) >= 2 { return "Peng" }
    let isRow = [(1, 2), (-1, 1), (-2, -1)].contains { pair in
      hand.contains(UInt8(Int(card) + pair.0)) && hand.contains(UInt8(Int(card) + pair.1))
    }
    return isRow ? "Chi" : "Pass"
  }
}
