import Metrics
import Testing

@Suite("Step reports")
struct StepReportTests {
  @Test("entries keep the order in which they were first added, and the last value")
  func order() {
    var report = StepReport(step: 3)
    report.add(.actorPGLoss, 0.5)
    report.add(.rolloutGroups, 8)
    report.add(.actorPGLoss, -0.25)
    #expect(report.entries.map(\.name) == [.actorPGLoss, .rolloutGroups])
    #expect(report[.actorPGLoss] == -0.25)
    #expect(report[.rolloutGroups] == 8)
    #expect(report[.actorKLLoss] == nil)
  }

  @Test("the console line is verl's")
  func console() {
    var report = StepReport(step: 12)
    #expect(ConsoleLine(report).description == "step:12")
    report.add(.actorPGLoss, 0.0123)
    report.add(.actorLr, 1e-6)
    report.add(.actorGradNorm, Double.nan)
    report.add(.criticRewardsMin, -Double.infinity)
    report.add(.perfTotalNumTokens, 1e16)
    #expect(
      "\(ConsoleLine(report))" == "step:12 - actor/pg_loss:0.0123 - actor/lr:1e-06 - actor/grad_norm:nan"
        + " - critic/rewards/min:-inf - perf/total_num_tokens:1e+16")
  }
}
