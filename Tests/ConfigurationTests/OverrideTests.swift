import Testing

@testable import Configuration

@Suite("Overrides")
struct OverrideTests {
  @Test("the command line goes before the file, and its last word before its first")
  func precedence() throws {
    let root = try load(
      "trainer:\n  total_training_steps: 5\n  name: file\nempty:\n", "trainer.total_training_steps=10",
      "trainer.new.deeper=1e-4", "empty.x=true", "trainer.name=a=b", "trainer.total_training_steps=20")
    let trainer = try root.section("trainer")
    #expect(try trainer.integer("total_training_steps", default: 0, in: 0...99) == 20)
    #expect(try trainer.string("name", default: "") == "a=b")
    #expect(try trainer.section("new").number("deeper", default: 0, in: 0...1) == 1e-4)
    #expect(try root.section("empty").boolean("x", default: false))
    #expect(trainer.place(of: "name") == .commandLine)
    try root.close()
  }

  @Test(
    "a value is a YAML scalar or list",
    arguments: [
      ("x=[a, 'b c']", ["a", "b c"]), ("x=[]", []), ("x=plain text", ["plain text"]), ("x='7'", ["7"]),
      ("x=https://host:80/p?q=1", ["https://host:80/p?q=1"]), ("x=\"\"", [""]),
    ])
  func values(override: String, value: [String]) throws {
    #expect(try load("", override).strings("x", default: ["d"]) == value)
  }

  @Test(
    "a value is read by Hydra's grammar",
    arguments: [
      ("[a,b]", "[a, b]"), ("['console','wandb']", "[\"console\", \"wandb\"]"), ("TRUE", "true"),
      ("fAlSe", "false"), ("NULL", "null"), ("1e-6", "1e-6"), ("{k:v}", "{k: v}"),
      ("{a:1, b: [x,{c:d}]}", "{a: 1, b: [x, {c: d}]}"), ("{}", "{}"), ("10_000", "10000"),
      ("/a_1/b:c", "/a_1/b:c"), ("a\\,b", "a,b"), ("C:\\dir", "C:\\dir"), ("'it\\'s'", "\"it's\""),
      ("f(a, b)", "f(a, b)"), ("${a.b}", "${a.b}"), ("[${oc.env:A,b}, c]", "[${oc.env:A,b}, c]"),
      ("  spaced out  ", "spaced out"), ("['a, b', \"c\"]", "[\"a, b\", c]"), ("*y", "*y"),
    ])
  func grammar(text: String, flow: String) throws {
    let read = try HydraValue.read(text).flow
    #expect(read.replacing("\"", with: "") == flow.replacing("\"", with: ""), "\(read)")
  }

  @Test("a text in quotes is no number, no boolean and no list", arguments: ["'3'", "\"true\"", "'[a]'"])
  func quotedValues(text: String) throws {
    guard case .scalar(let value, isQuoted: true) = try HydraValue.read(text).content else {
      Issue.record("\(text) is no text in quotes")
      return
    }
    #expect(value == text.dropFirst().dropLast())
  }

  @Test("a dictionary sets its keys and leaves the others")
  func dictionaries() throws {
    let root = try load("a:\n  x: 1\n  y: 2\n", "a={y: 3, z: {w: 4}}", "b={c: 5}")
    let a = try root.section("a")
    func read(_ section: ConfigurationSection, _ key: String) throws -> Int {
      try section.integer(key, default: 0, in: 0...9)
    }
    #expect(try [read(a, "x"), read(a, "y"), read(a.section("z"), "w")] == [1, 3, 4])
    #expect(try read(root.section("b"), "c") == 5)
    try root.close()
  }

  @Test("the prefixes add, replace and take away")
  func prefixes() throws {
    let root = try load("a: 1\nb: 2\ns:\n  c: 3\n  d: 4\n", "+e=5", "++a=6", "++f=7", "~b", "~s.c=3")
    func read(_ key: String) throws -> Int { try root.integer(key, default: 0, in: 0...9) }
    #expect(try ["a", "b", "e", "f"].map(read) == [6, 0, 5, 7])
    let section = try root.section("s")
    #expect(try section.integer("c", default: 9, in: 0...9) == 9)
    #expect(try section.integer("d", default: 9, in: 0...9) == 4)
    try root.close()
  }

  @Test("taking away a key that nobody knows is a mistake")
  func unknownRemoval() throws {
    let root = try load("", "~sectoin.key")
    _ = try root.section("section").integer("key", default: 1, in: 0...9)
    #expect(
      message { try root.close() }
        == "command line: `sectoin` is not a key of the configuration; did you mean `section`?")
  }

  @Test("deep brackets are an error, not a crash")
  func deepBrackets() {
    let text = "x=" + String(repeating: "[", count: 100_000)
    #expect(message { _ = try load("", text) }?.hasSuffix("nests more than 64 levels") == true)
  }

  @Test("nothing after the sign is null")
  func null() throws {
    let root = try load("x: text", "x=")
    #expect(try root.optionalString("x") == nil)
    #expect(
      message { _ = try root.string("x", default: "") } == "command line: `x` is null; it must be a text")
  }

  @Test(
    "what cannot be set is refused",
    arguments: [
      ("trainer.seed", "command line: `trainer.seed` has no `=`; write `dotted.key=value`"),
      ("", "command line: `` has no `=`; write `dotted.key=value`"),
      ("=3", "command line: `=3` has no dotted key before `=`; write `section.key=value`"),
      ("a..b=3", "command line: `a..b=3` has no dotted key before `=`; write `section.key=value`"),
      ("a.=3", "command line: `a.=3` has no dotted key before `=`; write `section.key=value`"),
      ("a b=3", "command line: `a b=3` has no dotted key before `=`; write `section.key=value`"),
      (
        "x=[1",
        "command line: `x=[1` has a list without its `]`; put a text that contains brackets in quotes"
      ),
      ("x=[1,]", "command line: `x=[1,]` has a comma before `]`"),
      ("x=[1] 2", "command line: `x=[1] 2` has more text after its value; put the whole value in quotes"),
      (
        "x=1,2",
        "command line: `x=1,2` has a comma outside of brackets; write a list as `[a, b]`, or put a text in quotes"
      ),
      ("x='a", "command line: `x='a` has a quote that is not closed"),
      ("x=f(1", "command line: `x=f(1` has a bracket that is not closed"),
      ("x={a}", "command line: `x={a}` has a key without a value in its braces"),
      ("x={a: 1, a: 2}", "command line: `x={a: 1, a: 2}` gives `a` twice"),
      (
        "+n.steps=3",
        "command line: `+n.steps=3` adds a key that is given at run.yaml:2:3; write `++` to replace it"
      ),
      ("+++n=3", "command line: `+++n=3` begins with `+++`; the prefixes are `+`, `++` and `~`"),
      ("~n.steps=4", "command line: `~n.steps=4` takes away `4`, but `5` is given at run.yaml:2:10"),
      (
        "n.steps.x=1",
        "command line: `n.steps.x=1` goes through `n.steps`, which is `5` at run.yaml:2:10 and has no keys"
      ),
      ("l.0=1", "command line: `l.0=1` goes through `l`, which is a list at run.yaml:3:4 and has no keys"),
    ])
  func refused(override: String, sentence: String) {
    #expect(message { _ = try load("n:\n  steps: 5\nl: [1]\n", override) } == sentence)
  }

  @Test("a path of many levels is an error, not a crash")
  func deepPath() {
    let path = Array(repeating: "a", count: 100_000).joined(separator: ".")
    #expect(message { _ = try load("", "\(path)=1") }?.hasSuffix("names more than 64 levels") == true)
  }

  @Test("a wrong value of an argument is named by its dotted key")
  func wrongValue() throws {
    let root = try load("a:\n  b: 1\n", "a.b=x", "c=1")
    let a = try root.section("a")
    #expect(
      message { _ = try a.integer("b", default: 1, in: 0...2) }
        == "command line: `a.b` is `x`; it must be an integer in 0...2")
    #expect(
      message { _ = try root.section("c") }
        == "command line: `c` is `1`; it must be a section, with keys below it")
  }
}
