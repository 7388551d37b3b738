import Foundation
import Glibc
import Testing

/// Programs that attack; `deploy/hostile.sh` runs all of them twenty times over in both tiers, also as an ordinary user.
extension SandboxTests {
  @Suite("Hostile programs")
  struct HostileTests {
    @Test(
      "every program gets the result that its first line demands, and leaves nothing behind",
      arguments: [("namespaces", "hostile"), ("namespaces", "attacks"), ("landlock", "attacks")])
    func attack(tier: String, programs: String) throws {
      let folder = try PublicFolder()
      for name in ["sandbox-probe", "prorl-sandbox"] { try folder.copy(try builtExecutable(name)) }
      try folder.copy(fixtures.appending(path: programs).path)
      let (status, output) = try execute([
        folder.path + "/sandbox-probe", folder.path + "/prorl-sandbox", "1", tier,
        folder.path + "/" + programs, "4", "3",
      ])
      let lines = output.split(separator: "\n").filter { !$0.hasPrefix("ok ") }
      #expect(status == 0, "\(lines.joined(separator: "\n"))")
      #expect(output.contains("0 bad"))
    }
  }
}

/// A folder that every user can read, removed with its owner.
final class PublicFolder {
  let path = "/tmp/prorl-sandbox-tests-\(getpid())-\(UInt32.random(in: 0 ... .max))"

  init() throws {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Copies a file or a folder into it, readable for all.
  func copy(_ source: String) throws {
    let place = path + "/" + (source as NSString).lastPathComponent
    try FileManager.default.copyItem(atPath: source, toPath: place)
    let (status, output) = try execute(["/bin/chmod", "-R", "a+rX", place])
    guard status == 0 else { throw CommandError(output: output) }
  }
}

struct CommandError: Error { let output: String }

/// Runs a program; its status, and what it wrote.
func execute(_ command: [String]) throws -> (status: Int32, output: String) {
  let process = Process()
  process.executableURL = URL(filePath: command[0])
  process.arguments = Array(command.dropFirst())
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}
