import Randomness
import Testing

@testable import Tasks

/// Lines of all sorts are read or refused, never more.
@Suite("Reward answers")
struct RewardAnswerTests {
  private static func read(_ line: String) -> RewardAnswer? { RewardAnswer(ArraySlice(line.utf8)) }

  @Test(
    "an id is a whole number, as such or as text",
    arguments: [
      ("7", 7), ("\"7\"", 7), ("7.0", 7), ("7.5", nil), ("null", nil), ("true", nil), ("[7]", nil),
      ("1e30", nil),
      ("\"x\"", nil),
    ] as [(String, Int?)])
  func ids(text: String, id: Int?) {
    #expect(Self.read("{\"id\": \(text), \"score\": 1}")?.id == id)
  }

  @Test(
    "what is neither a number, a boolean, null nor an object is no answer",
    arguments: [
      "", "x", "\"1\"", "[1]", "{", "}", "1 2", "1,", "{\"score\": 1} {", "\u{0}", "{\"a\" 1}",
      "{\"a\": 1,}", "{a: 1}", "{\"\\x\": 1}", "{\"\\u12\": 1}", "-", "1e", "nul", "0x10", "[1, 2",
    ])
  func noAnswers(line: String) {
    #expect(Self.read(line) == nil)
  }

  @Test(
    "texts are what they were written as",
    arguments: [
      (#"a\"\\\/\b\f\n\r\t"#, "a\"\\/\u{8}\u{C}\n\r\t"), (#"\u00e9\u7dda\ud83d\ude00"#, "é線😀"),
      ("é線😀", "é線😀"),
      (#"\ud83d"#, "\u{FFFD}"), (#"\ude00x"#, "\u{FFFD}x"), (#"\ud83d\u0041"#, "\u{FFFD}A"),
    ])
  func texts(written: String, text: String) {
    #expect(Self.read("{\"score\": 1, \"pred\": \"\(written)\"}")?.opinion.extracted == text)
  }

  @Test("values lie in one another at most 64 deep", arguments: [(60, true), (70, false), (30_000, false)])
  func depth(depth: Int, isRead: Bool) {
    let brackets = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    #expect((Self.read("{\"score\": 1, \"x\": \(brackets)}") != nil) == isRead)
  }

  @Test("extras are bounded in number and in the length of their names")
  func manyExtras() throws {
    let members = (0..<100).map { "\"k\($0)\": \($0)" } + ["\"\(String(repeating: "x", count: 65))\": 1"]
    let answer = try #require(Self.read("{\"id\": 1, \"score\": 1, \(members.joined(separator: ", "))}"))
    #expect(answer.opinion.extras.count == 64)
  }

  @Test("a score is finite whatever a line says, and a failure has a reason", arguments: 0..<20)
  func mutations(seed: UInt64) {
    let lines = [
      "{\"id\": 12, \"score\": 0.5, \"acc\": true, \"pred\": \"1\", \"n\": {\"a\": [1e5, NaN]}}", "-Infinity",
      "{\"score\": 1e308, \"error\": \"x\\ud83d\\ude00\", \"kind\": \"wrong\"}",
    ]
    var draw = NamedGenerator(RandomName(seed: seed, purpose: .problems, step: 0, ordinal: 0, sample: 0))
    for round in 0..<1000 {
      var bytes = Array(lines[round % lines.count].utf8)
      for _ in 0...draw.next(below: 4) {
        let place = draw.next(below: bytes.count)
        switch draw.next(below: 3) {
        case 0: bytes[place] = UInt8(draw.next(below: 256))
        case 1: bytes.remove(at: place)
        default: bytes.insert(bytes[draw.next(below: bytes.count)], at: place)
        }
        if bytes.isEmpty { bytes = [0x31] }
      }
      guard let opinion = RewardAnswer(bytes[...])?.opinion else { continue }
      let numbers = [opinion.score ?? 0] + opinion.extras.values
      #expect(numbers.allSatisfy(\.isFinite) && Float(numbers[0]).isFinite)
      #expect(opinion.kind?.isFailure != true || (opinion.score == nil && !opinion.reason.isEmpty))
    }
  }
}
