import Foundation
import Tasks
import Testing

/// Which prompts are asked, by weights of families and by how often rows were solved.
@Suite("Prompt sampler")
struct PromptSamplerTests {
  /// Twelve rows of three families, one after the other.
  struct Rows: ProblemSource {
    let counts = ["a": 6, "b": 4, "c": 2]
    var count: Int? { 12 }

    private func problem(_ family: String, _ row: Int) -> Problem {
      Problem(
        dataSource: family, prompt: .text("\(family)\(row)"), groundTruth: "", reward: RewardRule(.keywords),
        origin: "\(row)")
    }

    func problem(ordinal: Int) -> Problem { problem("all", ordinal % 12) }

    var families: [ProblemFamily] { counts.keys.sorted().map { ProblemFamily(name: $0, count: counts[$0]) } }

    func problem(family: Int, place: Int) -> (problem: Problem, row: Int?) {
      let families = families
      let first = families[..<family].reduce(0) { $0 + ($1.count ?? 0) }
      let row = first + place % (families[family].count ?? 1)
      return (problem(families[family].name, row), row)
    }
  }

  /// What `count` draws ask, and the state behind them.
  private func draws(
    _ count: Int, _ options: PromptSampler.Options, rates: PassRates = PassRates(), seed: UInt64 = 1,
    from first: Int = 0,
    state: PromptSampler.State = .init()
  ) throws -> (rows: [Int?], families: [String], state: PromptSampler.State) {
    let sampler = try PromptSampler(Rows(), options: options, seed: seed)
    var state = state
    var found: [(problem: Problem, row: Int?)] = []
    for ordinal in first..<first + count {
      found.append(sampler.draw(ordinal: ordinal, &state, rates: rates))
    }
    return (found.map(\.row), found.map(\.problem.dataSource), state)
  }

  @Test("without weights and curriculum the stream is asked as it is, and nothing is remembered")
  func plain() throws {
    let (rows, families, state) = try draws(24, .init())
    #expect(rows.allSatisfy { $0 == nil } && families.allSatisfy { $0 == "all" } && state == .init())
  }

  static let options: [PromptSampler.Options] = [
    .init(weights: ["a": 1, "b": 1, "c": 2]), .init(curriculum: Curriculum(window: 2, floor: 0.1)),
    .init(weights: ["a": 1, "b": 0, "c": 2], curriculum: Curriculum()),
  ]

  /// Rows of all rates, some never asked.
  private var rates: PassRates {
    var rates = PassRates()
    for row in 0..<9 { rates.record(Double(row % 3) / 2, row: row, window: 4) }
    return rates
  }

  @Test(
    "draws are functions of seed, ordinal, state and rates, and go on where a checkpoint stopped",
    arguments: options)
  func determined(options: PromptSampler.Options) throws {
    let whole = try draws(60, options, rates: rates)
    let again = try draws(60, options, rates: rates)
    #expect(whole.rows == again.rows && whole.state == again.state)
    let start = try draws(25, options, rates: rates)
    let rest = try draws(35, options, rates: rates, from: 25, state: start.state)
    #expect(start.rows + rest.rows == whole.rows && rest.state == whole.state)
    #expect(try draws(60, options, rates: rates, seed: 2).rows != whole.rows)
  }

  @Test("families are drawn in proportion to their weights, each in the order of its own stream")
  func shares() throws {
    let (rows, families, state) = try draws(4000, .init(weights: ["a": 1, "b": 0, "c": 3]))
    let counts = Dictionary(grouping: families) { $0 }.mapValues(\.count)
    #expect(counts["b"] == nil)
    // Of 4,000 draws a quarter is 1,000, give or take four times 27.
    #expect(abs((counts["a"] ?? 0) - 1000) < 110 && (counts["a"] ?? 0) + (counts["c"] ?? 0) == 4000)
    let own = rows.compactMap { $0 }.filter { $0 < 6 }
    #expect(own == own.indices.map { $0 % 6 })
    #expect(state.places == ["a": own.count, "c": 4000 - own.count])
  }

  @Test("without weights, families are drawn in proportion to their rows")
  func sizes() throws {
    let (_, families, _) = try draws(4800, .init(curriculum: Curriculum(window: 1, floor: 1)))
    let counts = Dictionary(grouping: families) { $0 }.mapValues(\.count)
    for (name, expected) in [("a", 2400), ("b", 1600), ("c", 800)] {
      #expect(abs((counts[name] ?? 0) - expected) < 140, "\(counts)")
    }
  }

  @Test("a family without a weight is never asked")
  func unnamed() throws {
    let (rows, families, state) = try draws(2000, .init(weights: ["a": 1, "c": 3]))
    let named = try draws(2000, .init(weights: ["a": 1, "b": 0, "c": 3]))
    #expect(rows == named.rows && Set(families) == ["a", "c"] && state == named.state)
  }

  @Test("weights of unknown families are refused by name")
  func mistakes() {
    #expect(throws: MixError.unknownFamily(name: "d", known: ["a", "b", "c"])) {
      try PromptSampler(Rows(), options: .init(weights: ["a": 1, "b": 1, "c": 1, "d": 1]), seed: 1)
    }
    #expect(
      "\(MixError.unknownFamily(name: "d", known: ["a"]))".contains(
        "`d`, which is the data_source of no problem"))
  }

  // MARK: The curriculum

  @Test("rows of middling rates are asked most, those always or never solved as seldom as the floor says")
  func curriculum() throws {
    var rates = PassRates()
    // Rows 0 to 5 of family a: never, a quarter, a half, three quarters, always; row 5 was never asked.
    for (row, rate) in [0, 0.25, 0.5, 0.75, 1].enumerated() { rates.record(rate, row: row, window: 4) }
    let options = PromptSampler.Options(
      weights: ["a": 1, "b": 0, "c": 0], curriculum: Curriculum(window: 4, floor: 0.1))
    let rows = try draws(8000, options, rates: rates).rows.compactMap { $0 }
    let counts = Dictionary(grouping: rows) { $0 }.mapValues { Double($0.count) }
    // Each turn takes a row with its weight: 0.1, 0.75, 1, 0.75, 0.1, 1.
    for (row, weight) in [0.1, 0.75, 1, 0.75, 0.1, 1].enumerated() {
      let expected = 8000 * weight / 3.7
      #expect(
        abs((counts[row] ?? 0) - expected) < 5 * expected.squareRoot(),
        "row \(row): \(counts[row] ?? 0) of \(expected)")
    }
  }

  @Test("where all rows are retired, a prompt is asked all the same")
  func allRetired() throws {
    var rates = PassRates()
    for row in 0..<12 { rates.record(1, row: row, window: 4) }
    let (rows, _, state) = try draws(50, .init(curriculum: Curriculum(window: 4, floor: 1e-6)), rates: rates)
    #expect(rows.allSatisfy { $0 != nil } && Set(rows).count > 3)
    // No more than so many are passed over each time.
    #expect(state.places.values.reduce(0, +) <= 50 * 65)
  }

  @Test(
    "the weight of a rate is highest in the middle and never below the floor", arguments: [0.01, 0.05, 1])
  func weights(floor: Double) {
    let curriculum = Curriculum(window: 4, floor: floor)
    #expect(curriculum.weight(of: nil) == 1 && curriculum.weight(of: 0.5) == 1)
    #expect(curriculum.weight(of: 0) == floor && curriculum.weight(of: 1) == floor)
    #expect(
      curriculum.weight(of: 0.25) == max(floor, 0.75) && curriculum.weight(of: 0.75) == max(floor, 0.75))
  }

  @Test("a rate is the mean over the window, and a row comes back from retirement when it changes")
  func window() {
    var rates = PassRates()
    #expect(rates[3] == nil && rates.count == 0 && rates.retiredCount == 0)
    for _ in 0..<4 { rates.record(1, row: 3, window: 4) }
    rates.record(0, row: 5, window: 4)
    rates.record(0.5, row: 7, window: 4)
    #expect(rates[3] == 1 && rates.count == 3 && rates.retiredCount == 2)
    rates.record(0.5, row: 3, window: 4)
    #expect(rates[3] == 0.875 && rates.retiredCount == 1)
    for _ in 0..<4 { rates.record(0, row: 3, window: 4) }
    #expect(rates[3] == 0 && rates.retiredCount == 2)
    rates.record(1, row: 3, window: 1)
  }

  @Test("a smaller window, as a stage may ask for, forgets at once what is beyond it")
  func smallerWindow() {
    var rates = PassRates()
    for _ in 0..<8 { rates.record(0, row: 1, window: 8) }
    rates.record(1, row: 1, window: 2)
    #expect(rates[1] == 0.5)
  }

  @Test("state and rates come out of a checkpoint as they went in")
  func codable() throws {
    let state = try draws(30, .init(curriculum: Curriculum())).state
    #expect(try roundTrip(state) == state && state.places.isEmpty == false)
    #expect(try roundTrip(rates) == rates)
  }
}

private func roundTrip<Value: Codable>(_ value: Value) throws -> Value {
  try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
}
