import Configuration
import Testing

enum Estimator: String, CaseIterable, Sendable {
  case k1
  case k3
  case off
}

@Suite("Readers")
struct ReaderTests {
  @Test(
    "an empty file leaves everything at its default",
    arguments: ["", "\n", "# nothing\n", "---\n", "~", "{}"])
  func emptyFile(yaml: String) throws {
    let root = try load(yaml)
    #expect(try root.number("a", default: 0.5, in: 0...1) == 0.5)
    #expect(try root.integer("b", default: 3, in: 1...8) == 3)
    #expect(try root.boolean("c", default: true))
    #expect(try root.string("d", default: "x") == "x")
    #expect(try root.strings("e", default: ["x", "y"]) == ["x", "y"])
    #expect(try root.choice("f", default: Estimator.k3) == .k3)
    #expect(try root.optionalNumber("g", in: 0...1) == nil)
    #expect(try root.optionalInteger("h", in: 0...1) == nil)
    #expect(try root.optionalString("i") == nil)
    #expect(try root.section("j").section("k").integer("l", default: 7, in: 0...9) == 7)
    try root.close()
  }

  @Test(
    "a number is read as YAML 1.2 writes it",
    arguments: [
      ("0", 0), ("-0.0", -0.0), ("1", 1), ("+1", 1), ("-12", -12), ("0.28", 0.28), (".5", 0.5), ("5.", 5),
      ("1e-4", 1e-4), ("1E3", 1e3), ("1.0e+10", 1e10), ("5e-324", .leastNonzeroMagnitude), ("1e-06", 1e-6),
    ] as [(String, Double)])
  func numbers(text: String, value: Double) throws {
    let read = try load("x: \(text)").number("x", default: 0.1, in: -1e300...1e300)
    #expect(read == value && read.sign == value.sign)
  }

  @Test(
    "what is no finite number is refused",
    arguments: [
      "abc", "\"3\"", "'3'", "1_000", "10K", "0x10", "010", "1e", "1e+", ".", "-.", "+", "--1", "1.2.3",
      ".e1", "e1", ".inf", "-.inf", ".nan", "inf", "nan", "infinity", "1e400", "1:30", "true", "null", "",
      "[1]", "{a: 1}", "1 2", "0x1p4", "\u{0661}",
    ])
  func notNumbers(text: String) {
    let said = message { _ = try load("x: \(text)").number("x", default: 0, in: -1e308...1e308) }
    #expect(said?.hasPrefix("run.yaml:1:") == true && said?.contains("`x` is ") == true, "\(said ?? "read")")
  }

  @Test(
    "an integer is digits after a sign",
    arguments: [("0", 0), ("-3", -3), ("+8", 8), ("9223372036854775807", .max)])
  func integers(text: String, value: Int) throws {
    #expect(try load("x: \(text)").integer("x", default: 1, in: -9...Int.max) == value)
  }

  @Test(
    "what is no integer is refused",
    arguments: [
      "3.0", "1e3", "abc", "\"3\"", "1_000", "10K", "007", "0o7", "0x1", "9223372036854775808", "-+1", "",
      "null", "[3]",
    ])
  func notIntegers(text: String) {
    let said = message { _ = try load("x: \(text)").integer("x", default: 1, in: Int.min...Int.max) }
    #expect(said?.contains("; it must be an integer") == true, "\(said ?? "read")")
  }

  @Test("a boolean is true or false", arguments: [("true", true), ("False", false), ("TRUE", true)])
  func booleans(text: String, value: Bool) throws {
    #expect(try load("x: \(text)").boolean("x", default: !value) == value)
  }

  @Test(
    "what is neither true nor false is refused",
    arguments: ["yes", "on", "1", "\"true\"", "tRUE", "", "[true]"])
  func notBooleans(text: String) {
    let said = message { _ = try load("x: \(text)").boolean("x", default: true) }
    #expect(said?.hasSuffix("; it must be `true` or `false`") == true, "\(said ?? "read")")
  }

  @Test(
    "a text is read as it stands",
    arguments: [
      ("abc", "abc"), ("2024", "2024"), ("007", "007"), ("true", "true"), ("\"null\"", "null"), ("''", ""),
      ("\"a\\tb\"", "a\tb"), ("/models/Qwen2.5-0.5B # the small one", "/models/Qwen2.5-0.5B"),
      ("größe", "größe"),
      ("|\n  two\n  lines\n", "two\nlines\n"),
    ])
  func strings(text: String, value: String) throws {
    #expect(try load("x: \(text)").string("x", default: "d") == value)
  }

  @Test(
    "a list of texts may be a single text",
    arguments: [
      ("gsm8k", ["gsm8k"]), ("[a, b]", ["a", "b"]), ("[]", []), ("[1, true]", ["1", "true"]),
      ("\n- a\n- 'b c'", ["a", "b c"]),
    ])
  func lists(text: String, value: [String]) throws {
    #expect(try load("x: \(text)").strings("x", default: ["d"]) == value)
  }

  @Test("a choice is one of its names", arguments: [("k1", Estimator.k1), ("off", .off), ("\"k3\"", .k3)])
  func choices(text: String, value: Estimator) throws {
    #expect(try load("x: \(text)").choice("x", default: Estimator.k3) == value)
  }

  @Test("null is no value to optional readers only", arguments: ["", "~", "null", "Null", "NULL"])
  func null(text: String) throws {
    let root = try load("x: \(text)\ny: 1")
    #expect(try root.optionalString("x") == nil)
    #expect(try root.optionalInteger("x", in: 0...1) == nil)
    #expect(try root.optionalNumber("x", in: 0...1) == nil)
    #expect(try root.optionalNumber("y", in: 0...1) == 1)
    #expect(
      message { _ = try root.string("x", default: "d") }
        == "run.yaml:1:\(text.isEmpty ? 3 : 4): `x` is null; it must be a text")
  }

  @Test("wrong values are named with their place and with what is right")
  func messages() throws {
    let root = try load("a: abc\nb: 9\nc:\n  d: 1.5\n  e: '3'\n  f: k2\n  g: [1, [2]]\n  h: {i: 1}\n")
    let c = try root.section("c")
    let said = [
      message { _ = try root.integer("a", default: 1, in: 1...8) },
      message { _ = try root.integer("b", default: 1, in: 1...8) },
      message { _ = try root.integer("b", default: 10, in: 10...Int.max) },
      message { _ = try c.number("d", default: 0.2, in: 0...1) },
      message { _ = try c.number("d", default: 2, in: 2...Double.infinity) },
      message { _ = try c.optionalInteger("e", in: Int.min...8) },
      message { _ = try c.choice("f", default: Estimator.k3) },
      message { _ = try c.strings("g", default: []) },
      message { _ = try c.string("h", default: "") },
      message { _ = try load("a: abc").section("a") },
    ]
    #expect(
      said == [
        "run.yaml:1:4: `a` is `abc`; it must be an integer in 1...8",
        "run.yaml:2:4: `b` is `9`; it must be an integer in 1...8",
        "run.yaml:2:4: `b` is `9`; it must be an integer of at least 10",
        "run.yaml:4:6: `c.d` is `1.5`; it must be a number in 0.0...1.0",
        "run.yaml:4:6: `c.d` is `1.5`; it must be a number of at least 2.0",
        "run.yaml:5:6: `c.e` is the string \"3\"; it must be an integer of at most 8 or `null`",
        "run.yaml:6:6: `c.f` is `k2`; it must be one of `k1`, `k3`, `off`",
        "run.yaml:7:6: `c.g` is a list; it must be a text or a list of texts",
        "run.yaml:8:6: `c.h` is a section; it must be a text",
        "run.yaml:1:4: `a` is `abc`; it must be a section, with keys below it",
      ])
  }

  @Test("a message is one short line, whatever stands in the file")
  func longValues() throws {
    let long = "\"a\\nb\\u202e\\e[2J" + String(repeating: "x", count: 10_000) + "\""
    let said = try #require(message { _ = try load("k: \(long)").integer("k", default: 1, in: 0...1) })
    #expect(said.count < 250 && !said.contains { $0.isNewline || $0 == "\u{1B}" || $0 == "\u{202E}" })
  }

  @Test("other names of a key are read, and two at once are refused")
  func aliases() throws {
    let one = try load("t:\n  val_freq: 5\n").section("t")
    #expect(try one.integer("test_freq", default: 1, in: 1...9, aliases: ["val_freq"]) == 5)
    #expect(one.place(of: "test_freq") == Place(file: "run.yaml", line: 2, column: 13))
    #expect(one.fail("test_freq", "is too often").description == "run.yaml:2:13: `t.val_freq` is too often")
    #expect(one.resolved.map(\.path) == ["t.test_freq"])
    try one.close()

    let two = try load("t:\n  val_freq: 5\n  test_freq: 5\n").section("t")
    let said = message { _ = try two.integer("test_freq", default: 1, in: 1...9, aliases: ["val_freq"]) }
    #expect(
      said
        == "run.yaml:2:3: `t.val_freq` and `t.test_freq` at run.yaml:3:3 are the same option; remove one of them"
    )
    let mixed = try load("", "val_freq=5", "test_freq=3")
    #expect(
      message { _ = try mixed.integer("test_freq", default: 1, in: 1...9, aliases: ["val_freq"]) }
        == "command line: `val_freq` and `test_freq` at command line are the same option; remove one of them")
  }

  @Test("a reader's own checks name the place")
  func crossChecks() throws {
    let root = try load("a:\n  low: 0.9\nb: ~\n", "a.high=0.1")
    let a = try root.section("a")
    #expect(a.fail("low", "is above `high`").description == "run.yaml:2:8: `a.low` is above `high`")
    #expect(a.fail("high", "is below `low`").description == "command line: `a.high` is below `low`")
    #expect(a.fail("absent", "is needed").description == "run.yaml:1:1: `a.absent` is needed")
    #expect(root.fail("absent", "is needed").description == "run.yaml: `absent` is needed")
    #expect(a.contains("low") && a.contains("high") && !a.contains("absent") && root.contains("b"))
  }

  @Test("a section is the same object each time, so that two rooms may read it")
  func sharedSections() throws {
    let root = try load("a: {b: 1, c: 2}\nd:\n")
    #expect(try root.section("a") === root.section("a"))
    #expect(try root.section("z") === root.section("z"))
    #expect(try root.section("a").integer("b", default: 0, in: 0...9) == 1)
    #expect(try root.section("a").integer("c", default: 0, in: 0...9) == 2)
    #expect(try root.section("d").integer("e", default: 4, in: 0...9) == 4)
    try root.close()
  }
}
