import Foundation
import TestSupport
import Testing

/// What configs/README.md and configs/algorithm.md say of keys and defaults, compared with what the program reads.
@Suite("Configuration reference")
struct ConfigurationReferenceTests {
  @Test("the reference has every key of training with its default, and no other")
  func trainingKeys() throws {
    let reference = try Reference.read("Training")
    let printed = try Program.run(["train", "--print-config"], yaml: "").lines.compactMap(
      Option.init(printed:))
    #expect(!printed.isEmpty)
    expectEqual(reference, printed)
  }

  @Test("the reference has every key of supervised fine-tuning with its default, and no other")
  func supervisedKeys() throws {
    let reference = try Reference.read("Supervised fine-tuning")
    expectEqual(reference, try SupervisedSource.options())
  }

  /// The bogus key stands last, so that a key before it that nothing reads would be complained about instead.
  @Test(
    "the program reads every key of the reference and takes its default for a value",
    arguments: [("Training", ["train", "--print-config"]), ("Supervised fine-tuning", ["sft"])])
  func keysAreRead(section: String, command: [String]) throws {
    let reference = try Reference.read(section)
    let run = try Program.run(command, yaml: Reference.yaml(reference) + "no_such_key: 1\n")
    #expect(run.exitCode != 0)
    #expect(
      run.errors.count == 1 && run.errors.first?.contains("`no_such_key` is not a key") == true,
      "\(run.errors)")
  }

  @Test(
    "a default is among the values the reference allows, where it lists them",
    arguments: ["Training", "Supervised fine-tuning"])
  func defaultsAreAllowed(section: String) throws {
    for row in try Reference.rows(section) where row.values.hasPrefix("`") {
      #expect(
        row.values.contains("`\(row.option.value.trimmingCharacters(in: CharacterSet(charactersIn: "[]")))`"),
        "\(row.option.key)")
    }
  }

  private func expectEqual(_ reference: [Option], _ program: [Option]) {
    let (documented, read) = (Option.byKey(reference), Option.byKey(program))
    #expect(documented.count == reference.count, "a key has two rows")
    for (key, value) in read.sorted(by: { $0.key < $1.key }) {
      #expect(
        documented[key] == value,
        "`\(key)` is \(value) by default; its row says \(documented[key] ?? "nothing")")
    }
    for key in documented.keys.sorted() {
      #expect(read[key] != nil, "nothing reads `\(key)`; remove its row")
    }
  }
}

/// A key and its default, as YAML writes it, without quotes.
struct Option: Equatable {
  let key: String
  let value: String

  init(key: String, value: String) {
    self.key = key
    self.value = value.trimmingCharacters(in: CharacterSet(charactersIn: "\""))
  }

  /// A line of `--print-config`: `trainer.seed: 1  # default`.
  init?(printed line: String) {
    guard let colon = line.range(of: ": "), let origin = line.range(of: "  # ", options: .backwards),
      colon.upperBound <= origin.lowerBound
    else { return nil }
    self.init(
      key: String(line[..<colon.lowerBound]), value: String(line[colon.upperBound..<origin.lowerBound]))
  }

  /// The values by key; of a key that comes twice, the first.
  static func byKey(_ options: [Option]) -> [String: String] {
    Dictionary(options.map { ($0.key, $0.value) }) { first, _ in first }
  }
}

/// The tables of configs/README.md and configs/algorithm.md.
enum Reference {
  struct Row {
    let option: Option
    let values: String
  }

  /// The rows of all tables of keys in the section with this heading; those of training stand in both files.
  static func rows(_ section: String) throws -> [Row] {
    let text = try Self.text("README.md")
    let start = try #require(text.range(of: "\n## \(section)\n"), "no section \(section)")
    let rest = text[start.upperBound...]
    var body = String(rest[..<(rest.range(of: "\n## ")?.lowerBound ?? rest.endIndex)])
    if section == "Training" { body += try Self.text("algorithm.md") }
    let rows = body.split(separator: "\n").compactMap(row)
    try #require(!rows.isEmpty, "no rows in \(section)")
    return rows
  }

  private static func text(_ file: String) throws -> String {
    try String(contentsOf: packageFolder.appending(path: "configs/\(file)"), encoding: .utf8)
  }

  static func read(_ section: String) throws -> [Option] { try rows(section).map(\.option) }

  /// `| key | default | values | meaning |` with key and default as code.
  private static func row(_ line: Substring) -> Row? {
    guard line.hasPrefix("| `") else { return nil }
    let cells = line.split(separator: " | ", maxSplits: 3).map(String.init)
    guard cells.count == 4 else { return nil }
    let marks = CharacterSet(charactersIn: "| `")
    let option = Option(
      key: cells[0].trimmingCharacters(in: marks), value: cells[1].trimmingCharacters(in: marks))
    return Row(option: option, values: cells[2])
  }

  /// A configuration that gives every key its default; flow style, so that sections need no grouping.
  static func yaml(_ options: [Option]) -> String {
    var root = Section()
    for option in options { root.add(option, path: option.key.split(separator: ".").map(String.init)[...]) }
    return root.lines(indentation: "")
  }

  private struct Section {
    var names: [String] = []
    var values: [String: String] = [:]
    var sections: [String: Section] = [:]

    mutating func add(_ option: Option, path: ArraySlice<String>) {
      guard let name = path.first else { return }
      if values[name] == nil, sections[name] == nil { names.append(name) }
      if path.count == 1 {
        // A text with a colon needs quotes.
        values[name] = option.value.contains(":") ? "\"\(option.value)\"" : option.value
      } else {
        sections[name, default: Section()].add(option, path: path.dropFirst())
      }
    }

    func lines(indentation: String) -> String {
      names.map { name in
        if let value = values[name] { return "\(indentation)\(name): \(value)\n" }
        return "\(indentation)\(name):\n" + (sections[name]?.lines(indentation: indentation + "  ") ?? "")
      }.joined()
    }
  }
}

/// The keys that `sft` reads, found in its source, since it has no `--print-config`.
enum SupervisedSource {
  static func options() throws -> [Option] {
    let job = try source("SFTJob.swift")
    let sections = sectionPaths(job)
    try #require(sections.count >= 5, "the sections of SFTJob.swift were not found")
    var options = reads(job, in: sections)
    // Training and fine-tuning share the schedule's keys.
    let schedule = try #require(
      job.firstMatch(of: #/ScheduleOptions\((\w+)\)/#), "SFTJob.swift reads no schedule")
    options += reads(try scheduleSource(), in: ["optimizer": try #require(sections[String(schedule.1)])])
    return options
  }

  private static func source(_ name: String) throws -> String {
    try String(
      contentsOf: packageFolder.appending(path: "Sources/Coordinator/Command/\(name)"), encoding: .utf8)
  }

  /// The paths of sections by the names of their variables: `let model = try section.section("model")`.
  private static func sectionPaths(_ source: String) -> [String: String] {
    var paths = ["section": ""]
    for match in source.matches(of: #/let (\w+) = try (\w+)\.section\("(\w+)"\)/#) {
      guard let parent = paths[String(match.2)] else { continue }
      paths[String(match.1)] = parent + match.3 + "."
    }
    return paths
  }

  /// What `name.integer("key", default: 1, in: …)` and its like ask for; `name` is empty inside an extension.
  private static func reads(_ source: String, in sections: [String: String]) -> [Option] {
    let call =
      #/
      (?:(\w+)\.)?(?:string|strings|integer|number|boolean|choice|optionalString|optionalInteger|optionalNumber)
      \(\s*"(\w+)"(?:,\s*default:\s*("[^"]*"|[^,)\s]+))?
    /#
    return source.matches(of: call).compactMap { match in
      guard let path = sections[match.1.map(String.init) ?? ""] else { return nil }
      return Option(
        key: path + match.2, value: match.3.map { written(String($0), by: String(match.0)) } ?? "null")
    }
  }

  /// A default as YAML writes it: `20_000` is 20000, `.constant` is constant, a number that need not be whole
  /// has a point.
  private static func written(_ literal: String, by call: String) -> String {
    if literal.hasPrefix("\"") { return literal }
    if literal.hasPrefix(".") { return String(literal.dropFirst()) }
    let digits = literal.replacing("_", with: "")
    return call.contains("number(") ? Double(digits).map(\.description) ?? digits : digits
  }

  /// What `ScheduleOptions` reads from its section, which it calls `optimizer`.
  private static func scheduleSource() throws -> String {
    let source = try source("RunConfiguration.swift")
    let start = try #require(source.range(of: "struct ScheduleOptions {"), "no ScheduleOptions")
    let rest = source[start.upperBound...]
    return String(rest[..<(rest.range(of: "\n}\n")?.lowerBound ?? rest.endIndex)])
  }
}

/// The folder that holds `Package.swift`.
let packageFolder = URL(filePath: #filePath).appending(path: "../../..").standardized

/// The built program.
enum Program {
  struct Run {
    let exitCode: Int32
    let lines: [String]
    let errors: [String]
  }

  /// Runs the program on a configuration file with the text `yaml`.
  ///
  /// Without `yaml` the arguments name the file.
  static func run(_ arguments: [String], yaml: String? = nil, option: String = "--config") throws -> Run {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "prorl-reference-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "run.yaml")
    try Data((yaml ?? "").utf8).write(to: file)
    let process = Process()
    process.executableURL = URL(filePath: try builtExecutable("prorl-coordinator"))
    process.arguments = arguments + (yaml == nil ? [] : [option, file.path])
    process.environment = ProcessInfo.processInfo.environment.merging(["PRORL_HOME": packageFolder.path]) {
      $1
    }
    // Files, since a pipe that nobody reads yet would fill up.
    let (output, errors) = (folder.appending(path: "out"), folder.appending(path: "err"))
    for url in [output, errors] { try Data().write(to: url) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    func lines(_ url: URL) throws -> [String] {
      try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
    }
    return Run(exitCode: process.terminationStatus, lines: try lines(output), errors: try lines(errors))
  }
}
