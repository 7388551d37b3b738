import Foundation
import Randomness
import Testing

@testable import InstructionFollowing

/// A hostile text: as it is, as a repeated part, or as nested brackets.
private struct HostileCase: Decodable {
  struct Text: Decodable {
    let value: String

    private struct Pattern: Decodable {
      var pre: String?
      var post: String?
      var `repeat`: String?
      var times: Int?
      var nest: [String]?
      var depth: Int?
      var inner: String?
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        value = text
        return
      }
      let pattern = try container.decode(Pattern.self)
      var middle = String(repeating: pattern.repeat ?? "", count: pattern.times ?? 0)
      if let nest = pattern.nest, let depth = pattern.depth {
        let (open, close) = (
          String(repeating: nest[0], count: depth), String(repeating: nest[1], count: depth)
        )
        middle = open + (pattern.inner ?? "") + close
      }
      value = (pattern.pre ?? "") + middle + (pattern.post ?? "")
    }
  }

  let id: String
  let text: Text
  let instruction: String
  let kwargs: GoldenArguments
  let expect: Expectation

  /// 0, 1, or any score.
  enum Expectation: Decodable {
    case any
    case followed(Bool)

    init(from decoder: any Decoder) throws {
      let score = try? decoder.singleValueContainer().decode(Int.self)
      self = score.map { .followed($0 == 1) } ?? .any
    }
  }
}

@Suite("Texts that nobody meant to write")
struct FuzzTests {
  @Test("hostile responses get their score in bounded time")
  func hostile() throws {
    for row in try goldenLines("hostile", as: HostileCase.self) {
      let check = try InstructionCheck(ids: [row.instruction], arguments: [row.kwargs.values])
      let clock = ContinuousClock()
      let time = clock.measure {
        for mode in InstructionCheck.Mode.allCases {
          let followed = check.followed(by: row.text.value, mode: mode) == [true]
          if mode == .strict, case .followed(let expected) = row.expect {
            #expect(followed == expected, "\(row.id)")
          }
        }
      }
      #expect(time < .seconds(30), "\(row.id)")
    }
  }

  @Test(
    "floods of one piece keep every instruction linear",
    arguments: [
      "*", "<", "<<a", "[", "\n", " ", "\n \n*", "A. ", "...", "\"", "'", "!a", "P.S", "{\"a\":[", "-",
      "Section ", "aA'", "é", "。", "ก",
    ])
  func floods(piece: String) throws {
    let response = String(repeating: piece, count: 100_000 / piece.unicodeScalars.count)
    let check = try Self.everything()
    let time = ContinuousClock().measure { _ = check.followed(by: response, mode: .strict) }
    #expect(time < .seconds(20))
  }

  @Test(
    "expressions that make backtracking explode stay bounded",
    arguments: ["(a+)+$", "(a|aa)*c", "(a*)*b", "a{1,60}a{1,60}b", "(.*,){9}x"])
  func explosive(keyword: String) throws {
    let check = try InstructionCheck(
      ids: ["keywords:existence"], arguments: [["keywords": [.string(keyword)]]])
    let time = ContinuousClock().measure {
      #expect(check.followed(by: String(repeating: "a", count: 20_000) + "!") == [false])
    }
    #expect(time < .seconds(20))
  }

  @Test("10,000 mutated responses get an answer, the same each time")
  func mutated() throws {
    let rows = try goldenLines("golden", as: GoldenCase.self)
    let checks = try rows.map { try $0.check() }
    let all = try Self.everything()
    let name = RandomName(seed: 5, purpose: .test, step: 0, ordinal: 0, sample: 0)
    var generator = NamedGenerator(name)
    let environment = ProcessInfo.processInfo.environment
    let count = environment["PRORL_FUZZ_COUNT"].flatMap { Int($0) } ?? 10_000
    for index in 0..<count {
      let place = generator.next(below: rows.count)
      let text = Self.mutated(rows[place].response, &generator)
      let check = index % 10 == 0 ? all : checks[place]
      let time = ContinuousClock().measure {
        let strict = check.followed(by: text, mode: .strict)
        let loose = check.followed(by: text, mode: .loose)
        #expect(strict.count == check.instructions.count && loose.count == strict.count)
        #expect(
          zip(strict, loose).allSatisfy { !$0 || $1 },
          "what is followed strictly is followed loosely: \(text)")
        if index % 50 == 0 { #expect(check.followed(by: text, mode: .loose) == loose) }
      }
      #expect(time < .seconds(5), "\(text)")
    }
  }

  private static func mutated(_ text: String, _ generator: inout NamedGenerator) -> String {
    var scalars = Scalars(text)
    for _ in 0...generator.next(below: 6) {
      let place = generator.next(below: scalars.count + 1)
      switch generator.next(below: 4) {
      case 0 where place < scalars.count: scalars.remove(at: place)
      case 1:
        let end = min(scalars.count, place + generator.next(below: 12))
        let run = Array(scalars[place..<end])
        let copies = (0..<generator.next(below: 40)).flatMap { _ in run }
        scalars.insert(contentsOf: copies, at: place)
      case 2: scalars.insert(Unicode.Scalar(UInt16(generator.next(below: 0x3000))) ?? " ", at: place)
      default: scalars.insert(contentsOf: Scalars(generator.pick(pieces)), at: place)
      }
      if scalars.count > 4_000 { scalars = Array(scalars.suffix(2_000)) }
    }
    return scalars.text
  }

  private static let pieces = [
    "*", "**", "***", "******", "\n", "\n\n", "- ", "* ", "<<", ">>", "[", "]", "```json", "{", "}", "\"",
    "'", "P.S.",
    "P.P.S", "My answer is no.", "Section 1", ". ", "... ", "? ", "!", ",", "U.S. ", "Dr. ", "NASA", "n't ",
    "水", "é",
    "\u{0301}", "\u{200D}", "\0", "\r\n", "\u{FEFF}", "🙂", "٣", "İ", "ß", "ǅ",
  ]

  /// One instruction of every kind.
  private static func everything() throws -> InstructionCheck {
    var seen: Set<String> = []
    var instructions: [Instruction] = []
    for row in try goldenLines("golden", as: GoldenCase.self) {
      for instruction in try row.check().instructions where seen.insert(instruction.id).inserted {
        instructions.append(instruction)
      }
    }
    try #require(instructions.count == Instruction.knownIDs.count)
    return InstructionCheck(instructions: instructions)
  }
}
