import Configuration
import Testing

@Suite("Malformed files")
struct MalformedTests {
  @Test(
    "what is not a configuration is refused with its place",
    arguments: [
      ("a: 1\n\tb: 2\n", "run.yaml:2:1: the line is indented with a tab; YAML takes only spaces"),
      ("a:\n  \tb: 2\n", "run.yaml:2:3: the line is indented with a tab; YAML takes only spaces"),
      ("a: 1\na: 2\n", "run.yaml:2:1: `a` is already given at run.yaml:1:1; remove one of them"),
      (
        "a: [1, 2\nb: 3\n",
        "run.yaml:2:2: did not find expected ',' or ']' while parsing a flow sequence, which starts in line 1"
      ),
      (
        "a: b: c\n",
        "run.yaml:1:5: a `:` is not expected here; put a text that contains `: ` in quotes, or correct the indentation"
      ),
      (
        "a: 'open\n",
        "run.yaml:2:1: found unexpected end of stream while scanning a quoted scalar, which starts in line 1"
      ),
      ("a: *nobody\n", "run.yaml:1:4: found undefined alias"),
      ("a: 1\n---\nb: 2\n", "run.yaml:2:1: a second document starts here; a configuration is one document"),
      ("- 1\n- 2\n", "run.yaml:1:1: the file is a list; it must be lines of the form `key: value`"),
      ("hello", "run.yaml:1:1: the file is `hello`; it must be lines of the form `key: value`"),
      ("[a]: 1\n", "run.yaml:1:1: a key must be a word, not a list or a section"),
      (
        "a: 1\nb: x\u{0}y\n",
        "run.yaml:2:5: control characters are not allowed (U+0); save the file as plain UTF-8"
      ),
      ("<<: 3\n", "run.yaml:1:5: `<<` must name a section or a list of sections"),
    ])
  func refused(yaml: String, sentence: String) {
    #expect(message { _ = try load(yaml) } == sentence)
  }

  @Test(
    "a key given twice is refused with both places",
    arguments: [
      ("x:\n  a: 1\n  b:\n    a: 1\n  a: 2\n", "run.yaml:5:3", "run.yaml:2:3"),
      ("x: {a: 1, b: a, a: 2}\n", "run.yaml:1:17", "run.yaml:1:5"),
      ("a: 1\n\"a\": 2\n", "run.yaml:2:1", "run.yaml:1:1"),
      ("a : 1\nb: |\n  a: no\na:\n  2\n", "run.yaml:4:1", "run.yaml:1:1"),
      ("a: 1\r\nb: 2\r\na: 3\r\n", "run.yaml:3:1", "run.yaml:1:1"),
      ("- a: 1\n  b: 2\n  a: 3\n", "run.yaml:3:3", "run.yaml:1:3"),
      ("ä: 1\nb: 1\nä: 2\r\n", "run.yaml:3:1", "run.yaml:1:1"),
    ])
  func duplicates(yaml: String, second: String, first: String) throws {
    let said = try #require(message { _ = try load(yaml) })
    #expect(said.hasPrefix("\(second): ") && said.contains("is already given at \(first);"), "\(said)")
  }

  @Test("anchors, aliases and merge keys work, and own keys go first")
  func merging() throws {
    let root = try load("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\nc: {<<: [{x: 4}, *a]}\nd: *a\n")
    func read(_ section: String, _ key: String) throws -> Int {
      try root.section(section).integer(key, default: 0, in: 0...9)
    }
    #expect(
      try [read("b", "x"), read("b", "y"), read("c", "x"), read("c", "y"), read("d", "y")] == [1, 3, 4, 2, 2])
    #expect(try root.section("b").place(of: "x") == Place(file: "run.yaml", line: 1, column: 11))
    #expect(try read("a", "x") + read("a", "y") + read("d", "x") == 4)
    try root.close()
  }

  /// A file nested too deep, with a name for the report.
  struct Nest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let yaml: String
  }

  static let nests = [
    Nest(testDescription: "a million brackets", yaml: "a: " + String(repeating: "[", count: 1_000_000)),
    Nest(testDescription: "a million braces", yaml: "a: " + String(repeating: "{", count: 1_000_000)),
    Nest(
      testDescription: "900 closed brackets",
      yaml: "a: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900)),
    Nest(
      testDescription: "500 closed braces",
      yaml: "a: " + String(repeating: "{b: ", count: 500) + "1" + String(repeating: "}", count: 500)),
    Nest(testDescription: "dashes", yaml: String(repeating: "- ", count: 100_000)),
    Nest(testDescription: "question marks", yaml: String(repeating: "? ", count: 100_000)),
    Nest(
      testDescription: "indentation",
      yaml: (0..<800).map { String(repeating: " ", count: $0) + "a:\n" }.joined()),
    Nest(testDescription: "a chain of aliases", yaml: chainOfAliases(links: 300, depth: 900)),
  ]

  @Test("deep nesting is an error, not a crash", arguments: nests)
  func deepNesting(nest: Nest) {
    #expect(message { _ = try load(nest.yaml) }?.hasPrefix("run.yaml") == true)
  }

  @Test("aliases that stand for too much are an error, not a crash")
  func aliasBomb() throws {
    var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for i in 1...12 {
      yaml += "a\(i): &a\(i) [" + Array(repeating: "*a\(i - 1)", count: 10).joined(separator: ", ") + "]\n"
    }
    #expect(message { _ = try load(yaml) }?.contains("values, counting what aliases stand for") == true)
  }

  @Test("a megabyte of garbage is an error, not a crash", arguments: [1, 2, 3, 4] as [UInt64])
  func garbage(seed: UInt64) {
    var state = seed
    let alphabet = Array("ab01 \n\t:-[]{},&*!|>'\"%@`#?~.\\<=é\u{85}\u{0}".unicodeScalars)
    var text = String.UnicodeScalarView()
    for _ in 0..<1_000_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      text.append(alphabet[Int(state >> 33) % alphabet.count])
    }
    #expect(message { _ = try load(String(text)) }?.hasPrefix("run.yaml:") == true)
  }

  @Test("each beginning of a file is read or refused, and never traps")
  func truncations() throws {
    let yaml =
      "a: &x {b: [1, 'c', \"d\\u00e9\"], e: ~}\nf:\n  <<: *x\n  g: |\n    text\n  h: !!str 1\n? i\n: j\n"
    for end in yaml.indices {
      let said = message { try load(String(yaml[..<end])).close() }
      #expect(said == nil || said?.hasPrefix("run.yaml:") == true, "\(said ?? "")")
    }
  }

  @Test(
    "a file with a few wrong characters is read or refused, and never traps", arguments: [5, 6] as [UInt64])
  func mutations(seed: UInt64) {
    var state = seed
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let valid = Array(
      "a: &x {b: [1, 'c'], e: ~}\nf:\n  <<: *x\n  g: >-\n    text\n  h: {i: 1, j: 2}\n".unicodeScalars)
    let alphabet = Array("abx01 \n\t:-[]{},&*!|>'\"%#?~\\<=é\r".unicodeScalars)
    for _ in 0..<3_000 {
      var mutated = valid
      for _ in 0...next(3) { mutated[next(mutated.count)] = alphabet[next(alphabet.count)] }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: mutated)
      let said = message { try load(String(text)).close() }
      #expect(said == nil || said?.hasPrefix("run.yaml") == true)
      #expect(said?.contains { $0.isNewline } != true, "\(said ?? "")")
    }
  }

  @Test(
    "an argument with wrong characters is read or refused in one line, and never traps",
    arguments: [7, 8] as [UInt64])
  func mutatedArguments(seed: UInt64) {
    var state = seed
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    let valid = Array("++a.b={c: [1,'d'], e: ${a.f}, g: \"${oc.select:x.y,${.h}}\"}".unicodeScalars)
    let alphabet = Array("abcx.=+~01 \n\t:-[]{}(),$'\"\\é\r\u{0}".unicodeScalars)
    for _ in 0..<5_000 {
      var mutated = valid
      for _ in 0...next(4) { mutated[next(mutated.count)] = alphabet[next(alphabet.count)] }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: mutated)
      let said = message { try load("a: {f: 1, h: 2}\nx: {y: '${a}'}\n", String(text)).close() }
      #expect(said?.contains { $0.isNewline } != true, "\(said ?? "")")
    }
  }

  @Test("ten thousand keys are read in order")
  func manyKeys() throws {
    let root = try load((0..<10_000).map { "key_\($0): \($0)\n" }.joined())
    for i in 0..<10_000 where try root.integer("key_\(i)", default: 0, in: 0...10_000) != i {
      Issue.record("key_\(i) is wrong")
    }
    try root.close()
  }
}

/// Anchors that each name the one before below `depth` brackets.
private func chainOfAliases(links: Int, depth: Int) -> String {
  let (open, close) = (String(repeating: "[", count: depth), String(repeating: "]", count: depth))
  return "a0: &a0 1\n" + (1...links).map { "a\($0): &a\($0) \(open)*a\($0 - 1)\(close)\n" }.joined()
}
