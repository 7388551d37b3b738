import FoundationEssentials

/// Reads the problems of a data set's file.
///
/// - `.jsonl`, `.json`: one JSON object on each line, with verl's fields or plain ones; see `RowReader`.
/// - `.txt`: one prompt on each line, for rewards that need no answer; their `data_source` is `custom`.
///
/// Both are UTF-8, with or without a byte order mark; lines end with `\n` or `\r\n`, and blank ones are
/// skipped. The first line that cannot be used ends the reading with its place: a data set that is not what
/// it seems is better found before the run than after.
public enum DataFile {
  /// The problems of the file at `path`, in its order; at least one.
  ///
  /// `reward` scores every row; without it, each row's `data_source` decides, and a `.txt` file is refused. With
  /// `refusesFaults` so is a row that its verifier cannot score.
  public static func read(
    _ path: String, reward: RewardRule?, refusesFaults: Bool = true
  ) throws(TasksError) -> [Problem] {
    let lines = Lines(path: path, content: try content(of: path))
    let problems =
      try isPromptFile(path)
      ? prompts(lines, reward: reward) : rows(lines, RowReader(reward: reward, refusesFaults: refusesFaults))
    guard !problems.isEmpty else { throw .empty(path: path) }
    return problems
  }

  /// The problem of one row, JSON text; errors say that it stands on `line` of `path`.
  public static func row(
    _ json: String, path: String, line: Int, reward: RewardRule? = nil
  ) throws(TasksError) -> Problem {
    guard let value = JSONText.value(json) else {
      throw .badRow(path: path, line: line, reason: "not JSON")
    }
    return try RowReader(reward: reward).problem(value, path: path, line: line)
  }

  /// The problem of the row that is the `member` of a JSON object; one that its verifier cannot score is taken.
  public static func row(
    inside json: String, member: String, path: String, line: Int, reward: RewardRule? = nil
  ) throws(TasksError) -> Problem {
    guard let row = JSONText.value(json)?[member] else {
      throw .badRow(path: path, line: line, reason: "neither `index` nor `\(member)`")
    }
    return try RowReader(reward: reward, refusesFaults: false).problem(row, path: path, line: line)
  }

  private static func rows(_ lines: Lines, _ reader: RowReader) throws(TasksError) -> [Problem] {
    let decoder = JSONDecoder()
    return try lines.map { number, text throws(TasksError) in
      if number == 1 && text.first == "[" && lines.path.hasSuffix(".json") { throw .array(path: lines.path) }
      let json: JSONValue
      do {
        json = try decoder.decode(JSONValue.self, from: Data(text.utf8))
      } catch {
        throw .badRow(
          path: lines.path, line: number,
          reason: "not JSON, or a number in it is too large or a text holds half a surrogate pair; "
            + "write one complete object on each line")
      }
      return try reader.problem(json, path: lines.path, line: number)
    }
  }

  private static func prompts(_ lines: Lines, reward: RewardRule?) throws(TasksError) -> [Problem] {
    guard let reward, reward.name.scoresBarePrompts else {
      throw .promptsWithoutAnswers(path: lines.path, reward: reward?.name)
    }
    let name = lines.path.split(separator: "/").last ?? ""
    return try lines.map { number, text throws(TasksError) in
      Problem(
        dataSource: "custom", prompt: .text(text), groundTruth: "", reward: reward,
        origin: "\(name):\(number)")
    }
  }

  private static func isPromptFile(_ path: String) throws(TasksError) -> Bool {
    let known: [(suffix: String, isPrompts: Bool)] = [(".txt", true), (".jsonl", false), (".json", false)]
    if let format = known.first(where: { path.lowercased().hasSuffix($0.suffix) }) { return format.isPrompts }
    throw .unknownFormat(path: path, advice: advice(for: path.lowercased()))
  }

  private static func advice(for path: String) -> String {
    if path.hasSuffix(".gz") { return "compressed files are not read; unpack it with `gunzip` first" }
    if path.hasSuffix(".parquet") {
      return
        "Parquet is not read; convert it with `pandas.read_parquet(…).to_json(…, orient=\"records\", lines=True)`"
    }
    return "unknown kind of data file; name a .jsonl file of rows or a .txt file of prompts"
  }

  private static func content(of path: String) throws(TasksError) -> Data {
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw .missingFile(path: path)
    }
    guard !isDirectory else { throw .directory(path: path) }
    do {
      return try Data(contentsOf: URL(filePath: path))
    } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
  }
}

/// The lines of a file that hold something, with their numbers from 1.
private struct Lines {
  let path: String
  let content: Data

  /// What `body` makes of each line, in order.
  func map(
    _ body: (_ number: Int, _ text: String) throws(TasksError) -> Problem
  ) throws(TasksError) -> [Problem] {
    var problems: [Problem] = []
    var rest = content.starts(with: [0xEF, 0xBB, 0xBF]) ? content.dropFirst(3) : content
    var number = 0
    while !rest.isEmpty {
      number += 1
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
      var line = rest[rest.startIndex..<end]
      rest = rest[end...].dropFirst()
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      guard !line.allSatisfy(AnswerText.isSpace) else { continue }
      guard let text = String(validating: line, as: UTF8.self) else {
        throw .notUTF8(path: path, line: number)
      }
      problems.append(try body(number, text))
    }
    return problems
  }
}

extension TasksError {
  fileprivate static func array(path: String) -> TasksError {
    .unknownFormat(path: path, advice: "one JSON array; write its rows on a line each with `jq -c '.[]'`")
  }
}
