import Foundation
import TestSupport

/// What a run of the probe under mpirun came to.
struct ProbeRun {
  var exitCode: Int32
  var lines: [String]
  var seconds: Double

  /// The number of processes that found what they expected.
  var okays: Int { lines.count { $0 == "ok" } }

  /// What the processes say went wrong on purpose.
  var errors: [String] { lines.filter { $0.hasPrefix("error: ") }.map { String($0.dropFirst(7)) } }

  var text: String { lines.joined(separator: "\n") }
}

/// Runs `mpi-probe arguments` on `processes` processes; ends it after a minute.
func mpirun(
  _ processes: Int, _ arguments: String..., options: [String] = ["--oversubscribe"]
) throws -> ProbeRun {
  // Launchers that start and end at once race for one session directory; each gets its own.
  let session = FileManager.default.temporaryDirectory.appending(path: "mpi-\(UUID().uuidString.prefix(8))")
  try FileManager.default.createDirectory(at: session, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: session) }
  let launcher = [
    "timeout", "-k", "5", "60", "mpirun", "--allow-run-as-root", "--mca", "orte_tmpdir_base", session.path,
  ]
  return try run(launcher + options + ["-np", "\(processes)", try builtExecutable("mpi-probe")] + arguments)
}

/// Runs the probe by hand, as a user does without mpirun.
func runAlone(_ arguments: String...) throws -> ProbeRun {
  try run([try builtExecutable("mpi-probe")] + arguments)
}

private func run(_ words: [String]) throws -> ProbeRun {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = words
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  process.standardInput = FileHandle.nullDevice
  let start = Date()
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map { String($0) }
  return ProbeRun(exitCode: process.terminationStatus, lines: lines, seconds: Date().timeIntervalSince(start))
}

/// Whether a process whose command line holds `token` is alive.
func isRunning(_ token: String) -> Bool {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  return names.contains { name in
    guard Int(name) != nil, let data = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") else {
      return false
    }
    return String(decoding: data, as: UTF8.self).contains(token)
  }
}
