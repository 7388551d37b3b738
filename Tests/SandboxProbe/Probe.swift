import Foundation
import Sandbox

/// `sandbox-probe LAUNCHER REPETITIONS TIER FOLDER [NAME]`: runs the attacks of a folder; status 1 if one got
/// through. `sandbox-probe LAUNCHER humaneval|mbpp FILE`: judges the reference solutions of a data set;
/// `sandbox-probe LAUNCHER problems COUNT`: those of our own problems.
@main
struct Probe {
  let launcher: String
  let repetitions: Int
  let tier: SandboxTier
  let programs: [HostileProgram]
  let canaries: Canaries

  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 4, arguments[2] == "problems", let count = Int(arguments[3]) {
      exit(try OwnProblems(count: count).run(launcher: arguments[1]) ? 0 : 1)
    }
    if arguments.count == 4 {
      exit(try ReferenceSolutions(format: arguments[2], path: arguments[3]).run(launcher: arguments[1]) ? 0 : 1)
    }
    guard arguments.count >= 5, let repetitions = Int(arguments[2]), repetitions > 0,
      let tier = SandboxTier(rawValue: arguments[3])
    else {
      say("usage: sandbox-probe LAUNCHER REPETITIONS TIER FOLDER [NAME]")
      exit(2)
    }
    let part = arguments.count > 5 ? arguments[5] : ".py"
    let names = try FileManager.default.contentsOfDirectory(atPath: arguments[4]).sorted()
    let programs = names.filter { $0.hasSuffix(".py") && $0.contains(part) }
      .compactMap { HostileProgram(path: arguments[4] + "/" + $0) }
    let probe = Probe(
      launcher: arguments[1], repetitions: repetitions, tier: tier, programs: programs, canaries: try Canaries())
    exit(probe.run() ? 0 : 1)
  }

  private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  private func run() -> Bool {
    var bad = 0
    do { bad = try attack() } catch {
      Self.say("no sandbox: \(error)")
      bad = 1
    }
    canaries.remove()
    let left = remainders()
    if !left.isEmpty {
      bad += 1
      Self.say("BAD left at the end: \(left)")
    }
    let user = ProcessInfo.processInfo.userName
    Self.say("\(programs.count) programs, \(repetitions) times, \(tier.rawValue), as \(user): \(bad) bad")
    return bad == 0 && !programs.isEmpty
  }

  /// How many runs ended in another way than they must.
  private func attack() throws -> Int {
    var settings = SandboxSettings(
      slots: 2, limits: SandboxLimits(callSeconds: 2, totalSeconds: 5), launcher: launcher)
    settings.tiers = [tier]
    let suite = HostileSuite(sandbox: try Sandbox(settings), canaries: canaries)
    var bad = 0
    for repetition in 1...repetitions {
      for program in programs {
        let (complaints, verdict, seconds) = suite.run(program)
        if !complaints.isEmpty { bad += 1 }
        guard !complaints.isEmpty || repetition == 1 else { continue }
        let line = "\(program.name) \(program.expected) → \(verdict.outcome): \(verdict.reason)"
        let time = String(format: "%.2f s", seconds)
        Self.say("\(complaints.isEmpty ? "ok " : "BAD") \(line) \(time) \(complaints.joined(separator: "; "))")
      }
    }
    return bad
  }

  /// Processes that are still there though the sandboxes are gone.
  private func remainders() -> [Processes.Entry] {
    var left: [Processes.Entry] = []
    for _ in 0..<100 {
      left = Processes().descendants(of: Int(ProcessInfo.processInfo.processIdentifier))
      if left.isEmpty { break }
      Thread.sleep(forTimeInterval: 0.05)
    }
    return left
  }
}
