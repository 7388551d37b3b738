/// A data set that cannot be used, or a file that cannot be written.
public enum TasksError: Error, Sendable, Equatable {
  /// A data set of no files.
  case noFiles

  /// There is no file at `path`.
  case missingFile(path: String)

  /// `path` is a directory.
  case directory(path: String)

  /// The file system refuses to read `path`.
  case unreadable(path: String, reason: String)

  /// The file system refuses to write `path`.
  case unwritable(path: String, reason: String)

  /// The file is not of a kind that is read.
  case unknownFormat(path: String, advice: String)

  /// No line of the file holds a row.
  case empty(path: String)

  /// A line, counted from 1, is not UTF-8.
  case notUTF8(path: String, line: Int)

  /// A line, counted from 1, is not a row that can be asked and scored.
  case badRow(path: String, line: Int, reason: String)

  /// A row's `data_source` says nothing about how to score it, and the run names no reward.
  case unknownDataSource(path: String, line: Int, name: String)

  /// A file of prompts holds no answers, and the run names no reward, or one that needs answers.
  case promptsWithoutAnswers(path: String, reward: RewardName?)
}

extension TasksError: CustomStringConvertible {
  /// Where, what, and what to do about it.
  public var description: String {
    switch self {
    case .noFiles:
      "the data set names no file; list at least one .jsonl or .txt file"
    case .missingFile(let path):
      "\(path): there is no such file; check the path, which counts from the directory the run was started in"
    case .directory(let path):
      "\(path): this is a directory; name the .jsonl or .txt files in it"
    case .unreadable(let path, let reason):
      "\(path): cannot be read (\(reason)); check its permissions on this machine"
    case .unwritable(let path, let reason):
      "\(path): cannot be written (\(reason)); check that its directory exists and has room"
    case .unknownFormat(let path, let advice):
      "\(path): \(advice)"
    case .empty(let path):
      "\(path): no line holds a row; put one JSON object, or in a .txt file one prompt, on each line"
    case .notUTF8(let path, let line):
      "\(path):\(line): not UTF-8; convert the file, for instance with `iconv -f latin1 -t utf8`"
    case .badRow(let path, let line, let reason):
      "\(path):\(line): \(reason)"
    case .unknownDataSource(let path, let line, let name):
      "\(path):\(line): no reward belongs to the data_source `\(name)`; set reward.name to one of "
        + "\(Self.list(RewardName.allCases.map(\.rawValue))), or data_source to one of those in docs/rewards.md"
    case .promptsWithoutAnswers(let path, nil):
      "\(path): prompts without answers need a reward; set reward.name to \(Self.rewardsWithoutAnswers)"
    case .promptsWithoutAnswers(let path, let reward?):
      "\(path): the reward `\(reward.rawValue)` compares with answers, and a .txt file has none; set reward.name to "
        + "\(Self.rewardsWithoutAnswers), or give the answers in a .jsonl file"
    }
  }

  static let rewardsWithoutAnswers = list(RewardName.allCases.filter(\.scoresBarePrompts).map(\.rawValue))

  private static func list(_ names: [String]) -> String {
    names.map { "`\($0)`" }.joined(separator: ", ")
  }
}
