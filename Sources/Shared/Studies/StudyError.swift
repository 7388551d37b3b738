/// Why a study cannot be told.
public enum StudyError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A file that is not there or cannot be read.
  case unreadable(path: String)
  /// A line of `study.tsv` that does not have its four parts.
  case malformed(path: String, line: Int)
  /// No variant has a finished run.
  case nothingFinished(path: String)
  /// A document without the place for what is generated.
  case noPlace(path: String, marker: String)
  /// A file that cannot be written.
  case unwritable(path: String, reason: String)

  /// What is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .unreadable(let path): "\(path): cannot be read; is this the folder of a study?"
    case .malformed(let path, let line):
      "\(path):\(line): must be part, variant, description and overrides with tabs between them"
    case .nothingFinished(let path): "\(path): holds no finished run; run the study's script first"
    case .noPlace(let path, let marker):
      "\(path): must hold the lines `<!-- \(marker) -->` and `<!-- /\(marker) -->`, between which tables go"
    case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
    }
  }
}
