import ArgumentParser
import Foundation
import Sandbox
import Synchronization

extension Bench {
  /// Measures what judging a program costs, with sandboxes started for it and with sandboxes that wait.
  struct SandboxRate: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "sandbox", abstract: "Evaluations of programs per second, and what one costs.",
      discussion: "Times on a machine that does other things are longer; processor time is what to compare.")

    @Option(help: "Evaluations at the same time.")
    var slots = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "How long to measure, in seconds.")
    var seconds = 5.0

    @Option(help: "Evaluations in new sandboxes.")
    var cold = 21

    @Flag(help: "Tests in Python, in a second sandbox, instead of calls of a function.")
    var checked = false

    func validate() throws {
      guard slots > 0, cold > 0, seconds > 0 else {
        throw ValidationError("--slots, --cold and --seconds must be above 0")
      }
    }

    func run() throws {
      print("bench sandbox, \(slots) at a time; \(checked ? "tests in Python" : "calls of a function")")
      try measureCold()
      try measureWarm()
    }

    private var task: CodeTask {
      guard checked else {
        let sums = [(2, 3), (-1, 1), (40, 2), (7, 0)].map { left, right in
          FunctionTest(arguments: [.integer(left), .integer(right)], expected: .integer(left + right))
        }
        return .function(entryPoint: "add", tests: sums)
      }
      return .mbpp(setup: "", tests: ["assert add(2, 3) == 5", "assert add(-1, 1) == 0"])
    }

    private func measureCold() throws {
      var settings = SandboxSettings(slots: 1)
      settings.isFresh = true
      let sandbox = try Sandbox(settings)
      print("tier      \(sandbox.tier.rawValue)")
      var times: [Double] = []
      let start = ProcessorTime.now
      for _ in 0..<cold {
        let begin = ContinuousClock.now
        try judge(in: sandbox)
        times.append((ContinuousClock.now - begin) / .milliseconds(1))
      }
      // Sandboxes count once they are gone.
      sandbox.close()
      let processor = (ProcessorTime.now - start) / Double(cold) * 1000
      times.sort()
      print(
        String(
          format: "cold      %.1f ms median, %.1f least, %.1f most; %.1f ms of processor each",
          times[times.count / 2], times[0], times[times.count - 1], processor))
    }

    private func measureWarm() throws {
      let sandbox = try Sandbox(SandboxSettings(slots: slots))
      // Each sandbox once, so that all have started.
      _ = rate(of: sandbox, for: 0.5)
      let start = ProcessorTime.now
      let (count, elapsed) = rate(of: sandbox, for: seconds)
      let processor = ProcessorTime.now - start
      print(
        String(
          format:
            "warm      %.0f evaluations/s; %.2f ms of processor each, so at most %.0f per second and core",
          Double(count) / elapsed, processor / Double(count) * 1000, Double(count) / processor))
      sandbox.close()
    }

    /// How many evaluations were done in about `seconds`, and how long it was.
    private func rate(of sandbox: Sandbox, for seconds: Double) -> (count: Int, elapsed: Double) {
      let counts = Mutex<[Int]>([])
      let begin = ContinuousClock.now
      let end = begin + .seconds(seconds)
      DispatchQueue.concurrentPerform(iterations: slots) { _ in
        var count = 0
        while ContinuousClock.now < end, (try? judge(in: sandbox)) != nil { count += 1 }
        counts.withLock { $0.append(count) }
      }
      return (max(1, counts.withLock { $0.reduce(0, +) }), (ContinuousClock.now - begin) / .seconds(1))
    }

    private func judge(in sandbox: Sandbox) throws {
      let verdict = sandbox.evaluate("def add(a, b):\n    return a + b\n", for: task)
      guard verdict.isPassed else {
        throw ValidationError("a right program was judged wrong: \(verdict.reason)")
      }
    }
  }
}

/// Processor time of this process, of its sandboxes, and of all that ended in these.
private enum ProcessorTime {
  /// In seconds; the system counts in hundredths for each process.
  static var now: Double {
    var parents: [Int: Int] = [:]
    var ticks: [Int: Double] = [:]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    for id in names.compactMap({ Int($0) }) {
      guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
        let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 14
      else { continue }
      parents[id] = Int(fields[1])
      ticks[id] = fields[11...14].compactMap { Double($0) }.reduce(0, +)
    }
    let root = Int(ProcessInfo.processInfo.processIdentifier)
    let mine = ticks.keys.filter { id in
      var ancestor: Int? = id
      while let current = ancestor, current != root { ancestor = parents[current] }
      return ancestor == root
    }
    return mine.reduce(0) { $0 + (ticks[$1] ?? 0) } / 100
  }
}
