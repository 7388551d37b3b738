import Foundation
import Sandbox

/// Attacks sandboxes, or judges solutions in them.
///
/// - `sandbox-probe LAUNCHER REPETITIONS TIER FOLDER [LANES [SECONDS [NAME]]]` runs the attacks of a folder;
/// - `sandbox-probe LAUNCHER humaneval|mbpp FILE` judges the reference solutions of a data set;
/// - `sandbox-probe LAUNCHER problems COUNT` judges those of our own problems;
/// - `sandbox-probe LAUNCHER hold SECONDS [TIER]` runs a program that sleeps, so that somebody may kill the host meanwhile.
///
/// The status is 1 if one attack got through or one solution failed.
@main
struct Probe {
  let launcher: String
  let repetitions: Int
  let tier: SandboxTier
  let programs: [HostileProgram]
  let canaries: Canaries
  /// How many run at the same time.
  let lanes: Int
  /// How long a call may take.
  let seconds: Double

  static func main() {
    do { try start() } catch {
      say("\(error)")
      exit(1)
    }
  }

  private static func start() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 4, arguments[2] == "problems", let count = Int(arguments[3]) {
      exit(try OwnProblems(count: count).run(launcher: arguments[1]) ? 0 : 1)
    }
    if arguments.count >= 4, arguments[2] == "hold", let seconds = Double(arguments[3]) {
      let limits = SandboxLimits(callSeconds: seconds, totalSeconds: seconds)
      var settings = SandboxSettings(slots: 1, limits: limits, launcher: arguments[1])
      if arguments.count > 4 { settings.tiers = [SandboxTier(rawValue: arguments[4]) ?? .namespaces] }
      let sandbox = try Sandbox(settings)
      _ = sandbox.evaluate(
        "import time\ntime.sleep(\(seconds))", for: .standardStreams([StreamTest(input: "", expected: "")]))
      sandbox.close()
      exit(0)
    }
    if arguments.count == 4 {
      exit(
        try ReferenceSolutions(format: arguments[2], path: arguments[3]).run(launcher: arguments[1]) ? 0 : 1)
    }
    guard arguments.count >= 5, let repetitions = Int(arguments[2]), repetitions > 0,
      let tier = SandboxTier(rawValue: arguments[3])
    else {
      say("usage: sandbox-probe LAUNCHER REPETITIONS TIER FOLDER [LANES [SECONDS [NAME]]]")
      exit(2)
    }
    let lanes = arguments.count > 5 ? Int(arguments[5]) ?? 1 : 1
    let seconds = arguments.count > 6 ? Double(arguments[6]) ?? 2 : 2
    let part = arguments.count > 7 ? arguments[7] : ".py"
    let names = try FileManager.default.contentsOfDirectory(atPath: arguments[4]).sorted()
    let programs = names.filter { $0.hasSuffix(".py") && $0.contains(part) }
      .compactMap { HostileProgram(path: arguments[4] + "/" + $0) }
    let probe = Probe(
      launcher: arguments[1], repetitions: repetitions, tier: tier, programs: programs,
      canaries: try Canaries(),
      lanes: lanes, seconds: seconds)
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
    let suite = try suite(lanes: lanes, seconds: seconds)
    let patient = try self.suite(lanes: 1, seconds: 5 * seconds)
    var bad = 0
    for repetition in 1...repetitions {
      for start in stride(from: 0, to: programs.count, by: lanes) {
        let group = programs[start..<min(start + lanes, programs.count)]
        for first in suite.run(group) {
          // What must fail by itself may be late on a busy machine, and then has another go with more time.
          let isLate = first.verdict.outcome == .timeout && first.program.expected == "fail"
          let run = isLate ? patient.run([first.program])[0] : first
          if !run.complaints.isEmpty { bad += 1 }
          if !run.complaints.isEmpty || repetition == 1 { Self.say(line(run)) }
        }
      }
    }
    return bad
  }

  private func suite(lanes: Int, seconds: Double) throws -> HostileSuite {
    var settings = SandboxSettings(
      slots: lanes + 1, limits: SandboxLimits(callSeconds: seconds, totalSeconds: 2.5 * seconds),
      launcher: launcher)
    settings.tiers = [tier]
    return HostileSuite(sandbox: try Sandbox(settings), canaries: canaries)
  }

  private func line(_ run: HostileSuite.Run) -> String {
    let words =
      "\(run.program.name) \(run.program.expected) → \(run.verdict.outcome): \(run.verdict.reason.prefix(60))"
    let start = run.complaints.isEmpty ? "ok " : "BAD"
    return "\(start) \(words.replacing("\n", with: " ")) \(run.complaints.joined(separator: "; "))"
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
