import Testing

@testable import Configuration

@Suite("Keys nobody read")
struct UnreadKeyTests {
  /// What `close` says about `yaml` after the keys of a small program were read.
  private func closing(_ yaml: String, _ overrides: String...) throws -> String? {
    let root = try ConfigurationSection.load(yaml: yaml, file: "run.yaml", overrides: overrides)
    let trainer = try root.section("trainer")
    _ = try trainer.integer("total_training_steps", default: 1, in: 1...9)
    _ = try trainer.integer("test_freq", default: 1, in: 1...9, aliases: ["val_freq"])
    let actor = try root.section("actor_rollout_ref").section("actor")
    _ = try actor.number("clip_ratio_low", default: 0.2, in: 0...1)
    _ = try actor.number("clip_ratio_high", default: 0.28, in: 0...1)
    _ = try actor.section("optim").number("lr", default: 1e-6, in: 0...1)
    return message { try root.close() }
  }

  @Test("a file of known keys is closed in silence")
  func known() throws {
    #expect(try closing("trainer: {val_freq: 5, total_training_steps: 2}\nactor_rollout_ref:\n") == nil)
  }

  @Test(
    "the message says what was probably meant",
    arguments: [
      (
        "actor_rollout_ref:\n  actor:\n    clip_ratio_low: 0.1\n    clip_ratio_hi: 0.3\n",
        "run.yaml:4:5: `clip_ratio_hi` is not a key of `actor_rollout_ref.actor`; did you mean `clip_ratio_high`?"
      ),
      ("trainr: {}\n", "run.yaml:1:1: `trainr` is not a key of the configuration; did you mean `trainer`?"),
      ("foo: 1\n", "run.yaml:1:1: `foo` is not a key of the configuration; nothing reads it, remove it"),
      (
        "optim: {lr: 1}\n",
        "run.yaml:1:1: `optim` is not a key of the configuration; it is a key of `actor_rollout_ref.actor`"
      ),
      (
        "trainer:\n  lr: 0.1\n",
        "run.yaml:2:3: `lr` is not a key of `trainer`; it is a key of `actor_rollout_ref.actor.optim`"
      ),
      (
        "trainer: {trainer: 1}",
        "run.yaml:1:11: `trainer` is not a key of `trainer`; it is a key of the top level"
      ),
      (
        "trainer: {vla_freq: 1}",
        "run.yaml:1:11: `vla_freq` is not a key of `trainer`; did you mean `val_freq`?"
      ),
    ])
  func suggestions(yaml: String, sentence: String) throws {
    #expect(try closing(yaml) == sentence)
  }

  @Test(
    "an argument is named in full",
    arguments: [
      (
        "trainer.total_traning_steps=3",
        "command line: `trainer.total_traning_steps` is not a key of `trainer`; did you mean `total_training_steps`?"
      ),
      ("trainr.seed=3", "command line: `trainr` is not a key of the configuration; did you mean `trainer`?"),
    ])
  func arguments(override: String, sentence: String) throws {
    #expect(try closing("trainer:\n  total_training_steps: 2\n", override) == sentence)
  }

  @Test("the first in the file is reported, sections inside others included")
  func order() throws {
    let said = try closing("trainer:\n  x: 1\nactor_rollout_ref:\n  actor:\n    y: 1\nz: 1\n")
    #expect(said?.hasPrefix("run.yaml:2:3: `x`") == true)
  }

  @Test("both a similar key here and the same key elsewhere are offered")
  func both() throws {
    let root = try ConfigurationSection.load(yaml: "a:\n  enable: true\n", file: "run.yaml")
    _ = try root.section("a").boolean("enabled", default: true)
    _ = try root.section("b").boolean("enable", default: true)
    #expect(
      message { try root.close() }
        == "run.yaml:2:3: `enable` is not a key of `a`; did you mean `enabled`, or the key of that name in `b`?"
    )
  }

  @Test("a key of a megabyte is reported at once and briefly")
  func longKey() throws {
    let said = try closing("? \(String(repeating: "k", count: 1_000_000))\n: 1\n")
    #expect((said?.count ?? 0) > 80 && (said?.count ?? 999) < 200)
  }

  @Test(
    "a distance counts letters added, dropped, changed or swapped",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("val", "vla", 1), ("a", "a", 0),
      ("total_traning_steps", "total_training_steps", 1),
    ])
  func distances(a: String, b: String, count: Int) {
    #expect(distance(a, b) == count && distance(b, a) == count)
  }
}
