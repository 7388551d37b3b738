import Randomness
import Tasks
import Testing

@Suite("Built-in problems")
struct BuiltInProblemsTests {
  static func examples(_ kind: MiniatureKind, count: Int) -> [MiniatureExample] {
    (0..<count).map { ordinal in
      var generator = NamedGenerator(
        RandomName(seed: 5, purpose: .test, step: 0, ordinal: ordinal, sample: 0))
      return kind.example(drawnFrom: &generator)
    }
  }

  static func score(_ response: String, _ example: MiniatureExample, finished: Bool = true) -> Float {
    VerifierRegistry.score(response: response, problem: example.problem, finished: finished).score
  }

  @Test("careful demonstrations are right, unless cut off", arguments: MiniatureKind.allCases)
  func careful(kind: MiniatureKind) {
    for example in Self.examples(kind, count: 10_000) {
      #expect(Self.score(example.careful, example) == 1, "\(example)")
      #expect(Self.score(example.careful, example, finished: false) == 0, "\(example)")
    }
  }

  @Test("careless demonstrations are always wrong", arguments: MiniatureKind.allCases)
  func careless(kind: MiniatureKind) {
    for example in Self.examples(kind, count: 10_000) {
      #expect(Self.score(example.careless, example) == 0, "\(example)")
    }
  }

  @Test(
    "prompts are ASCII and end with a newline, responses begin with a space",
    arguments: MiniatureKind.allCases)
  func shape(kind: MiniatureKind) {
    for example in Self.examples(kind, count: 1000) {
      #expect(example.prompt.allSatisfy(\.isASCII) && example.prompt.hasSuffix("\n"))
      for response in [example.careful, example.careless] {
        #expect(response.allSatisfy(\.isASCII) && response.hasPrefix(" ") && !response.hasSuffix(" "))
        #expect(!response.contains("  ") && !response.contains("\n"))
      }
    }
  }

  /// Prompts with the demonstrations that follow from them.
  static let workedExamples: [(MiniatureKind, prompt: String, careful: String, careless: String)] = [
    (.add, "Add 47 + 85\n", " 7+5=12 4+8+1=13 132", " 47"),
    (.add, "Add 12 + 34\n", " 2+4=6 1+3=4 46", " 12"),
    (.sub, "Subtract 85 - 47\n", " 15-7=8 7-4=3 38", " 85"),
    (.sub, "Subtract 87 - 45\n", " 7-5=2 8-4=4 42", " 87"),
    (.sub, "Subtract 52 - 47\n", " 12-7=5 4-4=0 5", " 52"),
    (.sub, "Subtract 30 - 30\n", " 0-0=0 3-3=0 0", " 30"),
    (.next, "Next 3 7 11 15\n", " +4 5+4=9 19", " 15"),
    (.next, "Next 80 89 98 107\n", " +9 7+9=16 116", " 107"),
  ]

  @Test("numbers are worked out as documented", arguments: workedExamples)
  func worked(kind: MiniatureKind, prompt: String, careful: String, careless: String) throws {
    // Drawn until the prompt turns up: each is one of at most some thousand.
    let example = try #require(
      (0..<200_000).lazy.map { ordinal in
        var generator = NamedGenerator(
          RandomName(seed: 5, purpose: .test, step: 1, ordinal: ordinal, sample: 0))
        return kind.example(drawnFrom: &generator)
      }.first { $0.prompt == prompt })
    #expect(example.careful == careful)
    #expect(example.careless == careless)
  }

  @Test(
    "letters are reversed or sorted, or only the first is given",
    arguments: [.reverse, .sort] as [MiniatureKind])
  func letters(kind: MiniatureKind) {
    var seen: Set<String> = []
    for example in Self.examples(kind, count: 1000) {
      let letters = example.prompt.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init)
      #expect((4...5).contains(letters.count) && Set(letters).count == letters.count)
      let right = kind == .sort ? letters.sorted() : letters.reversed()
      #expect(example.careful == " " + right.joined(separator: " "))
      #expect(example.careless == " " + right[0])
      seen.formUnion(letters)
    }
    #expect(seen.sorted().joined() == "abcdefghijklmnoprstvw")
  }

  @Test("words are neighbours in the alphabetical row of six of their letter, and careless ones end halfway")
  func words() {
    let examples = Self.examples(.words, count: 5000)
    var clauses: [[String]] = []
    for example in examples {
      let fields = example.prompt.split(whereSeparator: \.isWhitespace)
      let careful = example.careful.split(separator: " ").map(String.init)
      let count = Int(fields[1]) ?? 0
      #expect(careful.count == count + (Int(fields[6]) ?? 0))
      #expect(careful.prefix(count).allSatisfy { $0.hasPrefix(fields[4]) })
      #expect(careful.dropFirst(count).allSatisfy { $0.hasPrefix(fields[8]) })
      #expect(example.careless == " " + careful.prefix(count).joined(separator: " "))
      clauses += [Array(careful.prefix(count)), Array(careful.dropFirst(count))]
    }
    let rows = Dictionary(grouping: Set(clauses.joined()).sorted()) { $0.prefix(1) }
    #expect(rows.count == 21 && rows.values.allSatisfy { $0.count == 6 })
    #expect(rows["a"] == ["aim", "air", "ant", "arm", "art", "axe"])
    #expect(rows["w"] == ["wall", "war", "wax", "web", "well", "wind"])
    let neighbors = rows.values.flatMap { row in (0..<6).map { [row[$0], row[($0 + 1) % 6]] } }
    #expect(Set(clauses.filter { $0.count == 2 }) == Set(neighbors))
  }

  @Test("the split of a prompt is its CRC-32")
  func checksum() {
    // By Python's zlib.crc32.
    #expect(BuiltInSplit(prompt: "123456789") == .train)  // 0xCBF43926
    #expect(BuiltInSplit(prompt: "") == .validation)  // 0
    #expect(BuiltInSplit(prompt: "Add 12 + 47\n") == .validation)
    #expect(BuiltInSplit(prompt: "Add 26 + 47\n") == .validation)
    #expect(BuiltInSplit(prompt: "Add 84 + 47\n") == .test)
    #expect(BuiltInSplit(prompt: "Add 89 + 47\n") == .test)
    #expect(BuiltInSplit(prompt: "Add 10 + 47\n") == .train)
    #expect(BuiltInSplit(prompt: "Add 11 + 47\n") == .train)
  }

  @Test("problems of a split belong to it, so splits share no prompt", arguments: BuiltInSplit.allCases)
  func splits(split: BuiltInSplit) {
    let problems = BuiltInProblems(split: split, seed: 1)
    for ordinal in 0..<600 {
      #expect(Self.text(problems.problem(ordinal: ordinal)).map(BuiltInSplit.init(prompt:)) == split)
    }
    let demonstrations = Demonstrations(split: split, carelessFraction: 0.5, seed: 1)
    for ordinal in 0..<600 {
      #expect(BuiltInSplit(prompt: demonstrations.demonstration(ordinal: ordinal).prompt) == split)
    }
  }

  @Test("the same seed and ordinal give the same problem, others another")
  func determined() {
    let one = BuiltInProblems(split: .train, seed: 1)
    let same = BuiltInProblems(split: .train, seed: 1)
    let other = BuiltInProblems(split: .train, seed: 2)
    let backwards = (0..<300).reversed().map { same.problem(ordinal: $0) }
    #expect((0..<300).map { one.problem(ordinal: $0) } == Array(backwards.reversed()))
    #expect((0..<300).filter { one.problem(ordinal: $0) == other.problem(ordinal: $0) }.count < 5)
    let first = one.problem(ordinal: 0)
    #expect((1..<300).filter { one.problem(ordinal: $0).prompt == first.prompt }.count < 5)
    #expect(one.count == nil)
  }

  @Test("the stream is frozen")
  func frozen() {
    let problems = BuiltInProblems(split: .train, seed: 1)
    #expect(
      (0..<6).map { Self.text(problems.problem(ordinal: $0)) } == [
        "Write 2 words with a then 1 with g\n", "Sort g a b o\n", "Next 15 23 31 39\n", "Reverse i w a h\n",
        "Add 46 + 49\n", "Subtract 73 - 22\n",
      ])
  }

  @Test("each kind comes once in every round, in changing order")
  func balanced() {
    let problems = BuiltInProblems(split: .train, seed: 1)
    var orders: Set<[String]> = []
    for round in 0..<50 {
      let sources = (0..<6).map { problems.problem(ordinal: 6 * round + $0).dataSource }
      #expect(Set(sources) == Set(MiniatureKind.allCases.map(\.dataSource)))
      orders.insert(sources)
    }
    #expect(orders.count > 40)
  }

  @Test("a family is named as its problems' data source", arguments: MiniatureKind.allCases.indices)
  func families(index: Int) {
    let problems = BuiltInProblems(split: .train, seed: 1)
    #expect(problems.families[index].name == problems.problem(family: index, place: 3).problem.dataSource)
  }

  @Test("a problem carries its kind, its reward and its origin", arguments: MiniatureKind.allCases)
  func described(kind: MiniatureKind) {
    let problem = BuiltInProblems(split: .train, kinds: [kind], seed: 1).problem(ordinal: 3)
    #expect(problem.dataSource == "mini/\(kind.rawValue)")
    #expect(problem.reward.name.rawValue == problem.dataSource)
    #expect(RewardName(dataSource: problem.dataSource) == problem.reward.name)
    #expect(problem.origin == "built-in \(kind.rawValue)")
    #expect(problem.extra == "{}")
  }

  @Test("held-out problems are different, of their split, and independent of how many are asked")
  func heldOut() {
    let source = BuiltInProblems(split: .train, kinds: [.add, .words, .add], seed: 1)
    let problems = source.heldOut(split: .validation, perKind: 50)
    #expect(problems.count == 100)
    #expect(problems.prefix(50).allSatisfy { $0.dataSource == "mini/add" })
    #expect(Set(problems.compactMap(Self.text)).count == 100)
    #expect(problems.compactMap(Self.text).allSatisfy { BuiltInSplit(prompt: $0) == .validation })
    let fewer = source.heldOut(split: .validation, perKind: 20)
    #expect(fewer == Array(problems[0..<20] + problems[50..<70]))
    let test = source.heldOut(split: .test, perKind: 50)
    #expect(Set(test.compactMap(Self.text)).isDisjoint(with: problems.compactMap(Self.text)))
  }

  @Test("a kind with fewer prompts than asked for gives all it has")
  func exhausted() {
    let letters = Set(Self.examples(.words, count: 1000).map { $0.groundTruth.prefix(1) }).sorted()
    #expect(letters.count == 21)
    var all: [BuiltInSplit: Set<String>] = [:]
    for first in letters {
      for second in letters where second != first {
        for (n, m) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
          let prompt = "Write \(n) words with \(first) then \(m) with \(second)\n"
          all[BuiltInSplit(prompt: prompt), default: []].insert(prompt)
        }
      }
    }
    let source = BuiltInProblems(split: .train, kinds: [.words], seed: 1)
    let heldOut = source.heldOut(split: .test, perKind: 120)
    #expect((90..<120).contains(heldOut.count))
    #expect(Set(heldOut.compactMap(Self.text)) == all[.test])
  }

  static func text(_ problem: Problem) -> String? {
    guard case .text(let text) = problem.prompt else { return nil }
    return text
  }
}
