/// Tries to break out of a confinement before anybody relies on it.
enum SelfTest {
  /// What got out, or why nothing could be started; nil where the confinement holds.
  static func obstacle(_ confinement: Confinement) -> String? {
    let limits = SandboxLimits(callSeconds: 20, totalSeconds: 20)
    let sandbox = Sandbox(untested: confinement, limits: limits)
    do {
      let visit = try Visit(.program, to: sandbox, limits: limits, outputLimit: 1 << 16)
      visit.job.feed(program: PackageResources.selftest_py, standardInput: [])
      let end = ContinuousClock.now + .seconds(limits.totalSeconds)
      do throws(JobFailure) {
        while visit.job.status == nil {
          guard try visit.job.turn(until: end) else { throw .timeout }
        }
      } catch {
        return TestResult(error).reason
      }
      visit.end()
      return complaint(visit.job.output?.received ?? [], confinement.tier)
    } catch {
      return error.description
    }
  }

  private static func complaint(_ output: [UInt8], _ tier: SandboxTier) -> String? {
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
    guard lines.contains("done") else { return "the self-test did not finish" }
    guard tier != .unconfined, lines != ["done"] else { return nil }
    return "a program got through: \(lines.filter { $0 != "done" }.joined(separator: ", "))"
  }
}
