import Foundation

/// Runs the executable `kernel-probe`, which the package builds beside the tests.
///
/// A process of its own, because the widest vectors are chosen once per process and a pool of threads is one
/// per process.
///
/// - Parameters:
///   - arguments: What to compute; `Tests/KernelProbe/main.swift` says.
///   - environment: Variables to set.
/// - Returns: The lines that it prints.
/// - Throws: When the probe is missing or fails.
public func kernelProbe(_ arguments: [String], environment: [String: String] = [:]) throws -> [String] {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: try builtExecutable("kernel-probe"))
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
  process.standardInput = FileHandle.nullDevice
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  let text = String(decoding: data, as: UTF8.self)
  guard process.terminationStatus == 0 else { throw ProbeError.failed(process.terminationStatus, text) }
  return text.split(separator: "\n").map { String($0) }
}

/// Why a probe said nothing.
public enum ProbeError: Error, CustomStringConvertible {
  /// It is in none of these folders.
  case missing(String, searched: [String])
  /// It ended with this status and these words.
  case failed(Int32, String)

  /// One sentence.
  public var description: String {
    switch self {
    case .missing(let name, let searched):
      "\(name) is in none of \(searched.joined(separator: ", ")); build it with `swift build --product \(name)`"
    case .failed(let status, let text):
      "the probe ended with status \(status): \(text)"
    }
  }
}

/// Where SwiftPM put an executable: beside the tests' own binary.
///
/// - Throws: ``ProbeError`` where it is not there.
public func builtExecutable(_ name: String) throws -> String {
  let arguments = CommandLine.arguments
  let bundles = zip(arguments, arguments.dropFirst()).filter { $0.0 == "--test-bundle-path" }.map(\.1)
  let starts =
    [arguments[0]] + bundles + [Bundle.main.executablePath ?? ""] + Bundle.allBundles.map(\.bundlePath)
  var folders: [String] = []
  for start in starts where !start.isEmpty {
    // A bundle may be a folder, with the tests' binary further down.
    var folder = URL(fileURLWithPath: start).resolvingSymlinksInPath()
    for _ in 0..<3 {
      folder.deleteLastPathComponent()
      if !folders.contains(folder.path) { folders.append(folder.path) }
    }
  }
  let found = folders.map { $0 + "/" + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
  guard let found else { throw ProbeError.missing(name, searched: folders) }
  return found
}
