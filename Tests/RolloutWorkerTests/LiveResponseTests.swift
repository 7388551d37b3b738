import Experience
import Randomness
import TestSupport
import Testing
import Tokenization

@testable import RolloutWorker

/// When a response ends, and with which text.
@Suite("Responses in the making")
struct LiveResponseTests {
  @Test(
    "a stop string ends the text before it, however tokens split it",
    arguments: [
      (["a", "#", "#", "#"], ["###"], "a"), (["#", "#", "b", "#", "#", "#"], ["###"], "##b"),
      (["a", "b"], ["bc", "b"], "a"), (["a", "b"], ["c", "ab"], ""), (["a", "a", "b"], ["ab"], "a"),
      // `é` and `線` come byte by byte.
      (["x", "Ã", "©"], ["é"], "x"), (["Ã", "©", "y", "!"], ["y!"], "é"), (["ç", "·", "ļ"], ["線", "."], ""),
    ] as [([String], [String], String)])
  func stops(spellings: [String], stops: [String], text: String) throws {
    let response = try Live(stops: stops).respond(spellings)
    #expect(response.finish == .stopString && response.text == text)
    #expect(response.tokens.count == spellings.count)
  }

  @Test("whole words as tokens stop where the stop string stands, not where the token ends")
  func stopsInsideTokens() throws {
    let live = try Live(stops: [" the"])
    let tokens = live.tokenizer.encode("one of the best")
    #expect(tokens.count < 15, "the vocabulary has no words")
    let response = live.respond(tokens)
    #expect(response.finish == .stopString && response.text == "one of")
  }

  @Test("a stop string is compared by Unicode scalars, so that one inside a character is found")
  func combiningMarks() throws {
    let response = try Live(stops: ["\u{301}"]).respond(["n", "e", "Ì", "ģ"])
    #expect(response.finish == .stopString && response.text == "ne" && response.tokens.count == 4)
  }

  @Test(
    "any text in any pieces ends at the first stop string of the first prefix that has one",
    arguments: 0..<200)
  func stopsAgainstSearch(number: Int) throws {
    var draw = namedGenerator("stops \(number)")
    let alphabet = ["a", "b", "\n"]
    let spellings = (0..<30).map { _ in ["a", "b", "Ċ"][draw.next(below: 3)] }
    let stops = (0...draw.next(below: 3)).map { _ in
      (0...draw.next(below: 5)).map { _ in alphabet[draw.next(below: 3)] }.joined()
    }
    let response = try Live(stops: stops, maximum: 30).respond(spellings)
    let whole = spellings.map { $0 == "Ċ" ? "\n" : $0 }
    let ends = (1...30).first { count in stops.contains { whole[..<count].joined().contains($0) } }
    let text = whole[..<(ends ?? 30)].joined()
    let cut = stops.compactMap { text.firstRange(of: $0)?.lowerBound }.min() ?? text.endIndex
    #expect(response.tokens.count == ends ?? 30)
    #expect(response.text == String(text[..<cut]))
    #expect(response.finish == (ends == nil ? .length : .stopString))
  }

  @Test(
    "looking for stop strings takes bounded work per token, however long the response",
    arguments: [1, 2, 4] as [Int])
  func boundedWork(fold: Int) throws {
    // Near misses all the way, then a stop string over five tokens.
    let stops = ["aaab", "ccccc"]
    let live = try Live(stops: stops, maximum: 1 << 20)
    let ids = live.ids(["a", "a", "c", "c", "c", "c"])
    let count = 50_000 / fold
    let tokens = (0..<count).map { ids[$0 % ids.count] } + live.ids(["b", "c", "c", "c", "c", "c"])
    let response = live.respond(tokens)
    #expect(response.finish == .stopString && response.tokens.count == tokens.count)
    #expect(response.text.utf8.count == count + 1)
    #expect(response.inspectedScalars <= 5 * tokens.count)
  }

  @Test("stop strings that nothing contains and texts without any are followed in bounded work")
  func noStopStrings() throws {
    let tokens = [Int32](repeating: try #require(try Live(stops: []).ids(["a"]).first), count: 50_000)
    let free = try Live(stops: [], maximum: 50_000).respond(tokens)
    #expect(free.inspectedScalars == 0 && free.finish == .length && free.text.utf8.count == 50_000)
    let never = try Live(stops: [String(repeating: "ab", count: 8)], maximum: 50_000).respond(tokens)
    #expect(never.finish == .length && never.inspectedScalars <= 16 * 50_000)
  }

  @Test("an end token ends the response and leaves no text")
  func endToken() throws {
    let live = try Live(stops: ["<"])
    let response = live.respond(live.ids(["h", "i"]) + [Live.end])
    #expect(response.finish == .endOfSequence && response.text == "hi" && response.tokens.last == Live.end)
  }

  @Test("a special token that is no end leaves no text and ends nothing")
  func otherSpecialToken() throws {
    let live = try Live(stops: [])
    let response = live.respond(live.ids(["h"]) + [1] + live.ids(["i"]))
    #expect(response.finish == nil && response.text == "hi")
  }

  @Test("the longest length ends the response at its last token", arguments: [1, 2, 5])
  func length(maximum: Int) throws {
    let response = try Live(stops: ["zz"], maximum: maximum).respond(["a", "b", "c", "d", "e"])
    #expect(response.finish == .length && response.tokens.count == maximum)
    #expect(response.text == String("abcde".prefix(maximum)))
  }

  @Test("a character that never ends becomes U+FFFD when the response does")
  func unfinishedCharacter() throws {
    #expect(try Live(stops: [], maximum: 2).respond(["a", "ç"]).text == "a\u{FFFD}")
    let live = try Live(stops: [])
    #expect(live.respond(live.ids(["a", "ç", "·"]) + [Live.end]).text == "a\u{FFFD}")
    // Until then it waits, since it may become a stop string.
    #expect(try Live(stops: ["\u{FFFD}"]).respond(["a", "ç"]).finish == nil)
  }

  @Test("the end token goes before a stop string, a stop string before the length")
  func precedence() throws {
    let live = try Live(stops: ["b"], maximum: 2)
    #expect(live.respond(live.ids(["a"]) + [Live.end]).finish == .endOfSequence)
    #expect(live.respond(live.ids(["a", "b"])).finish == .stopString)
    #expect(live.respond(live.ids(["a", "a"])).finish == .length)
  }

  @Test("what the sampler found is kept token by token")
  func numbers() throws {
    let live = try Live(stops: [])
    var response = LiveResponse(name: live.name, tokenizer: live.tokenizer)
    let draws = zip(live.ids(["a", "b"]), [-1, -2] as [Float]).map {
      Draw(token: $0, logProbability: $1, entropy: 0.25, nonFinite: 2)
    }
    for draw in draws { response.append(draw, limits: live.limits) }
    #expect(
      response.logProbabilities == [-1, -2] && response.entropySum == 0.5 && response.nonFiniteLogits == 4)
  }
}

/// A tokenizer with what ends its responses.
private struct Live {
  static let end: Int32 = 2

  let tokenizer: Tokenizer
  let limits: ResponseLimits
  let name = RandomName(seed: 1, purpose: .test, step: 0, ordinal: 0, sample: 0)

  init(stops: [String], maximum: Int = 100) throws {
    tokenizer = try Tokenizer(directory: modelFixture("qwen2-tiny"))
    limits = ResponseLimits(
      endTokens: [0, Self.end], stopStrings: StopStrings(stops), maximumTokens: maximum)
  }

  /// The ids of tokens as the vocabulary spells them.
  func ids(_ spellings: [String]) -> [Int32] { spellings.map { tokenizer.id(of: $0) ?? -1 } }

  func respond(_ spellings: [String]) throws -> LiveResponse {
    let ids = ids(spellings)
    try #require(!ids.contains(-1), "\(spellings) are not all tokens")
    return respond(ids)
  }

  /// The response after as many of `tokens` as it takes.
  func respond(_ tokens: [Int32]) -> LiveResponse {
    var response = LiveResponse(name: name, tokenizer: tokenizer)
    for token in tokens where response.finish == nil {
      response.append(Draw(token: token, logProbability: -1, entropy: 1, nonFinite: 0), limits: limits)
    }
    return response
  }
}
