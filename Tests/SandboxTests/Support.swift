import Foundation
import Sandbox

/// Where SwiftPM put an executable: beside the tests' own binary.
func builtExecutable(_ name: String) -> String? {
  let arguments = CommandLine.arguments + [Bundle.main.executablePath ?? ""] + Bundle.allBundles.map(\.bundlePath)
  for argument in arguments {
    var folder = URL(filePath: argument)
    while folder.path.count > 1 {
      folder.deleteLastPathComponent()
      let candidate = folder.appending(path: name).path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      if folder.lastPathComponent == ".build" { break }
    }
  }
  return nil
}

extension SandboxSettings {
  /// Settings for tests, with the launcher that the package builds.
  static func test(slots: Int = 2, limits: SandboxLimits = SandboxLimits()) -> SandboxSettings {
    SandboxSettings(slots: slots, limits: limits, launcher: builtExecutable("prorl-sandbox"))
  }
}
