import ArgumentParser
import Foundation
import Sandbox
import Tasks

/// Scores given responses.
struct Score: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Score given responses as a run would.",
    discussion: """
      Example:
        prorl-coordinator score --data gsm8k.jsonl --responses responses.jsonl > verdicts.jsonl

      Each line of the responses is an object with `index`, a row of the data counted from 0, or `row`, the row itself, \
      and `response`. For each a line is written with `index`, `score` (0 to 1), `verdict`, `extracted`, `reason` and \
      `milliseconds`; `reward` where the reward is another number than the score, and `per_instruction` for \
      instructions. A summary goes to standard errors.
      """)

  @Option(help: "The rows that `index` counts.")
  var data: String?

  @Option(help: "The responses, one JSON object a line; - reads standard input.")
  var responses: String

  @Option(help: "The reward that scores all rows, instead of the one that their data_source names.")
  var reward: String?

  @Option(help: "How many programs run at a time.")
  var slots = ProcessInfo.processInfo.activeProcessorCount

  @Flag(name: .customLong("unsafe-sandbox"), help: "Run programs even where nothing confines them.")
  var runsUnconfined = false

  func run() throws {
    try reportingErrors {
      let rule = try RewardRule(option: reward)
      let rows = try data.map { try DataFile.read($0, reward: rule, refusesFaults: false) } ?? []
      let asked = try ResponseFile(path: responses, rows: rows, rule: rule).read()
      var plan = RewardPlan()
      plan.sandbox = SandboxSettings(slots: max(1, slots), unconfined: runsUnconfined)
      let scorer = try RewardScorer(plan)
      if asked.contains(where: { $0.problem.reward.name == .code }) { try scorer.startSandbox() }
      var tally = ScoreTally()
      scorer.score(asked, ahead: 4 * max(1, slots)) { entry, scored in
        tally.add(entry.problem, scored.verdict)
        Terminal.say(ScoreLine(entry, scored).text)
      }
      Terminal.complain(tally.text)
    }
  }
}

/// A response with what it answers.
struct AskedResponse {
  let index: Int
  let problem: Problem
  let response: String
}

/// Reads the file of responses.
private struct ResponseFile {
  let path: String
  let rows: [Problem]
  let rule: RewardRule?

  private struct Line: Decodable {
    let index: Int?
    let response: String
  }

  func read() throws -> [AskedResponse] {
    var asked: [AskedResponse] = []
    for (number, bytes) in try content().split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    where bytes.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) {
      asked.append(try line(String(decoding: bytes, as: UTF8.self), number: number + 1))
    }
    guard !asked.isEmpty else { throw CommandError("\(path): holds no responses") }
    return asked
  }

  private func content() throws -> Data {
    if path == "-" { return try FileHandle.standardInput.readToEnd() ?? Data() }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandError("\(path): there is no readable file; check the path")
    }
    return data
  }

  private func line(_ text: String, number: Int) throws -> AskedResponse {
    let text = JSONRepair.withoutLoneSurrogates(text)
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(text.utf8)) else {
      throw CommandError("\(path):\(number): write one object with `response`, a text, and `index` or `row`")
    }
    guard let index = line.index else {
      let problem = try DataFile.row(inside: text, member: "row", path: path, line: number, reward: rule)
      return AskedResponse(index: number - 1, problem: problem, response: line.response)
    }
    guard rows.indices.contains(index) else {
      let there =
        rows.isEmpty ? "no data was given with --data" : "the data has \(rows.count) rows, counted from 0"
      throw CommandError("\(path):\(number): `index` is \(index), and \(there)")
    }
    return AskedResponse(index: index, problem: rows[index], response: line.response)
  }
}

/// What is written about one response.
private struct ScoreLine: Encodable {
  let index: Int
  let score: Double
  let verdict: String
  let extracted: String?
  let reason: String
  let milliseconds: Double
  var reward: Double?
  var perInstruction: [Bool]?

  private enum CodingKeys: String, CodingKey {
    case index, score, verdict, extracted, reason, milliseconds, reward
    case perInstruction = "per_instruction"
  }

  init(_ asked: AskedResponse, _ scored: RewardScorer.Scored) {
    index = asked.index
    let raw = Double(scored.verdict.score)
    score = min(1, max(0, raw))
    reward = raw == score ? nil : raw
    verdict = scored.verdict.kind.rawValue
    extracted = scored.verdict.extracted
    reason = scored.verdict.reason
    milliseconds = (scored.seconds * 1e6).rounded() / 1e3
    perInstruction = VerifierRegistry.followedInstructions(by: asked.response, problem: asked.problem)
  }

  /// Writes `extracted` as null where nothing was found, and leaves out what does not apply.
  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(index, forKey: .index)
    try fields.encode(score, forKey: .score)
    try fields.encode(verdict, forKey: .verdict)
    try fields.encode(extracted, forKey: .extracted)
    try fields.encode(reason, forKey: .reason)
    try fields.encode(milliseconds, forKey: .milliseconds)
    try fields.encodeIfPresent(reward, forKey: .reward)
    try fields.encodeIfPresent(perInstruction, forKey: .perInstruction)
  }

  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}

/// How often each verdict was given, by data source.
private struct ScoreTally {
  private var counts: [String: [Verdict.Kind: Int]] = [:]
  private var scores: [String: Double] = [:]

  mutating func add(_ problem: Problem, _ verdict: Verdict) {
    counts[problem.dataSource, default: [:]][verdict.kind, default: 0] += 1
    scores[problem.dataSource, default: 0] += Double(min(1, max(0, verdict.score)))
  }

  var text: String {
    counts.sorted { $0.key < $1.key }.map { source, kinds in
      let total = kinds.values.reduce(0, +)
      let said = Verdict.Kind.allCases.compactMap { kind in kinds[kind].map { "\($0) \(kind.rawValue)" } }
      let mean = (scores[source, default: 0] / Double(total) * 10_000).rounded() / 10_000
      return "\(source): \(total) responses, mean score \(mean): \(said.joined(separator: ", "))"
    }.joined(separator: "\n")
  }
}

extension RewardScorer {
  /// Scores all of `asked`, at most `ahead` beside each other, and gives the verdicts to `use` in order.
  fileprivate func score(
    _ asked: [AskedResponse], ahead: Int, use: (AskedResponse, RewardScorer.Scored) -> Void
  ) {
    var done: [Int: Scored] = [:]
    var (submitted, given) = (0, 0)
    while given < asked.count {
      while submitted < asked.count && submitted < given + ahead {
        let next = asked[submitted]
        submit(response: next.response, problem: next.problem, finished: true, ticket: submitted)
        submitted += 1
      }
      for scored in take() { done[scored.ticket] = scored }
      while let scored = done.removeValue(forKey: given) {
        use(asked[given], scored)
        given += 1
      }
      if done[given] == nil, given < submitted { wait(seconds: 1) }
    }
  }
}

/// Mends what JSON allows and Unicode does not.
enum JSONRepair {
  /// `text` with every escape of half a surrogate pair replaced by that of U+FFFD.
  ///
  /// A model may write one; Python's JSON writes it as it is.
  static func withoutLoneSurrogates(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var mended: [UInt8] = []
    mended.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      guard bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count else {
        mended.append(bytes[place])
        place += 1
        continue
      }
      guard let unit = unit(bytes, at: place), (0xD800...0xDFFF).contains(unit) else {
        mended += bytes[place..<min(place + 2, bytes.count)]
        place += 2
        continue
      }
      if unit < 0xDC00, let low = self.unit(bytes, at: place + 6), (0xDC00...0xDFFF).contains(low) {
        mended += bytes[place..<place + 12]
        place += 12
      } else {
        mended += "\\ufffd".utf8
        place += 6
      }
    }
    return String(decoding: mended, as: UTF8.self)
  }

  /// The unit that an escape at `place` stands for.
  private static func unit(_ bytes: [UInt8], at place: Int) -> UInt16? {
    guard place + 6 <= bytes.count, bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "u")
    else { return nil }
    return UInt16(String(decoding: bytes[place + 2..<place + 6], as: UTF8.self), radix: 16)
  }
}
