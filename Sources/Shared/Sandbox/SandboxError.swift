/// Why answers cannot be run here.
public enum SandboxError: Error, Sendable, Equatable {
  /// No Python is where it was said to be, or in the usual places.
  case noInterpreter(String)

  /// The program that becomes a sandbox is missing.
  case noLauncher(String)

  /// No way of confining a program holds on this machine; the reason for each.
  case refused([String])

  /// The system did not let us start or talk to a sandbox.
  case system(String)

  /// A sandbox went away while it was used.
  case lost(String)
}

extension SandboxError: CustomStringConvertible {
  /// What happened, and what to do about it.
  public var description: String {
    switch self {
    case .noInterpreter(let reason):
      "code tasks need Python 3: \(reason). Install the package `python3`, or set `sandbox.python`."
    case .noLauncher(let path):
      "code tasks need `prorl-sandbox` beside the program: \(path) is not there. Install both together."
    case .refused(let reasons):
      """
      code tasks are refused, since untrusted programs cannot be confined here: \
      \(reasons.joined(separator: "; ")). Install `bubblewrap` and allow user namespaces, or use a kernel with \
      Landlock; `sandbox.unsafe: true` runs them with limits only.
      """
    case .system(let sentence), .lost(let sentence):
      sentence
    }
  }
}
