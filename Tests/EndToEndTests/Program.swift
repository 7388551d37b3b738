import Foundation
import TestSupport

/// What a run of the program came to.
struct ProgramRun {
  let exitCode: Int32
  let output: String
  let errors: String
  let seconds: Double

  /// The lines on standard error that say something.
  var errorLines: [String] { errors.split(separator: "\n").map { String($0) } }

  /// The lines on standard output.
  var lines: [String] { output.split(separator: "\n").map { String($0) } }
}

/// The built executable.
enum Program {
  /// Runs the program with `arguments` and waits for its end, a minute at most.
  ///
  /// - Parameters:
  ///   - arguments: Its arguments.
  ///   - ranks: Under mpirun with so many ranks; nil for a process by hand.
  ///   - environment: Variables to set.
  /// - Returns: What it came to.
  /// - Throws: When the program is missing or cannot be started.
  static func run(
    _ arguments: [String], ranks: Int? = nil, environment: [String: String] = [:]
  ) throws -> ProgramRun {
    let running = try RunningProgram(arguments, ranks: ranks, environment: environment)
    return try running.wait()
  }

  /// Where it is: `PRORL_EXECUTABLE`, or beside the tests' own binary, where SwiftPM puts it.
  static func path() throws -> String {
    if let path = ProcessInfo.processInfo.environment["PRORL_EXECUTABLE"] { return path }
    return try builtExecutable("prorl-coordinator")
  }
}

/// A run under way.
final class RunningProgram {
  private let process = Process()
  private let folder: TemporaryDirectory
  private let start = Date()

  init(_ arguments: [String], ranks: Int? = nil, environment: [String: String] = [:]) throws {
    folder = try TemporaryDirectory()
    var words = ["timeout", "-k", "5", "60"]
    if let ranks {
      words += ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-np", "\(ranks)"]
    }
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words + [try Program.path()] + arguments
    // Launchers that start and end at once race for one session directory; each gets its own.
    let session = ["OMPI_MCA_orte_tmpdir_base": folder.path]
    process.environment = ProcessInfo.processInfo.environment.merging(session) { _, new in new }
      .merging(environment) { _, new in new }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try handle("output")
    process.standardError = try handle("errors")
    try Self.withoutBlockedSignals { try process.run() }
  }

  /// Threads of tests block signals, and what they start would inherit that; what a shell starts does not.
  private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
    var (none, before) = (sigset_t(), sigset_t())
    unsafe sigemptyset(&none)
    unsafe pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }

  private func handle(_ name: String) throws -> FileHandle {
    try FileHandle(forWritingTo: URL(filePath: folder.write(name, "")))
  }

  var isRunning: Bool { process.isRunning }

  func wait() throws -> ProgramRun {
    process.waitUntilExit()
    return ProgramRun(
      exitCode: process.terminationStatus,
      output: String(decoding: try folder.bytes("output"), as: UTF8.self),
      errors: String(decoding: try folder.bytes("errors"), as: UTF8.self),
      seconds: Date().timeIntervalSince(start))
  }

  /// Waits until `condition` holds or the program ends; at most half a minute.
  ///
  /// - Returns: Whether the condition holds while the program still runs.
  func wait(until condition: () throws -> Bool) rethrows -> Bool {
    let end = Date().addingTimeInterval(30)
    while process.isRunning, Date() < end {
      if try condition() { return process.isRunning }
      Thread.sleep(forTimeInterval: 0.005)
    }
    return false
  }
}

/// The processes of `program` whose command line holds `token`; by default not their launchers.
func processes(with token: String, program: String = "prorl-coordinator") -> [Int32] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  return names.compactMap { Int32($0) }.filter { id in
    guard let data = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") else { return false }
    let words = String(decoding: data, as: UTF8.self).split(separator: "\0")
    return words.first?.hasSuffix(program) == true && words.contains { $0.contains(token) }
  }.sorted()
}
