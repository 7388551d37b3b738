/// A program that cannot be started.
public enum SubprocessError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No file of this name, or none on the search path.
  case missing(name: String)

  /// The file is there and is no program that may be run.
  case notExecutable(path: String)

  /// The system refuses.
  case refused(path: String, reason: String)

  /// What is wrong, and what to do about it.
  public var description: String {
    switch self {
    case .missing(let name) where name.contains("/"):
      "there is no program \(name); check the path, which counts from the directory the run was started in"
    case .missing(let name):
      "there is no program `\(name)` on the search path; install it, or give its whole path"
    case .notExecutable(let path):
      "\(path) is not executable; run `chmod +x` on it, or name the interpreter that runs it"
    case .refused(let path, let reason):
      "\(path) cannot be started (\(reason)); check that its first line names an interpreter of this machine"
    }
  }
}
