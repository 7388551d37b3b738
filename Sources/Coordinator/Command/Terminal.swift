import Foundation

/// Lines to the operator.
enum Terminal {
  /// Prints a line to standard output at once.
  static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  /// Prints a line to standard error at once.
  static func complain(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
