/// A metrics file that cannot be read or written.
public enum MetricsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file at `path` exists and cannot be read.
  case unreadable(path: String, reason: String)

  /// The file at `path` cannot be written.
  case unwritable(path: String, reason: String)

  /// Where, what, and what to do about it.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): cannot be read (\(reason)); check its permissions, or move it away to begin a new one"
    case .unwritable(let path, let reason):
      "\(path): cannot be written (\(reason)); check that its folder exists and that the disk is not full"
    }
  }
}
