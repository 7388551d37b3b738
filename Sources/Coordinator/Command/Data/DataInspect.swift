import ArgumentParser
import Foundation
import Models
import Randomness
import RolloutWorker
import Tasks
import Tokenization

/// Tells what a data set holds.
struct DataInspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract:
      "Count a data set's rows, measure its prompts in tokens, and show some as the model will see them.",
    discussion:
      "Example:\n  prorl-coordinator data inspect data/math_problems.jsonl --model Qwen2.5-0.5B-Instruct")

  @Argument(help: "The files.")
  var files: [String]

  @Option(help: "A Hugging Face directory, for its tokenizer; without it, the embedded model.")
  var model: String?

  @Option(help: "auto, chatml, llama3 or none.")
  var chatTemplate = "auto"

  @Option(help: "How many rows are shown.")
  var rows = 3

  @Option(help: "The seed of the choice of rows.")
  var seed: UInt64 = 1

  @Option(help: "The reward that scores all rows, instead of the one that their data_source names.")
  var reward: String?

  func run() throws {
    try reportingErrors {
      let problems = try files.flatMap { try DataFile.read($0, reward: try RewardRule(option: reward)) }
      let path = try model ?? Locations.resolve("embedded:configs/quickstart-model")
      let tokenizer = try Tokenizer(directory: path, for: try ModelConfiguration(directory: path))
      let template = try ChatTemplate.resolve(chatTemplate, tokenizer: tokenizer, directory: path)
      let texts = problems.map { promptText($0.prompt, template: template) }
      let lengths = texts.map { tokenizer.encode($0).count }
      Terminal.say(summary(problems, lengths))
      for index in shown(problems.count) {
        show(problems[index], texts[index], tokens: lengths[index])
      }
    }
  }

  /// A line for each kind of row, and one for all.
  private func summary(_ problems: [Problem], _ lengths: [Int]) -> String {
    let groups = Dictionary(grouping: problems.indices) { problems[$0].dataSource }
    var lines = [Self.line("data_source", "reward", "rows", "tokens: least", "median", "95 %", "most")]
    for (source, indices) in groups.sorted(by: { $0.key < $1.key }) {
      lines.append(line(source, problems[indices[0]].reward.name.rawValue, indices.map { lengths[$0] }))
      let tasks = Dictionary(grouping: indices) { Self.task(problems[$0]) ?? "" }.filter { !$0.key.isEmpty }
      for (task, members) in tasks.sorted(by: { $0.key < $1.key }) {
        lines.append(line("  " + task, "", members.map { lengths[$0] }))
      }
    }
    if groups.count > 1 { lines.append(line("all", "", lengths)) }
    return lines.joined(separator: "\n")
  }

  private func line(_ name: String, _ reward: String, _ lengths: [Int]) -> String {
    let sorted = lengths.sorted()
    func at(_ share: Double) -> String { String(sorted[Int(Double(sorted.count - 1) * share)]) }
    return Self.line(name, reward, String(sorted.count), at(0), at(0.5), at(0.95), at(1))
  }

  private static func line(_ name: String, _ reward: String, _ numbers: String...) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    let cells = numbers.map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }
    return padded(name, 34) + padded(reward, 12) + cells.joined()
  }

  /// The task that the row names, if it does.
  private static func task(_ problem: Problem) -> String? {
    struct Extra: Decodable { let task: String? }
    return (try? JSONDecoder().decode(Extra.self, from: Data(problem.extra.utf8)))?.task
  }

  /// Different rows, in their order.
  private func shown(_ count: Int) -> [Int] {
    var generator = NamedGenerator(
      RandomName(seed: seed, purpose: .problems, step: 0, ordinal: 0, sample: 0))
    var chosen: Set<Int> = []
    while chosen.count < min(max(0, rows), count) { chosen.insert(generator.next(below: count)) }
    return chosen.sorted()
  }

  private func show(_ problem: Problem, _ text: String, tokens: Int) {
    Terminal.say(
      """

      --- \(problem.origin), \(problem.dataSource), \(tokens) tokens ---
      \(text)
      --- expected: \(problem.groundTruth.prefix(300)) ---
      """)
  }
}
