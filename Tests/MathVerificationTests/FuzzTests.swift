import Foundation
import Randomness
import Testing

@testable import MathVerification

/// Makes texts that look like answers: mutated golden cases, and formulas grown by a grammar.
struct AnswerFuzzer {
  var generator: NamedGenerator
  let seeds: [String]

  /// Text number `index`, of the kind that its parity says.
  mutating func text(_ index: Int) -> String {
    index.isMultiple(of: 2) ? mutated(seeds[generator.next(below: seeds.count)]) : wrapped(formula(4))
  }

  private mutating func mutated(_ text: String) -> String {
    var scalars = Array(text.unicodeScalars)
    for _ in 0...generator.next(below: 6) {
      let place = generator.next(below: scalars.count + 1)
      switch generator.next(below: 5) {
      case 0 where place < scalars.count: scalars.remove(at: place)
      case 1: scalars.insert(contentsOf: pick(Self.pieces).unicodeScalars, at: place)
      case 2:
        let end = min(scalars.count, place + generator.next(below: 12))
        let run = Array(scalars[min(place, end)..<end])
        let copies = 1 + generator.next(below: 40)
        scalars.insert(contentsOf: (0..<copies).flatMap { _ in run }, at: min(place, scalars.count))
      case 3 where place < scalars.count:
        scalars.removeSubrange(place..<min(scalars.count, place + generator.next(below: 8) + 1))
      default: scalars += pick(seeds).unicodeScalars.suffix(30)
      }
      if scalars.count > 4_000 { scalars = Array(scalars.suffix(2_000)) }
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars)
    return String(result)
  }

  private mutating func formula(_ depth: Int) -> String {
    guard depth > 0 else {
      return pick([
        "x", "y", "n", "2", "3.5", "17", "\\pi", "e", "i", "0", "1{,}000", "\\infty", "ab", "10^9",
      ])
    }
    let (a, b) = (
      formula(depth - 1 - generator.next(below: 2)), formula(depth - 1 - generator.next(below: 3))
    )
    switch generator.next(below: 26) {
    case 0: return "\(a)+\(b)"
    case 1: return "\(a)-\(b)"
    case 2: return "\(a)\\cdot \(b)"
    case 3: return "\\frac{\(a)}{\(b)}"
    case 4: return "\\sqrt{\(a)}"
    case 5: return "\\sqrt[\(b)]{\(a)}"
    case 6: return "{\(a)}^{\(b)}"
    case 7: return "(\(a))(\(b))"
    case 8: return "(\(a))!"
    case 9: return "\\sin \(a)"
    case 10: return "\\log_{\(b)}{\(a)}"
    case 11: return "|\(a)|"
    case 12: return "\\binom{\(a)}{\(b)}"
    case 13: return "\(a)=\(b)"
    case 14: return "\(a),\(b)"
    case 15: return "(\(a),\(b)]"
    case 16: return "\\{\(a),\(b)\\}"
    case 17: return "\(a)\\cup\(b)"
    case 18: return "\(a)<\(b)"
    case 19: return "\(a)\\pm\(b)"
    case 20: return "\\begin{pmatrix}\(a)&\(b)\\\\\(b)&\(a)\\end{pmatrix}"
    case 21: return "\(a)\\%"
    case 22: return "(\(a))^{\(generator.next(below: 4000))}"
    case 23: return "\\text{\(a)}"
    case 24: return "\\sum_{k=1}^{\(generator.next(below: 60))}(\(a)+k)"
    default: return "\(a)/\(b)"
    }
  }

  private mutating func wrapped(_ formula: String) -> String {
    switch generator.next(below: 6) {
    case 0: "The answer is $\(formula)$."
    case 1: "so \(formula)"
    case 2: "\\[\(formula)\\] and $\\boxed{\(formula)}$"
    case 3: "Answer: \(formula)\n"
    default: "\\boxed{\(formula)}"
    }
  }

  private mutating func pick(_ texts: [String]) -> String { texts[generator.next(below: texts.count)] }

  private static let pieces = [
    "{", "}", "(", ")", "[", "]", "\\{", "\\}", "$", "$$", "\\boxed{", "\\frac", "\\frac{", "\\sqrt", "^",
    "^{", "_", "!", "!!", "%",
    "\\%", ",", ";", "=", "<", "\\le ", "\\pm ", "\\cup ", "|", "\\left", "\\right.", "\\text{",
    "\\text{ and }", "9", "99999999", ".",
    "e", "E9", "-", "--", "+", "*", "**", "/", "\\\\", "&", "\\begin{pmatrix}", "\\end{pmatrix}", "\\log_",
    "\\sin^{-1}", "\\infty",
    " or ", "answer: ", "final answer is ", "percent", "\u{0}", "\u{301}", "π", "²", "１", "\u{202E}", "\\",
    "~", "\n", "\\in ", "\\sum_{k=1}^{9}",
    "\\binom", "10^{10^{10}}", "\\overline{", "0.\\overline{3}", "1,000,000", "</think>", "<answer>",
    "I hope",
  ]
}

@Suite struct FuzzTests {
  /// A million by `PRORL_FUZZ_COUNT=1000000`.
  @Test func `no text crashes the verifier or keeps it for a second`() throws {
    let count = ProcessInfo.processInfo.environment["PRORL_FUZZ_COUNT"].flatMap(Int.init) ?? 10_000
    let seed = ProcessInfo.processInfo.environment["PRORL_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    let cases = try goldenLines("math_verify", as: MathCase.self)
    var fuzzer = AnswerFuzzer(
      generator: NamedGenerator(RandomName(seed: seed, purpose: .test, step: 0, ordinal: 0, sample: 0)),
      seeds: cases.map(\.text) + cases.map(\.gold))
    var slowest: (time: Duration, text: String) = (.zero, "")
    var equal = 0
    var parsed = 0
    for index in 0..<count {
      let text = fuzzer.text(index)
      let gold = index % 3 == 0 ? fuzzer.text(index + 1) : cases[index % cases.count].gold
      var verdict = MathVerifier.judge(answer: "", gold: "1")
      let time = processorTime {
        verdict = MathVerifier.judge(answer: text, gold: gold)
        _ = StemVerifier.judge(
          answer: text, expected: .numeric(value: 3.5, unit: "m/s", relativeTolerance: 0.01))
        for rule in VerlRule.allCases { _ = rule.score(text, groundTruth: gold) }
      }
      if time > slowest.time { slowest = (time, "\(text) for \(gold)") }
      if verdict.isEqual { equal += 1 }
      if verdict.isParsed { parsed += 1 }
    }
    #expect(slowest.time < .seconds(1), "\(slowest.text)")
    // Both outcomes occur, so that both paths were walked.
    #expect(equal * 500 > count && parsed * 3 > count, "\(equal) equal, \(parsed) parsed")
    print("slowest of \(count): \(slowest.time), \(slowest.text.prefix(300))")
  }

  @Test func `a formula equals itself, however it is asked`() throws {
    var fuzzer = AnswerFuzzer(
      generator: NamedGenerator(RandomName(seed: 2, purpose: .test, step: 0, ordinal: 0, sample: 0)),
      seeds: ["1"])
    for index in 0..<1_000 {
      let text = fuzzer.text(2 * index + 1)
      let gold = Reading.response(text, .verl)
      guard let object = gold.object, let written = gold.text, !written.contains("%") else { continue }
      let verdict = MathVerifier.judge(answer: "\\boxed{\(String(written))}", gold: String(written))
      #expect(verdict.isEqual, "\(text): \(object)")
    }
  }
}
