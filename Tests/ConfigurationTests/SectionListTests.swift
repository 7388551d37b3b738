import Configuration
import Testing

/// Lists of sections, and sections handed on as JSON.
@Suite("Section lists")
struct SectionListTests {
  @Test(
    "a list of sections is read in order, however it is written",
    arguments: [
      "l: [{n: a, w: 2}, {n: b}]", "l:\n  - n: a\n    w: 2\n  - n: b",
      "l:\n  \"0\": {n: a, w: 2}\n  \"1\": {n: b}",
      "l: {1: {n: b}, 0: {n: a, w: 2}}",
    ])
  func lists(yaml: String) throws {
    let root = try load(yaml)
    let sections = try root.sections("l")
    #expect(sections.map(\.path) == ["l.0", "l.1"])
    #expect(try sections.map { try $0.string("n", default: "") } == ["a", "b"])
    #expect(try sections.map { try $0.number("w", default: 1, in: 0...9) } == [2, 1])
    try root.close()
    // What was resolved reads back to the same.
    let again = try load(root.resolvedYAML()).sections("l")
    #expect(try again.map { try $0.number("w", default: 3, in: 0...9) } == [2, 1])
  }

  @Test("no list has no sections", arguments: ["", "l: null", "l: []", "l: {}", "l:"])
  func empty(yaml: String) throws {
    let root = try load(yaml)
    #expect(try root.sections("l").isEmpty)
    try root.close()
  }

  @Test(
    "what is no list of sections is refused with its place",
    arguments: ["l: 3", "l: [3]", "l: {a: {n: x}}", "l: {1: {n: x}}", "l: [{n: x}, y]"])
  func refused(yaml: String) throws {
    let root = try load(yaml)
    let said = message {
      for section in try root.sections("l") { _ = try section.string("n", default: "") }
    }
    #expect(said?.hasPrefix("run.yaml:1:") == true && said?.contains("`l") == true, "\(said ?? "read")")
  }

  @Test("a key of an element that nobody read is named with the element")
  func unread() throws {
    let root = try load("l: [{n: a}, {n: b, wieght: 2}]")
    for section in try root.sections("l") {
      _ = try (section.string("n", default: ""), section.number("weight", default: 1, in: 0...9))
    }
    let said = message { try root.close() }
    #expect(said == "run.yaml:1:20: `wieght` is not a key of `l.1`; did you mean `weight`?")
  }

  @Test("the command line can give a list")
  func commandLine() throws {
    #expect(try load("l: [{n: a}]", "l=[{n: b},{n: c}]").sections("l").count == 2)
  }

  @Test(
    "a section becomes JSON with the kinds that YAML gives its values",
    arguments: [
      ("{a: 1, b: 0.50, c: true, d: null, e: x}", #"{"a": 1, "b": 0.5, "c": true, "d": null, "e": "x"}"#),
      ("{a: \"1\", b: 'true', c: [1, {d: 2}]}", #"{"a": "1", "b": "true", "c": [1, {"d": 2}]}"#),
      ("{a: \"x\\\"\\\\\\n\\u2028é\"}", "{\"a\": \"x\\\"\\\\\\u000a\\u2028é\"}"), ("{}", "{}"),
    ])
  func json(yaml: String, json: String) throws {
    let root = try load("x: \(yaml)")
    #expect(try root.json("x") == json)
    try root.close()
    #expect(try load(root.resolvedYAML()).json("x") == json)
  }

  @Test("without a section there is no JSON", arguments: ["", "x: null", "x:"])
  func noJSON(yaml: String) throws {
    let root = try load(yaml)
    #expect(try root.json("x") == nil)
    #expect(try load(root.resolvedYAML()).json("x") == nil)
    #expect(
      message { _ = try load("x: 3").json("x") } == "run.yaml:1:4: `x` is `3`; it must be a section or `null`"
    )
  }
}
