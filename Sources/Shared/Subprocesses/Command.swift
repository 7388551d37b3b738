import FoundationEssentials
import Glibc

/// A program with its arguments and environment.
public struct Command: Sendable, Equatable {
  /// The program's file.
  public let path: String

  /// Its arguments, without its name.
  public let arguments: [String]

  /// Its environment.
  public let environment: [String: String]

  /// The program `name` with `arguments`, in this process's environment with `variables` added.
  ///
  /// A name without a slash is looked for on the search path. Variables of MPI's launchers are left out: they
  /// would make the child take itself for a rank, and they differ between ranks.
  ///
  /// - Throws: ``SubprocessError`` where there is no such program.
  public init(
    _ name: String, arguments: [String] = [], variables: [String: String] = [:]
  ) throws(SubprocessError) {
    var environment = ProcessInfo.processInfo.environment
    path = try Self.resolve(name, searchPath: environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")
    for name in environment.keys where Self.launcherPrefixes.contains(where: name.hasPrefix) {
      environment[name] = nil
    }
    self.arguments = arguments
    self.environment = environment.merging(variables) { $1 }
  }

  private static let launcherPrefixes = ["OMPI_", "PMIX_", "PMI_", "PRTE_"]

  private static func resolve(_ name: String, searchPath: String) throws(SubprocessError) -> String {
    if name.contains("/") {
      guard isFile(name) else { throw .missing(name: name) }
      guard isExecutable(name) else { throw .notExecutable(path: name) }
      return name
    }
    for folder in searchPath.split(separator: ":") {
      let path = "\(folder)/\(name)"
      if !name.isEmpty && isFile(path) && isExecutable(path) { return path }
    }
    throw .missing(name: name)
  }

  private static func isFile(_ path: String) -> Bool {
    var isDirectory = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && !isDirectory
  }

  private static func isExecutable(_ path: String) -> Bool {
    unsafe access(path, X_OK) == 0
  }
}
