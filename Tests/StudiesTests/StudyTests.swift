import Foundation
import TestSupport
import Testing

@testable import Studies

/// A run whose metrics are functions of the step.
func run(seed: Int, steps: Int, _ metrics: [String: (Int) -> Double?]) -> Study.Run {
  let lines = (0...steps).map { step in
    let values = metrics.compactMap { name, value in value(step).map { "\"\(name)\": \($0)" } }
    return "{\"step\": \(step), \"data\": {\(values.joined(separator: ", "))}}"
  }
  return Study.Run(seed: seed, metrics: RunMetrics(lines: Data(lines.joined(separator: "\n").utf8)))
}

/// A run whose reward goes from `first` to `last`, half of the steps each.
func rewards(seed: Int, steps: Int = 30, _ first: Double, _ last: Double) -> Study.Run {
  run(seed: seed, steps: steps, ["critic/rewards/mean": { $0 == 0 ? nil : $0 <= steps / 2 ? first : last }])
}

@Suite("A study's folder")
struct StudyTests {
  private let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
    try write("losses\tvanilla\tPPO's clip\t\nlosses\tgpg\tplain\ta.loss_mode=gpg b.lr=5e-4\n", "study.tsv")
  }

  private func write(_ text: String, _ name: String) throws {
    let url = URL(filePath: folder.path).appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  @Test("finished runs are found, in the order of their seeds; others are not")
  func finished() throws {
    for seed in [10, 2, 3] {
      try write(#"{"step": 7, "data": {"a": \#(seed)}}"#, "gpg/seed-\(seed)/metrics.jsonl")
      if seed != 3 { try write("what it was made with\n1.5 0.25\n", "gpg/seed-\(seed)/finished") }
    }
    let study = try Study(directory: folder.path)
    #expect(study.variants.map(\.name) == ["vanilla", "gpg"])
    #expect(study.variants[0].runs.isEmpty)
    #expect(study.variants[1].runs.map(\.seed) == [2, 10])
    #expect(study.variants[1].runs.map { $0.metrics["a", 7] } == [2, 10])
    #expect(study.variants[1].changes == ["a.loss_mode=gpg", "b.lr=5e-4"])
    #expect(study.variants[1].shortChanges == "`loss_mode=gpg` `lr=5e-4`")
    #expect(study.summary == "2 runs of 7 steps on seeds 2, 10; 4 s of processor time in all")
  }

  @Test("a folder without a list, a torn list and a study without runs are refused")
  func refused() throws {
    let path = folder.path
    #expect(throws: StudyError.nothingFinished(path: path)) { try Study(directory: path) }
    #expect(throws: StudyError.unreadable(path: path + "/none/study.tsv")) {
      try Study(directory: path + "/none")
    }
    try write("losses\tvanilla\tPPO's clip\t\nlosses\tgp", "study.tsv")
    #expect(throws: StudyError.malformed(path: path + "/study.tsv", line: 2)) { try Study(directory: path) }
  }

  @Test("a document's part is replaced, once and again, and nothing else")
  func document() throws {
    try write("before\n<!-- runs -->\nold\n<!-- /runs -->\nafter\n", "curves.md")
    let document = Document(path: folder.path + "/curves.md", marker: "runs")
    #expect(document.pictureFolder == "curves")
    for text in ["first\n", "second\n"] {
      try document.write(text, pictures: ["a.svg": "<svg/>"])
      #expect(
        try String(contentsOfFile: folder.path + "/curves.md", encoding: .utf8)
          == "before\n<!-- runs -->\n\n\(text)\n<!-- /runs -->\nafter\n")
    }
    #expect(try String(contentsOfFile: folder.path + "/curves/a.svg", encoding: .utf8) == "<svg/>")
  }

  @Test("a document without the place is refused and stays as it is", arguments: ["", "<!-- runs -->\n"])
  func noPlace(text: String) throws {
    try write(text, "curves.md")
    let path = folder.path + "/curves.md"
    #expect(throws: StudyError.noPlace(path: path, marker: "runs")) {
      try Document(path: path, marker: "runs").write("new", pictures: [:])
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }
}

@Suite("Whether variants learn")
struct LearningTests {
  private func variant(_ name: String, _ runs: [Study.Run]) -> Study.Variant {
    Study.Variant(part: "losses", name: name, description: "a loss", changes: ["a.b=c"], runs: runs)
  }

  @Test(
    "a variant learns if every seed gains a tenth",
    arguments: [
      ([(0.25, 0.5), (0.25, 0.375)], true), ([(0.25, 0.5), (0.25, 0.3125)], false), ([(0.5, 0.25)], false),
      ([], false),
    ] as [([(Double, Double)], Bool)])
  func learns(gains: [(Double, Double)], expected: Bool) {
    let runs = gains.enumerated().map { rewards(seed: $0, $1.0, $1.1) }
    let learning = Learning(Study(variants: [variant("x", runs)]))
    #expect(learning.learns(learning.study.variants[0]) == expected)
    #expect(learning.failures == (expected ? [] : ["x"]))
  }

  @Test("a run that is too short to have two ends has gained nothing")
  func short() {
    #expect(Learning.Gain(rewards(seed: 1, steps: 19, 0, 1).metrics) == nil)
    #expect(Learning.Gain(rewards(seed: 1, steps: 20, 0, 1).metrics)?.value == 1)
    #expect(Learning.Gain(run(seed: 1, steps: 30, [:]).metrics) == nil)
  }

  @Test("the ends are ten steps each")
  func ends() throws {
    let gain = try #require(
      Learning.Gain(run(seed: 1, steps: 30, ["critic/rewards/mean": { Double($0) }]).metrics))
    #expect(gain.first == 5.5)
    #expect(gain.last == 25.5)
  }

  @Test("the table tells means, the least gain, and what was not run")
  func table() {
    let study = Study(variants: [
      variant("both", [rewards(seed: 1, 0.25, 0.5), rewards(seed: 2, 0.5, 1)]), variant("none", []),
      variant("flat", [rewards(seed: 1, 0.5, 0.5)]),
    ])
    #expect(
      Learning(study).table("losses") == """
        | variant | what it is | changes | seeds | first ten | last ten | least gain | clipped | learns |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- |
        | `both` | a loss | `b=c` | 2 | 0.38 | 0.75 | 0.25 | – | yes |
        | `none` | a loss | `b=c` | 0 | – | – | – | – | not run |
        | `flat` | a loss | `b=c` | 1 | 0.50 | 0.50 | 0.00 | – | no |

        """)
    let report = Learning(study).report(folder: "curves")
    #expect(report.text.contains("1 of 3 variants learn; these do not, or were not run: none, flat."))
    #expect(report.text.contains("\n## Losses\n\n![Mean reward of losses by step](curves/losses.svg)\n"))
    #expect(Array(report.pictures.keys) == ["losses.svg"])
  }
}

@Suite("What a recipe's parts do")
struct AblationTests {
  private func variant(_ name: String, accuracy: [Double], rewards: Double = 0.95) -> Study.Variant {
    Study.Variant(
      part: "recipe", name: name, description: "d",
      runs: accuracy.enumerated().map { index, accuracy in
        run(
          seed: index + 1, steps: 20,
          [
            "val-core/test/all/acc/mean@1": { $0 == 20 ? accuracy : $0 == 0 ? 0.125 : nil },
            "val-aux/test/all/entropy": { [0: 0.75, 20: 0.25][$0] },
            "critic/rewards/mean": { $0 == 0 ? nil : $0 <= 7 ? 0 : rewards },
            "rollout/tokens": { $0 == 0 ? nil : 1000 }, "rollout/groups": { $0 == 0 ? nil : 8 },
            "rollout/dropped_groups": { $0 == 0 ? nil : 2 },
          ])
      })
  }

  @Test("the table has intervals, the step of the level, and what it took")
  func table() {
    let study = Study(variants: [
      variant("full", accuracy: [0.75, 0.5]), variant("less", accuracy: [0.5], rewards: 0.5),
    ])
    #expect(
      Ablation(study, level: 0.9).table == """
        | variant | what it is | seeds | mean@1 | greedy | pass@k | entropy | KL | step of 0.90 | tokens until then, thousands | groups dropped, % |
        | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
        | `full` | d | 2 | 62.5 ± 158.8 | – | – | 0.250 ± 0.000 | – | 12 ± 0 | 12 ± 0 | 25.0 ± 0.0 |
        | `less` | d | 1 | 50.0 | – | – | 0.250 | – | – | – | 25.0 |

        """)
  }

  @Test("where not every seed has a number, the table says how many have")
  func some() {
    let study = Study(variants: [
      Study.Variant(
        part: "recipe", name: "full",
        runs: [rewards(seed: 1, 0, 1), rewards(seed: 2, 0, 0.5), rewards(seed: 3, 0, 1)])
    ])
    #expect(Ablation(study).table.contains("| 20 ± 0 (2 of 3 seeds) |"))
  }

  @Test("differences are taken seed by seed, and are bold where the interval leaves out 0")
  func differences() {
    let study = Study(variants: [
      variant("full", accuracy: [0.25, 0.5, 0.75]), variant("better", accuracy: [0.5, 0.75, 1]),
      variant("other", accuracy: [0.5, 0.25, 0.75]),
    ])
    let lines = Ablation(study).differences.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[2].hasPrefix("| `better` | **25.0 ± 0.0** |"))
    #expect(lines[3].hasPrefix("| `other` | 0.0 ± 62.1 |"))
  }

  @Test(
    "the first step of a level is the last of five that reach it together", arguments: [(0.9, 12), (0.2, 9)])
  func firstStep(level: Double, step: Int) throws {
    let metrics = try #require(variant("x", accuracy: [1]).runs.first).metrics
    // From step 8 on rewards are 0.95, before that 0.
    #expect(Ablation.firstStep(of: level, metrics) == step)
    #expect(Ablation.firstStep(of: 0.96, metrics) == nil)
  }
}
