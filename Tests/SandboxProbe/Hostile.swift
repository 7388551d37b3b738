import Foundation
import Sandbox
import Synchronization

/// A program that attacks, and what must come of it: line 2 says `# MODE: tests|stdio EXPECT: …`.
struct HostileProgram {
  let name: String
  let text: String
  let isStream: Bool
  let expected: String

  init?(path: String) {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    name = (path as NSString).lastPathComponent
    text = String(decoding: data, as: UTF8.self)
    let lines = text.split(separator: "\n", maxSplits: 2)
    guard lines.count > 1, let found = lines[1].range(of: "EXPECT: ") else { return nil }
    isStream = lines[1].contains("MODE: stdio")
    expected = lines[1][found.upperBound...].trimmingCharacters(in: .whitespaces)
  }

  var task: CodeTask {
    isStream
      ? .standardStreams([StreamTest(input: "2 3\n", expected: "5\n")])
      : .mbpp(
        setup: "",
        tests: ["assert add(2,3)==5", "assert add(-1,1)==0", "assert add(10**30,1)==10**30+1"])
  }

  func complaint(_ verdict: CodeVerdict) -> String? {
    let isRight =
      switch expected {
      case "pass": verdict.isPassed
      case "timeout": verdict.outcome == .timeout
      case "fail": verdict.outcome == .failed
      // An endless program may be ended by its time or by another limit, but not pass or be blamed on the machine.
      default: verdict.outcome == .failed || verdict.outcome == .timeout
      }
    return isRight ? nil : "expected \(expected), was \(verdict.outcome) (\(verdict.reason))"
  }
}

/// Runs attacks, each with an honest program beside it, and looks what they left behind.
struct HostileSuite {
  let sandbox: Sandbox
  let canaries: Canaries
  private let honest = CodeTask.mbpp(setup: "", tests: ["assert add(2,3)==5", "assert add(-1,1)==0"])

  init(sandbox: Sandbox, canaries: Canaries) {
    self.sandbox = sandbox
    self.canaries = canaries
  }

  /// What came of a program, and what was wrong with that.
  struct Run {
    let program: HostileProgram
    let verdict: CodeVerdict
    let complaints: [String]
  }

  /// Runs a few programs at the same time.
  func run(_ programs: ArraySlice<HostileProgram>) -> [Run] {
    let verdicts = Mutex<[Int: CodeVerdict]>([:])
    // The last is the honest neighbour.
    DispatchQueue.concurrentPerform(iterations: programs.count + 1) { [sandbox, honest] lane in
      let verdict =
        lane == programs.count
        ? sandbox.evaluate("def add(a, b): return a + b", for: honest)
        : sandbox.evaluate(
          programs[programs.startIndex + lane].text, for: programs[programs.startIndex + lane].task)
      verdicts.withLock { $0[lane] = verdict }
    }
    let found = verdicts.withLock { $0 }
    var shared = canaries.complaints(output: found.values.flatMap { $0.output + [0x0a] }) + survivors()
    if let neighbour = found[programs.count], !neighbour.isPassed {
      shared.append("the neighbour: \(neighbour.reason)")
    }
    return programs.enumerated().compactMap { lane, program in
      found[lane].map { verdict in
        Run(
          program: program, verdict: verdict,
          complaints: shared + [program.complaint(verdict)].compactMap { $0 })
      }
    }
  }

  /// Processes of answers: those that a sandbox's own process has forked, and zombies.
  private func survivors() -> [String] {
    var found: [String] = []
    // A process that was killed takes its time to go, and sandboxes that were thrown away, too.
    for _ in 0..<100 {
      let table = Processes()
      let mine = table.descendants(of: Int(ProcessInfo.processInfo.processIdentifier))
      let interpreters = mine.filter { $0.name.hasPrefix("python") }
      let inner = interpreters.filter { one in interpreters.contains { $0.id == one.parent } }
      let threaded = interpreters.filter { $0.threads > 1 }
      let zombies = mine.filter { $0.state == "Z" }
      found = (inner + threaded + zombies).map { "process \($0.id) \($0.name) \($0.state) is left" }
      if found.isEmpty { return [] }
      Thread.sleep(forTimeInterval: 0.02)
    }
    return found
  }
}
