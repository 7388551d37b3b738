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
      let task = try #require(line["task"]?.text)
      let metadata = try #require(line["metadata"])
      let (score, time) = timed {
        Puzzles.score(task: task, metadata: metadata, answer: nil, response: text)
      }
      #expect(time < .milliseconds(try #require(line["limit_ms"]?.integer)))
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
        let (score, time) = timed {
          Puzzles.score(task: task, metadata: puzzle.metadata, answer: puzzle.answer, response: response)
        }
        #expect(time < .seconds(1), "\(task) \(bomb)")
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
