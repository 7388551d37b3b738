import CodeProblems
import Dispatch
import Foundation
import Randomness
import Sandbox
import Synchronization

/// Problems of our own, whose solutions must be judged right and whose thoughtless answers wrong.
struct OwnProblems {
  let count: Int

  func run(launcher: String) throws -> Bool {
    let clock = ContinuousClock()
    var problems: [CodeProblem] = []
    let time = clock.measure {
      problems = CodeProblem.distinct(count) {
        RandomName(seed: 1, purpose: .problems, step: 90, ordinal: $0, sample: 0)
      }
    }
    print("\(problems.count) different problems in \(time)")
    for (kind, members) in Dictionary(grouping: problems, by: \.kind).sorted(by: { $0.key < $1.key }) {
      print("  \(kind): \(members.count)")
    }
    for level in 1...5 { print("  difficulty \(level): \(problems.count { $0.difficulty == level })") }
    let limits = SandboxLimits(callSeconds: 20, totalSeconds: 60)
    let sandbox = try Sandbox(SandboxSettings(slots: 2, limits: limits, launcher: launcher))
    let wrong = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: problems.count) { [problems] index in
      let complaints =
        (try? Self.complaints(problems[index], sandbox)) ?? ["\(problems[index].identity): no tests"]
      wrong.withLock { $0 += complaints }
    }
    let list = wrong.withLock { $0 }
    for line in list.prefix(50) { print(line) }
    print("\(list.count) complaints")
    return list.isEmpty && problems.count == count
  }

  private static func complaints(_ problem: CodeProblem, _ sandbox: Sandbox) throws -> [String] {
    let task = try CodeTask(groundTruth: problem.groundTruth)
    let program = task.program(from: problem.exampleAnswer) ?? ""
    let verdict = sandbox.evaluate(program, for: task)
    var complaints = verdict.isPassed ? [] : ["\(problem.identity): \(verdict.reason)\n\(program)"]
    if problem.hiddenTests.contains(where: problem.shownTests.contains) {
      complaints.append("\(problem.identity): a shown test is hidden")
    }
    let thoughtless = "\(problem.signature)\n    return \(problem.hiddenTests[0].expected.python)\n"
    if sandbox.evaluate(thoughtless, for: task).isPassed {
      complaints.append("\(problem.identity): a constant passes")
    }
    return complaints
  }
}
