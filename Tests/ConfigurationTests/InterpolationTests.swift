import Testing

@testable import Configuration

@Suite("Interpolation")
struct InterpolationTests {
  private static let yaml = """
    data:
      batch: 32
      files: [a.jsonl, b.jsonl]
      name: gsm8k
    nothing: null
    trainer:
      seed: 7
      project: p
      loop: ${trainer.pool}
      pool: ${trainer.loop}
    self: ${self}
    inner: {whole: "${inner}"}
    link: ${data}
    """

  private func read(_ text: String, defaults: [String: String] = [:]) throws -> String {
    let root = try YAMLReader.read(
      Self.yaml + "\nt:\n  near: 5\n  x: " + text + "\n", file: "run.yaml")
    var interpolation = Interpolation(
      root: root?.entries ?? [], environment: ["HOME": "/home/me", "EMPTY": ""], defaults: defaults)
    let entries = interpolation.resolved(leavesOut: false)
    let x = entries.first { $0.key == "t" }?.value.entries?.first { $0.key == "x" }?.value
    if case .failed(let error)? = x?.content { throw error }
    return x?.flow ?? "absent"
  }

  @Test(
    "what stands between braces is looked up",
    arguments: [
      ("${data.batch}", "32"), ("runs/${trainer.project}/${data.name}", "runs/p/gsm8k"),
      ("${data.files}", "[a.jsonl, b.jsonl]"), ("${data.files[1]}", "b.jsonl"), ("${.near}", "5"),
      ("${..trainer.seed}", "7"), ("${link.name}", "gsm8k"), ("${oc.select:data.batch,1}", "32"),
      ("${oc.select:data.none, [c, d]}", "[c, d]"), ("${oc.select:no.such,null}", "null"),
      ("${oc.env:HOME}/x", "/home/me/x"), ("${oc.env:NONE,3}", "3"), ("'${oc.env:NONE,''a b''}'", "a b"),
      ("${oc.env:NONE,${data.batch}}", "32"), ("${oc.select:data.${data.name},${trainer.seed}}", "7"),
      ("'[${data.batch}, ${oc.env:EMPTY}]'", "[32, ]"), ("\\${data.batch}", "${data.batch}"),
      ("[1, '${data.batch}']", "[1, 32]"), ("${ data.batch }", "32"), ("$HOME", "$HOME"),
      ("${oc.decode:'[1,2]'}", "[1, 2]"), ("${oc.decode:[1,2]}", "[1, 2]"), ("${nothing}", "null"),
    ])
  func values(text: String, value: String) throws {
    #expect(try read(text).replacing("\"", with: "") == value)
  }

  @Test(
    "what cannot be looked up is an error of the key that wanted it",
    arguments: [
      ("${data.bath}", "`data.bath` is not given; give it, or write `${oc.select:data.bath,default}`"),
      ("${trainer.loop}", "`trainer.loop` leads back to itself"),
      ("${self}", "`self` leads back to itself"),
      ("${inner}", "`inner` leads back to itself"),
      ("${t}", "`t` leads back to itself"),
      ("${data.batch", "`${` is not closed; write `\\${` for the text"),
      ("${oc.env:NONE}", "the environment has no `NONE`; set it, or give a default after a comma"),
      (
        "${hydra:run.dir}",
        "there is no resolver `hydra` here; known are `oc.select`, `oc.env` and `oc.decode`"
      ),
      ("a-${data}", "a section cannot be part of a text"),
      ("${}", "`` is no key"), ("${.....a}", "`.....a` is no key"), ("${a..b}", "`a..b` is no key"),
    ])
  func errors(text: String, reason: String) {
    let said = message { _ = try read("'\(text)'") }
    #expect(said == "run.yaml:16:6: `t.x` is the string \"\(text)\": \(reason)", "\(said ?? "read")")
  }

  @Test("a key that nobody gives stands for its default", arguments: [(6, 6), (nil, 4)] as [(Int?, Int)])
  func defaults(given: Int?, value: Int) throws {
    func readBatch(_ root: ConfigurationSection) throws -> Int {
      let batch = try root.integer("batch", default: 4, in: 0...9)
      _ = try root.integer("mini", default: batch, in: 0...9)
      return try root.integer("round", default: 1, in: 0...9)
    }
    let root = try ConfigurationSection.load(
      yaml: "round: ${mini}\n" + (given.map { "batch: \($0)\n" } ?? ""), file: "run.yaml"
    ) { _ = try? readBatch($0) }
    #expect(try readBatch(root) == value)
  }

  @Test("an interpolation of the file sees what the command line sets, and the reverse")
  func merged() throws {
    let root = try load("a: 1\nb: ${a}\n", "a=2", "c=${b}")
    #expect(try root.integer("b", default: 0, in: 0...9) == 2)
    #expect(try root.integer("c", default: 0, in: 0...9) == 2)
  }

  @Test("variables that were asked for are known, so that every rank can be given the same")
  func variables() throws {
    let root = try ConfigurationSection.load(
      yaml: "a: ${oc.env:A}\nb: ${oc.env:B,2}\n", file: "run.yaml", environment: ["A": "1", "C": "3"])
    #expect(root.variables == ["A": "1"])
  }

  @Test("texts that double each other are an error, not a crash")
  func bomb() throws {
    var yaml = "a0: aaaaaaaaaa\n"
    for i in 1...40 { yaml += "a\(i): ${a\(i - 1)}${a\(i - 1)}\n" }
    let root = try load(yaml)
    #expect(
      message { _ = try root.string("a40", default: "") }?.contains("what it stands for is too l") == true)
  }

  @Test("sections that hold each other ten times are an error, not a crash")
  func sectionBomb() throws {
    var yaml = "a0: [x, x, x, x, x, x, x, x, x, x]\n"
    for i in 1...12 {
      let link = "'${a\(i - 1)}'"
      yaml += "a\(i): [" + Array(repeating: link, count: 10).joined(separator: ", ") + "]\n"
    }
    let root = try load(yaml)
    #expect(message { _ = try root.strings("a12", default: []) }?.contains("is too large") == true)
  }
}
