import Foundation
import Randomness
import Testing

@testable import Puzzles

@Suite("Changed answers")
struct FuzzTests {
  static let pieces = [
    "", " ", "\n", "1", "-", "/", "(", ")", "[", "]", "{", "}", "\"", "'", ",", ".", "e9", "e-999999999", "×",
    "=",
    "¬", "→", "A", "a", "Q", "_", "nan", "inf", "\\frac{", "}", "\u{0}", "\u{301}", "٣", "𝟙", "<answer>",
    "</answer>", "null", "true", "0x", "->", "**", "😀", "\r\n", "\u{2028}", "up ",
    "Move disk 1 from Peg 1 to Peg 2",
    "99999999999999999999", "√", "↔", "∧",
  ]

  /// `text` with one to four of its stretches cut out, repeated or replaced by a piece.
  static func changed(_ text: String, _ generator: inout NamedGenerator) -> String {
    var text = Array(text.unicodeScalars)
    for _ in 0..<generator.integer(in: 1...4) {
      let place = generator.next(below: text.count + 1)
      let end = min(text.count, place + generator.next(below: 6))
      if generator.chance(0.2) {
        let copies = generator.integer(in: 1...40)
        text.insert(contentsOf: (0..<copies).flatMap { _ in text[place..<end] }, at: place)
      } else {
        text.replaceSubrange(place..<end, with: generator.element(of: pieces).unicodeScalars)
      }
    }
    return String(String.UnicodeScalarView(text))
  }

  /// A million by `PRORL_FUZZ_COUNT=1000000`.
  @Test("no changed answer scores outside 0 to 1 or takes a second")
  func fuzz() throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["PRORL_FUZZ_COUNT"].flatMap(Int.init) ?? 10_000
    let seed = environment["PRORL_FUZZ_SEED"].flatMap(UInt64.init) ?? 8
    var generator = NamedGenerator(RandomName(seed: seed, purpose: .test, step: 0, ordinal: 0, sample: 0))
    let items = try Fixture.goldenItems()
    var slowest: (time: Duration, what: String) = (.zero, "")
    var outcomes: [PuzzleScore.Outcome: Int] = [:]
    for round in 0..<count {
      let item = items[round % items.count]
      let answers = item.cases.compactMap(\.answer) + [item.answer ?? "1"]
      let response = Self.changed(generator.element(of: answers), &generator)
      let (score, time) = timed {
        Puzzles.score(task: item.task, metadata: item.metadata, answer: item.answer, response: response)
      }
      if !(0...1 ~= score.score) { Issue.record("\(item.task) \(response.debugDescription) \(score)") }
      if time > slowest.time { slowest = (time, "\(item.task) \(response.debugDescription.prefix(300))") }
      outcomes[score.outcome, default: 0] += 1
    }
    #expect(slowest.time < .seconds(1), "\(slowest.what)")
    // Every way of ending was walked, but none of these rows lacks anything.
    #expect(outcomes.count == 4 && outcomes[.error] == nil, "\(outcomes)")
    print("slowest of \(count): \(slowest.time), \(slowest.what)")
  }
}
