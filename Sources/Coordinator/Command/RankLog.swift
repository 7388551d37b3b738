import Foundation

/// What ranks other than 0 have to say: `logs/rank-N.log` in the run directory, attempt after attempt.
final class RankLog: Sendable {
  private let path: String

  /// Opens the log of `rank` and notes the beginning.
  init(directory: String, rank: Int) throws {
    let folder = directory + "/logs"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CommandError("\(folder): cannot be made (\(error.localizedDescription)); move what is in its way")
    }
    path = folder + "/rank-\(rank).log"
    write("rank \(rank) begins on \(ProcessInfo.processInfo.hostName), process \(getpid())")
  }

  /// Appends a line with the time; a log that cannot be written ends no run.
  func write(_ line: String) {
    let time = ISO8601DateFormatter().string(from: Date())
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    guard let file = FileHandle(forWritingAtPath: path) else { return }
    defer { try? file.close() }
    _ = try? file.seekToEnd()
    try? file.write(contentsOf: Data("\(time) \(line)\n".utf8))
  }
}
