import Randomness
import Testing

@testable import Puzzles

@Suite("Hostile answers")
struct HostileTests {
  /// The text of a case: a string, or parts of which one is repeated.
  static func text(_ value: PuzzleValue) -> String {
    if let text = value.text { return text }
    return (value["pre"]?.text ?? "")
      + String(repeating: value["repeat"]?.text ?? "", count: value["times"]?.integer ?? 0)
      + (value["post"]?.text ?? "")
  }

  @Test("every case has the score it must have, in time")
  func cases() throws {
    for line in try Fixture.lines("hostile.jsonl") {
      let text = Self.text(try #require(line["text"]))
      let start = ContinuousClock.now
      let score = Puzzles.score(
        task: try #require(line["task"]?.text), metadata: try #require(line["metadata"]), answer: nil,
        response: text)
      #expect(ContinuousClock.now - start < .milliseconds(try #require(line["limit_ms"]?.integer)))
      #expect(score.score == line["expect"]?.number, "\(line["name"]?.text ?? ""): \(score)")
    }
  }

  @Test("long and deep answers end soon, whatever the task")
  func longAnswers() throws {
    let bombs = [
      "[", "(", "{\"a\":", "¬", "-", "9", "1,", "A=1,", "9**9", "((1+1)*", "\"", "'", "\\", "<answer>",
      "</think>", "[[1],", "Move disk 1 from Peg 1 to Peg 2\n", "up ", "A", "1 ", "é", "\u{301}",
    ]
    for task in Puzzles.names {
      let puzzle = try GeneratorTests.draw(task, 3, 0)
      for bomb in bombs {
        let response = String(repeating: bomb, count: 60000 / bomb.utf8.count)
        let start = ContinuousClock.now
        let score = Puzzles.score(
          task: task, metadata: puzzle.metadata, answer: puzzle.answer, response: response)
        #expect(ContinuousClock.now - start < .seconds(1), "\(task) \(bomb)")
        #expect(score.score < 1, "\(task) \(bomb)")
      }
    }
  }

  @Test("an answer longer than 64 KiB scores 0, a long thought before it does not matter")
  func length() {
    let long = String(repeating: "1", count: Puzzles.answerLimit + 1)
    let score = Puzzles.score(task: "chain_sum", metadata: [:], answer: long, response: long)
    #expect(score.score == 0 && score.outcome == .unparsed)
    let thought = String(repeating: "hm ", count: 300_000) + "</think><answer>12</answer>"
    #expect(Puzzles.score(task: "chain_sum", metadata: [:], answer: "12", response: thought).score == 1)
  }

  @Test("ten thousand changed answers give scores from 0 to 1")
  func fuzz() throws {
    var generator = NamedGenerator(
      RandomName(seed: 8, purpose: .test, step: 0, ordinal: 0, sample: 0))
    let pieces = [
      "", " ", "\n", "1", "-", "/", "(", ")", "[", "]", "{", "}", "\"", "'", ",", ".", "e9", "e-999999999",
      "×",
      "=", "¬", "→", "A", "a", "Q", "_", "nan", "inf", "\\frac{", "}", "\u{0}", "\u{301}", "٣", "𝟙",
      "<answer>",
      "</answer>", "null", "true", "0x", "->", "**", "😀", "\r\n", "\u{2028}",
    ]
    let items = try Fixture.goldenItems()
    let clock = ContinuousClock()
    for round in 0..<10000 {
      let item = items[round % items.count]
      let answers = item.cases.compactMap(\.answer)
      var text = Array((answers.isEmpty ? "1" : generator.element(of: answers)).unicodeScalars)
      for _ in 0..<generator.integer(in: 1...4) {
        let place = generator.next(below: text.count + 1)
        let end = min(text.count, place + generator.next(below: 4))
        text.replaceSubrange(place..<end, with: generator.element(of: pieces).unicodeScalars)
      }
      let response = String(String.UnicodeScalarView(text))
      let start = clock.now
      let score = Puzzles.score(
        task: item.task, metadata: item.metadata, answer: item.answer, response: response)
      #expect(0...1 ~= score.score, "\(item.task) \(response.debugDescription) \(score)")
      #expect(clock.now - start < .seconds(1), "\(item.task) \(response.debugDescription)")
    }
  }

  @Test("metadata that are not what they should be are errors or score, but never end the program")
  func hostileMetadata() throws {
    let values: [PuzzleValue] = [
      .null, true, 0, -1, .integer(.max), .integer(.min), .number(.nan), .number(1e300), "", "x", [], [[]],
      [[1], []],
      [["_"]], [:], ["a": 1], .list(Array(repeating: 1, count: 300)),
    ]
    for item in try Fixture.goldenItems() {
      guard let members = item.metadata.members, let answer = item.cases.compactMap(\.answer).first else {
        continue
      }
      for index in members.indices {
        for value in values {
          var changed = members
          changed[index] = PuzzleMember(members[index].name, value)
          for reference in [item.answer, nil, "", "x"] {
            let score = Puzzles.score(
              task: item.task, metadata: .object(changed), answer: reference, response: item.answer ?? answer)
            #expect(0...1 ~= score.score, "\(item.task) \(changed[index]) \(score)")
          }
        }
      }
    }
  }
}
