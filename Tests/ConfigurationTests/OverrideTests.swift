import Configuration
import Testing

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
      ("x=[1", "command line: `x=[1` has a value that is not YAML; put it in quotes"),
      ("x=*y", "command line: `x=*y` has a value that is not YAML; put it in quotes"),
      (
        "x={a: 1}",
        "command line: `x={a: 1}` sets keys below its key; give each its own `dotted.key=value`, with a single value or a list"
      ),
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
