import Testing

@testable import Configuration

@Suite("Other trainers' keys")
struct ForeignKeyTests {
  private static let table = ForeignKeys([
    .init(["old.len"], .alias(of: "new.len")),
    .init(["optim.betas"], .elements(["optim.beta1", "optim.beta2"])),
    .init(["optim.low"], .null(means: "optim.clip", or: "0.2")),
    .init(["optim.size"], .null(means: nil, or: nil)),
    .init(["optim.estimator"], .never(["gae"], because: "there is no value model")),
    .init(["tools.enable"], .only(["false"], else: "there are no tools")),
    .init(["tools.*"], .harmless("there are no tools")),
    .init(["ray.*", "optim.engine", "**._target_"], .ignored("nothing of it is here")),
    .init(["optim.always"], .harmless("it always is")),
    .init(["optim.rank"], .only(["0", "null"], else: "there are no adapters")),
    .init(["optim.width"], .equal(to: "new.len", or: ["-1"])),
  ])

  /// What a small program reads.
  private struct Options: Equatable {
    var len = 0
    var beta1 = 0.0
    var beta2 = 0.0
    var low = 0.0
    var size = 0

    init(_ root: ConfigurationSection) throws {
      len = try root.section("new").integer("len", default: 1, in: 0...99)
      let optim = try root.section("optim")
      beta1 = try optim.number("beta1", default: 0.5, in: 0...1)
      beta2 = try optim.number("beta2", default: 0.5, in: 0...1)
      low = try optim.number("low", default: 0.3, in: 0...1)
      size = try optim.integer("size", default: 8, in: 0...9)
      _ = try optim.string("estimator", default: "grpo")
      try root.close()
    }
  }

  private func read(_ yaml: String, _ overrides: String...) throws -> (Options, [ConfigurationNote]) {
    let root = try ConfigurationSection.load(
      yaml: yaml, file: "run.yaml", overrides: overrides, foreignKeys: Self.table)
    return (try Options(root), root.notes)
  }

  @Test("another name is read as the option itself, and its place and name are kept")
  func aliases() throws {
    let root = try ConfigurationSection.load(
      yaml: "old:\n  len: 7\n", file: "run.yaml", foreignKeys: Self.table)
    #expect(try Options(root).len == 7)
    let option = try #require(root.resolved.first { $0.path == "new.len" })
    #expect(option.alias == "old.len" && option.origin.description == "run.yaml:2")
    #expect(root.notes.map(\.kind) == [.alias(of: "new.len")])
    #expect(
      message { _ = try read("old:\n  len: x\n") }
        == "run.yaml:2:8: `old.len` is `x`; it must be an integer in 0...99")
  }

  @Test("of two names one may be null, and both may be equal")
  func agreeing() throws {
    #expect(try read("old: {len: null}\nnew: {len: 3}\n").0.len == 3)
    #expect(try read("old: {len: 3}\nnew: {len: null}\n").0.len == 3)
    #expect(try read("old: {len: 3}\nnew: {len: 3}\n").0.len == 3)
    #expect(
      message { _ = try read("old: {len: 3}\nnew: {len: 4}\n") }
        == "run.yaml:1:7: `old.len` and `new.len` at run.yaml:2:7 are the same option; remove one of them")
  }

  @Test(
    "an argument goes before the file under whichever name",
    arguments: [
      ("old: {len: 3}", "new.len=4"), ("new: {len: 3}", "old.len=4"), ("old: {len: 3}", "old.len=4"),
    ])
  func argumentsFirst(yaml: String, override: String) throws {
    #expect(try read(yaml, override).0.len == 4)
  }

  @Test("an argument goes before another name in the file that its reader knows")
  func readerAliases() throws {
    let root = try load("val_freq: 50", "test_freq=10")
    #expect(try root.integer("test_freq", default: 1, in: 0...99, aliases: ["val_freq"]) == 10)
    try root.close()
  }

  @Test("the elements of a list are options of their own")
  func elements() throws {
    let options = try read("", "optim.betas=[0.9,0.95]").0
    #expect(options.beta1 == 0.9 && options.beta2 == 0.95)
    #expect(
      message { _ = try read("optim: {betas: [1]}") }
        == "run.yaml:1:16: `optim.betas` is a list; it must be a list of 2 values")
  }

  @Test("null stands for another key, for a value, or for the default")
  func nulls() throws {
    let table = ForeignKeys(Self.table.rules + [.init(["optim.clip"], .ignored("it is inert"))])
    func low(_ yaml: String) throws -> Double {
      try Options(ConfigurationSection.load(yaml: yaml, file: "run.yaml", foreignKeys: table)).low
    }
    #expect(try low("optim: {low: null, clip: 0.4}") == 0.4)
    #expect(try low("optim: {low: null}") == 0.2)
    #expect(try low("optim: {low: 0.1, clip: 0.4}") == 0.1)
    #expect(try low("optim: {}") == 0.3)
    #expect(try read("optim: {size: null}").0.size == 8)
  }

  @Test("what has no effect is said once for each key, with what is done instead")
  func ignored() throws {
    let notes = try read(
      "ray: {a: 1, b: {c: 2}}\noptim: {engine: x, _target_: y, always: 1, rank: 0, width: -1}\n"
    ).1
    #expect(
      notes.compactMap(\.warning) == [
        "run.yaml:1:1: warning: `ray` is ignored: nothing of it is here",
        "run.yaml:2:9: warning: `optim.engine` is ignored: nothing of it is here",
        "run.yaml:2:20: warning: `optim._target_` is ignored: nothing of it is here",
      ])
    #expect(notes.count == 6)
  }

  @Test(
    "what asks for something that is not here is refused with the reason",
    arguments: [
      ("optim: {rank: 8}", "run.yaml:1:15: `optim.rank` is `8`, not 0 or null: there are no adapters"),
      ("optim: {width: 5}", "run.yaml:1:16: `optim.width` is `5`, but `new.len` is 1; remove it"),
      ("optim: {estimator: gae}", "run.yaml:1:20: `optim.estimator` is `gae`: there is no value model"),
      (
        "tools: {max: 1, enable: true}",
        "run.yaml:1:25: `tools.enable` is `true`, not false: there are no tools"
      ),
      (
        "optim: {engin: 1}",
        "run.yaml:1:9: `engin` is not a key of `optim`; did you mean `engine`?"
      ),
      ("old: {lem: 1}", "run.yaml:1:7: `lem` is not a key of `old`; did you mean `len`?"),
    ])
  func refused(yaml: String, sentence: String) {
    #expect(message { _ = try read(yaml) } == sentence)
  }

  @Test(
    "values are alike however they are written",
    arguments: [("rank", "0.0"), ("rank", "NULL"), ("width", "+1")])
  func alike(key: String, value: String) throws {
    #expect(try read("optim: {\(key): \(value)}").1.count == 1)
  }

  @Test(
    "a section without keys of its own is accepted as well",
    arguments: ["tools: {max: 1}", "tools:", "tools: {}", "old:"])
  func sections(yaml: String) throws {
    #expect(try read(yaml).1.compactMap(\.warning).isEmpty)
  }

  @Test("who reads a key goes before the table")
  func readersFirst() throws {
    let root = try ConfigurationSection.load(
      yaml: "optim: {engine: x}", file: "run.yaml", foreignKeys: Self.table)
    #expect(try root.section("optim").string("engine", default: "") == "x")
    try root.close()
    #expect(root.notes.isEmpty)
  }

  @Test("an ignored key may name what is not known, a read one may not")
  func unresolvable() throws {
    #expect(try read("ray: '${hydra:x}'\noptim: {engine: '${oc.env:NONE}'}").1.count == 2)
    #expect(
      message { _ = try read("new: {len: '${no.such}'}") }?.hasPrefix("run.yaml:1:12: `new.len` is ") == true)
  }

  @Test(
    "a key may be taken away under another trainer's name",
    arguments: [("~ray", 2), ("~ray.x", 3), ("~old.len", 2), ("~optim.engine", 2)])
  func removal(override: String, left: Int) throws {
    let notes = try read("ray: {x: 1}\nold: {len: 7}\noptim: {engine: x}\n", override).1
    #expect(notes.count == left)
  }

  @Test("a room's own warning has the place and the name that was written")
  func ownWarnings() throws {
    let root = try ConfigurationSection.load(
      yaml: "old: {len: 7}", file: "run.yaml", foreignKeys: Self.table)
    let new = try root.section("new")
    _ = try new.integer("len", default: 1, in: 0...9)
    new.warn("len", "is odd")
    #expect(root.notes.compactMap(\.warning) == ["run.yaml:1:12: warning: `old.len` is odd"])
  }
}
