import Foundation

/// Lines to the operator; a reader that has gone away (a closed pager) ends nothing.
enum Terminal {
  /// Prints a line to standard output at once.
  static func say(_ line: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
  }

  /// Prints a line to standard error at once.
  static func complain(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
  }
}
