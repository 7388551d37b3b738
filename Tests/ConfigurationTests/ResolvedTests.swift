import Configuration
import Testing

@Suite("The resolved configuration")
struct ResolvedTests {
  /// The values of one option of each kind.
  private struct Options: Equatable {
    let rate: Double
    let steps: Int
    let resume: Bool
    let name: String
    let tasks: [String]
    let estimator: Estimator
    let path: String?
    let limit: Double?
    let count: Int?

    init(_ root: ConfigurationSection) throws(ConfigurationError) {
      let trainer = try root.section("trainer")
      steps = try trainer.integer("steps", default: 3, in: 0...1_000, aliases: ["total_steps"])
      rate = try root.section("actor").section("optim").number("lr", default: 1e-6, in: 0...1e300)
      resume = try trainer.boolean("resume", default: true)
      name = try trainer.string("name", default: "on")
      tasks = try root.strings("tasks", default: ["a", "b c"])
      estimator = try trainer.choice("estimator", default: Estimator.off)
      path = try trainer.optionalString("path")
      limit = try trainer.optionalNumber("limit", in: 0...1e300)
      count = try trainer.optionalInteger("count", in: -5...5)
      try root.close()
    }
  }

  @Test("every option asked for is listed with its value and origin, in the order asked")
  func listing() throws {
    let root = try load("trainer:\n  total_steps: +7\n", "trainer.name=x y")
    _ = try Options(root)
    _ = try Options(root)
    let lines = root.resolved.map { "\($0.path) = \($0.value) (\($0.origin))" }
    #expect(
      lines == [
        "trainer.steps = 7 (run.yaml:2)",
        "actor.optim.lr = 1e-06 (default)",
        "trainer.resume = true (default)",
        "trainer.name = \"x y\" (command line)",
        "tasks = [a, \"b c\"] (default)",
        "trainer.estimator = \"off\" (default)",
        "trainer.path = null (default)",
        "trainer.limit = null (default)",
        "trainer.count = null (default)",
      ])
    #expect(
      root.resolvedYAML() == """
        trainer:
          steps: 7
          resume: true
          name: "x y"
          estimator: "off"
          path: null
          limit: null
          count: null
        actor:
          optim:
            lr: 1e-06
        tasks: [a, "b c"]

        """)
  }

  @Test(
    "what is written is read back to the same values, and written the same again",
    arguments: [
      "", "trainer: {name: '', path: '~', limit: 0.1, count: -5}\ntasks: []\n",
      "actor: {optim: {lr: 1.7976931348623157e+299}}\ntasks: ['null', 'true', '1e3', '- a', 'a: b', '#', '*x', '']\n",
      "actor: {optim: {lr: 4.9e-324}}\ntrainer: {name: \"two\\nlines\\t\\u2028 \\\"q\\\" \\\\ \\U0001F600 é \\0 \\u200b\"}\n",
      "trainer: {path: ' spaces ', estimator: k1, resume: False, steps: 0}\ntasks: 'a,b'\n",
    ])
  func roundTrip(yaml: String) throws {
    let first = try load(yaml)
    let options = try Options(first)
    let second = try load(first.resolvedYAML())
    #expect(try Options(second) == options)
    #expect(second.resolved.map(\.value) == first.resolved.map(\.value))
    #expect(
      second.resolvedYAML().split(separator: "\n").sorted()
        == first.resolvedYAML().split(separator: "\n").sorted())
  }

  @Test("any text survives", arguments: [UInt64(11), 12, 13])
  func anyText(seed: UInt64) throws {
    var state = seed
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    for _ in 0..<300 {
      var text = String.UnicodeScalarView()
      for _ in 0..<next(12) {
        let value = next(3) == 0 ? next(0x11_0000) : next(0x180)
        if let scalar = Unicode.Scalar(UInt32(value)) { text.append(scalar) }
      }
      let root = try load("")
      _ = try root.strings("k", default: [String(text)])
      let read = try load(root.resolvedYAML()).strings("k", default: ["default"])
      #expect(read.first.map { Array($0.unicodeScalars) } == Array(text), "\(root.resolvedYAML())")
    }
  }

  @Test("nothing asked for is an empty file")
  func empty() throws {
    #expect(try load("a: 1").resolvedYAML() == "")
  }
}
