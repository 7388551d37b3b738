/// Where something was written: a line and column of a file, or the command line.
public struct Place: Sendable, Hashable, CustomStringConvertible {
  /// An argument such as `trainer.total_training_steps=10`, which has no line of its own.
  public static let commandLine = Place(file: "command line", line: 0, column: 0)

  /// The file's path as given.
  public var file: String

  /// The line, from 1; 0 where the whole file is meant.
  public var line: Int

  /// The column, from 1, counted in Unicode scalars; 0 where the whole file is meant.
  public var column: Int

  /// Creates a place.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// The place as compilers print it, so that editors can jump to it.
  public var description: String { line > 0 ? "\(file):\(line):\(column)" : file }
}
