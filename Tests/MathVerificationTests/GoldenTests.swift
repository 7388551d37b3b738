import Testing

@testable import MathVerification

@Suite struct GoldenTests {
  @Test func `ours is math-verify's verdict wherever a careful reader agrees with it`() throws {
    for row in try goldenLines("math_verify", as: MathCase.self) where row.quirk != true {
      let verdict = MathVerifier.judge(answer: row.text, gold: row.gold)
      #expect(verdict.isEqual == row.equal, "\(row.id): \(row.text) for \(row.gold), \(verdict)")
    }
  }

  @Test func `nothing is accepted that both the library and the reader refuse`() throws {
    for row in try goldenLines("math_verify", as: MathCase.self) where !row.equal && row.human == false {
      let verdict = MathVerifier.judge(answer: row.text, gold: row.gold)
      #expect(!verdict.isEqual, "\(row.id): \(row.text) for \(row.gold), \(verdict)")
    }
  }

  @Test func `most of what the reader alone accepts is accepted`() throws {
    let rows = try goldenLines("math_verify", as: MathCase.self).filter {
      $0.quirk == true && $0.human == true
    }
    let accepted = rows.filter { MathVerifier.judge(answer: $0.text, gold: $0.gold).isEqual }
    #expect(accepted.count * 10 >= rows.count * 6, "\(accepted.count) of \(rows.count)")
  }

  /// 2,300 pairs of our own, labelled by the library; what it refuses there may be right.
  @Test func `what math-verify accepts is accepted, but for three cases`() throws {
    let accepted = try goldenLines("library_labels", as: MathCase.self).filter(\.equal)
    let missed = accepted.filter { !MathVerifier.judge(answer: $0.text, gold: $0.gold).isEqual }
    // `5. 5` and `\cotx`, and 5 out of a box that is not understood.
    #expect(missed.count <= 3, "\(missed.map { "\($0.text) for \($0.gold)" })")
  }

  @Test func `TRL's accuracy reward is ours on anchored LaTeX`() throws {
    let rows = try goldenLines("math_verify", as: MathCase.self).filter {
      $0.trlAccuracy != nil && $0.quirk != true
    }
    let agreeing = rows.filter {
      MathVerifier.judge(answer: $0.text, gold: $0.gold, mode: .anchoredLatex).isEqual == $0.trlAccuracy
    }
    #expect(agreeing.count * 100 >= rows.count * 97, "\(agreeing.count) of \(rows.count)")
  }

  private struct Tagged: Decodable {
    let id: String
    let text: String
    let extractAnswer: String?
  }

  @Test func `the last answer tag is reasoning-gym's`() throws {
    for row in try goldenLines("answer_tag", as: Tagged.self) {
      #expect(Extraction.answerTag(in: row.text) == row.extractAnswer, "\(row.id)")
    }
  }

  private struct Hostile: Decodable {
    let id: String
    let text: HostileText
    let gold: HostileText
    let limit: Int
    let expected: Int?

    enum CodingKeys: String, CodingKey {
      case id
      case text
      case gold
      case limit = "limitMs"
      case expect
    }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      id = try values.decode(String.self, forKey: .id)
      text = try values.decode(HostileText.self, forKey: .text)
      gold = try values.decode(HostileText.self, forKey: .gold)
      limit = try values.decode(Int.self, forKey: .limit)
      expected = try? values.decode(Int.self, forKey: .expect)
    }
  }

  @Test func `hostile answers get their score, and none gets long`() throws {
    for row in try goldenLines("hostile", as: Hostile.self) {
      var isEqual = false
      let time = processorTime {
        isEqual = MathVerifier.judge(answer: row.text.text, gold: row.gold.text).isEqual
      }
      if let expected = row.expected { #expect(isEqual == (expected == 1), "\(row.id)") }
      let rules = processorTime {
        for rule in VerlRule.allCases { _ = rule.score(row.text.text, groundTruth: row.gold.text) }
      }
      #expect(rules < .seconds(2), "\(row.id): \(rules)")
      // The limits are for release builds; the package of big integers is slower here.
      #expect(time < .milliseconds(4 * row.limit), "\(row.id): \(time)")
    }
  }
}
