import ArgumentParser
import DataPreparation
import Dispatch
import Foundation
import Synchronization

/// Makes problems of all families.
struct DataPrepare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract:
      "Make problems of mathematics, code, STEM, logic and instruction following, with their answers.",
    discussion: """
      Examples:
        prorl-coordinator data prepare --output-dir data
        prorl-coordinator data prepare --output-dir data --only math,logic --difficulty 1-2 --count math=2000

      Every file holds one row a line in verl's schema; all rows differ, and validation_data.jsonl has none of the \
      others. The same options give the same bytes. See docs/data.md.
      """)

  @Option(help: "The folder that the files are written to; made if it is not there.")
  var outputDir: String

  @Option(help: "The seed of all draws.")
  var seed: UInt64 = 1

  @Option(help: "The families that are made, with commas between them: math, code, stem, logic, instruction.")
  var only: String?

  @Option(help: "The difficulties, 1 to 5: 2, or 1,3, or 1-3; for code also 0, answers of one expression.")
  var difficulty = "1-5"

  @Option(help: "A number of training rows other than the usual one, such as math=2000; may be repeated.")
  var count: [String] = []

  @Option(help: "The number of held-out rows of each family, instead of 1,000 in all.")
  var validationCount: Int?

  func run() throws {
    try reportingErrors {
      let plan = try Plan(self)
      try FileManager.default.createDirectory(atPath: outputDir, withIntermediateDirectories: true)
      let made = try plan.rows()
      for (family, rows) in zip(plan.families, made) {
        try write(rows.training, to: family.fileName)
      }
      try write(made.flatMap(\.validation), to: TaskFamily.validationFileName)
    }
  }

  private func write(_ rows: [DataRow], to name: String) throws {
    let path = outputDir + "/" + name
    try RowFile.write(rows, to: path)
    Terminal.say("\(path): \(rows.count) rows")
  }
}

/// What is made.
private struct Plan {
  let families: [TaskFamily]
  let difficulties: [Int]
  let counts: [TaskFamily: Int]
  let validationCount: Int?
  let seed: UInt64

  typealias Made = (training: [DataRow], validation: [DataRow])

  init(_ options: DataPrepare) throws {
    let names = options.only?.split(separator: ",").map(String.init) ?? TaskFamily.allCases.map(\.rawValue)
    let chosen = try names.map(Self.family)
    families = TaskFamily.allCases.filter(chosen.contains)
    difficulties = try Self.difficulties(options.difficulty)
    counts = Dictionary(try options.count.map(Self.count)) { $1 }
    validationCount = options.validationCount
    seed = options.seed
    guard !families.isEmpty else { throw CommandError("--only names no family") }
    guard validationCount ?? 0 >= 0 else { throw CommandError("--validation-count must not be negative") }
  }

  /// The rows of each family, made side by side.
  func rows() throws -> [Made] {
    let results = Mutex([Int: Result<Made, FamilyRows.Exhausted>]())
    DispatchQueue.concurrentPerform(iterations: families.count) { index in
      let family = families[index]
      let maker = FamilyRows(family, seed: seed, difficulties: difficulties)
      let result = Result { () throws(FamilyRows.Exhausted) in
        try maker.rows(
          training: counts[family] ?? family.count, validation: validationCount ?? family.validationCount)
      }
      results.withLock { $0[index] = result }
    }
    return try results.withLock { results in
      try families.indices.compactMap { try results[$0]?.get() }
    }
  }

  private static func family(_ name: String) throws -> TaskFamily {
    guard let family = TaskFamily(rawValue: name.trimmingCharacters(in: .whitespaces)) else {
      throw CommandError(
        "there is no family `\(name)`; the families are \(TaskFamily.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    return family
  }

  private static func difficulties(_ text: String) throws -> [Int] {
    var found: Set<Int> = []
    for part in text.split(separator: ",") {
      let ends = part.split(separator: "-").map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
        (0...5).contains(first), (0...5).contains(last)
      else {
        throw CommandError("--difficulty is `\(text)`; write 2, or 1,3, or 1-3, with numbers from 0 to 5")
      }
      found.formUnion(first...last)
    }
    guard !found.isEmpty else { throw CommandError("--difficulty names none") }
    return found.sorted()
  }

  private static func count(_ text: String) throws -> (TaskFamily, Int) {
    let parts = text.split(separator: "=")
    guard parts.count == 2, let count = Int(parts[1]), (0...1_000_000).contains(count) else {
      throw CommandError("--count is `\(text)`; write a family and a number, such as math=2000")
    }
    return (try family(String(parts[0])), count)
  }
}

/// Writes rows, all or nothing.
enum RowFile {
  /// One row a line, in place of what the file held.
  static func write(_ rows: [DataRow], to path: String) throws {
    var bytes: [UInt8] = []
    for row in rows {
      bytes += row.line.utf8
      bytes.append(0x0A)
    }
    do {
      try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw CommandError(
        "\(path): cannot be written (\(error.localizedDescription)); check that its folder exists and has room"
      )
    }
  }
}
