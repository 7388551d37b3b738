import Experience
import Foundation
import Tasks

/// A validation as its groups come: what the report needs, and lines for the file in order.
///
/// A group is turned into its lines and a few numbers at once, so that tokens and texts of a whole set are
/// never together in memory; lines wait only for those of lower ordinal. Problem i of the set is sampled as
/// ordinal `base + 2i` and greedily as `base + 2i + 1`.
struct ValidationRecord {
  /// One problem's outcome, half of it at first.
  private struct Entry {
    var scores: [Double] = []
    var answers: [String] = []
    var lengths: [Int] = []
    var entropySum = 0.0
    var tokens = 0
    var greedyScore = 0.0
  }

  private let set: ValidationSet
  private let base: Int
  private let step: Int
  private var entries: [Entry]
  /// Groups whose lines were handed out, counted from `base`.
  private var written = 0
  /// Lines of later groups.
  private var waiting: [Int: String] = [:]

  init(_ set: ValidationSet, base: Int, step: Int) {
    self.set = set
    self.base = base
    self.step = step
    entries = Array(repeating: Entry(), count: set.problems.count)
  }

  /// Whether all groups have come.
  var isComplete: Bool { written == 2 * entries.count }

  /// How many groups came before one of lower ordinal.
  var waitingCount: Int { waiting.count }

  /// What each problem came to, in the order of the set.
  var outcomes: [ValidationOutcome] {
    zip(set.problems, entries).map { problem, entry in
      ValidationOutcome(
        dataSource: problem.dataSource, scores: entry.scores, answers: entry.answers,
        lengths: entry.lengths, greedyScore: entry.greedyScore,
        entropySum: entry.entropySum, tokens: entry.tokens)
    }
  }

  /// Takes in a group.
  ///
  /// - Returns: The lines that now follow those handed out before; nil if the group is not of this
  ///   validation, or came before.
  mutating func receive(_ group: ScoredGroup) -> String? {
    guard (base + written..<base + 2 * entries.count).contains(group.ordinal) else { return nil }
    let index = group.ordinal - base
    guard waiting[index] == nil else { return nil }
    note(group, problem: index / 2, isGreedy: !index.isMultiple(of: 2))
    waiting[index] = lines(group, problem: set.problems[index / 2])
    var ready = ""
    while let next = waiting.removeValue(forKey: written) {
      ready += next
      written += 1
    }
    return ready
  }

  private mutating func note(_ group: ScoredGroup, problem: Int, isGreedy: Bool) {
    if isGreedy {
      entries[problem].greedyScore = Double(group.responses.first?.score ?? 0)
    } else {
      entries[problem].scores = group.responses.map { Double($0.score) }
      entries[problem].answers = group.responses.map(\.answer)
      entries[problem].lengths = group.responses.map(\.tokens.count)
      entries[problem].entropySum = group.responses.reduce(0) { $0 + $1.entropySum }
      entries[problem].tokens = group.tokenCount
    }
  }

  private func lines(_ group: ScoredGroup, problem: Problem) -> String {
    group.responses.enumerated().reduce(into: "") { lines, response in
      lines +=
        RolloutLine(
          response.element, problem: problem, group: group, sample: response.offset, step: step,
          advantage: nil
        ).json
    }
  }
}

/// A file that grows under another name and gets its own when it is complete.
final class GrowingFile {
  private let path: String
  private let handle: FileHandle
  private var partial: String { path + ".partial" }

  /// Begins a file that will be at `path`, in place of one that is there.
  init(path: String) throws {
    self.path = path
    try Data().write(to: URL(filePath: path + ".partial"))
    handle = try FileHandle(forWritingTo: URL(filePath: path + ".partial"))
  }

  /// Adds text at the end.
  func append(_ text: String) throws { try handle.write(contentsOf: Data(text.utf8)) }

  /// Gives the file its name.
  func complete() throws {
    try handle.close()
    if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
    try FileManager.default.moveItem(atPath: partial, toPath: path)
  }
}
