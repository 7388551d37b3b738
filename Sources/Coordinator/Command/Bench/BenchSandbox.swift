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
      let start = ProcessorTime.now
      var settings = SandboxSettings(slots: 1)
      settings.isFresh = true
      var times: [Double] = []
      do {
        let sandbox = try Sandbox(settings)
        print("tier      \(sandbox.tier.rawValue)")
        for _ in 0..<cold {
          let begin = ContinuousClock.now
          try judge(in: sandbox)
          times.append((ContinuousClock.now - begin) / .milliseconds(1))
        }
      }
      times.sort()
      let processor = (ProcessorTime.settled - start) / Double(cold) * 1000
      print(
        String(
          format: "cold      %.1f ms median, %.1f least, %.1f most; %.1f ms of processor each",
          times[times.count / 2], times[0], times[times.count - 1], processor))
    }

    private func measureWarm() throws {
      let start = ProcessorTime.now
      let counts = Mutex<[Int]>([])
      var elapsed = 0.0
      do {
        let sandbox = try Sandbox(SandboxSettings(slots: slots))
        try judge(in: sandbox)
        let begin = ContinuousClock.now
        let end = begin + .seconds(seconds)
        DispatchQueue.concurrentPerform(iterations: slots) { _ in
          var count = 0
          while ContinuousClock.now < end, (try? judge(in: sandbox)) != nil { count += 1 }
          counts.withLock { $0.append(count) }
        }
        elapsed = (ContinuousClock.now - begin) / .seconds(1)
      }
      let count = counts.withLock { $0.reduce(0, +) }
      let processor = ProcessorTime.settled - start
      print(
        String(
          format: "warm      %.0f evaluations/s; %.2f ms of processor each, so %.0f per second and core",
          Double(count) / elapsed, processor / Double(count) * 1000, Double(count) / processor))
    }

    private func judge(in sandbox: Sandbox) throws {
      let verdict = sandbox.evaluate("def add(a, b):\n    return a + b\n", for: task)
      guard verdict.isPassed else { throw ValidationError("a right program was judged wrong: \(verdict.reason)") }
    }
  }
}

/// Processor time of this process and of all that ended under it, in seconds.
private enum ProcessorTime {
  static var now: Double {
    let ticks = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8))?.split(separator: ")").last?
      .split(separator: " ")[11...14].compactMap { Double($0) } ?? []
    return ticks.reduce(0, +) / 100
  }

  /// The same once sandboxes that were let go have ended.
  static var settled: Double {
    Thread.sleep(forTimeInterval: 0.5)
    return now
  }
}
