import Foundation
import Metrics
import Testing

@Suite("Metric names")
struct MetricNameTests {
  private static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "../..").standardized

  @Test("the documentation lists every metric with its unit and meaning, in order")
  func documentation() throws {
    let text = try String(contentsOf: Self.root.appending(path: "docs/metrics.md"), encoding: .utf8)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
    let names = MetricName.all + MetricName.families
    #expect(rows == names.map { "| `\($0.rawValue)` | \($0.unit.rawValue) | \($0.meaning) |" })
  }

  @Test("every metric defined is in the list, once")
  func completeness() throws {
    let folder = Self.root.appending(path: "Sources/Shared/Metrics")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    let defined = try files.filter { $0.pathExtension == "swift" }.reduce(0) {
      let source = try String(contentsOf: $1, encoding: .utf8)
      return $0 + source.components(separatedBy: "= MetricName(").count - 1
    }
    #expect(defined == MetricName.all.count)
    #expect(Set(MetricName.all.map(\.rawValue)).count == MetricName.all.count)
  }

  @Test("a meaning is a sentence of one line", arguments: MetricName.all + MetricName.families)
  func meanings(name: MetricName) {
    #expect(name.meaning.hasSuffix(".") && !name.meaning.contains { "|\n".contains($0) })
    #expect(name.rawValue.wholeMatch(of: /[a-z_-]+\/[a-zA-Z_@<>\/]+/) != nil)
  }

  @Test(
    "families are spelled as verl spells them",
    arguments: [
      (MetricName.reward(of: "gsm8k"), "reward/gsm8k/mean"),
      (.accuracy(.mean(samples: 16), of: "aime"), "val-core/aime/acc/mean@16"),
      (.accuracy(.greedy, of: "prorl/math"), "val-core/prorl/math/acc/greedy"),
      (.accuracy(.pass(at: 8), of: MetricName.allDataSources), "val-core/all/acc/pass@8"),
      (.validationEntropy(of: "aime"), "val-aux/aime/entropy"),
      (.validationResponseLength(of: "two words\n"), "val-aux/two_words_/response_length"),
      (.reward(of: "ä\u{0}\u{1B}\u{7F}"), "reward/ä___/mean"),
    ])
  func families(name: MetricName, spelling: String) {
    #expect(name.rawValue == spelling)
  }

  @Test("names are equal if they read the same")
  func equality() {
    #expect(MetricName.reward(of: "a") == .reward(of: "a"))
    #expect(MetricName.reward(of: "a") != .reward(of: "b"))
    #expect(Set([MetricName.reward(of: "a"), .reward(of: "a"), .actorLr]).count == 2)
  }
}
