import Testing

@testable import Metrics

@Suite("Progress line")
struct ProgressLineTests {
  private static func report(step: Int, seconds: Double) -> StepReport {
    var report = StepReport(step: step)
    report.add(.timingStep, seconds)
    return report
  }

  private static var full: ProgressLine {
    var report = StepReport(step: 12)
    report.add(.criticRewardsMean, 0.531)
    report.add(.proRLKLDivergence, 0.00123)
    report.add(.proRLEntropy, 1.2345)
    report.add(.responseLengthMean, 33.7)
    report.add(.responseLengthMax, 64)
    report.add(.perfTokensPerSecond, 5_120)
    report.add(.timingStep, 1.323)
    var line = ProgressLine(totalSteps: 200)
    line.record(report)
    return line
  }

  @Test("it says what a person wants to know")
  func text() {
    #expect(
      Self.full.text == "step 12/200 · reward 0.53 · kl 0.0012 · entropy 1.23 · len 34 (max 64) · 5.1k tok/s"
        + " · 1.32 s · ETA 4 m 9 s")
  }

  @Test("what a step does not report is left out")
  func missing() {
    var line = ProgressLine(totalSteps: 5)
    line.record(StepReport(step: 2))
    #expect(line.text == "step 2/5")
    var report = StepReport(step: 3)
    report.add(.actorKLLoss, Double.nan)
    report.add(.responseLengthMax, 9)
    report.add(.timingStep, Double.infinity)
    line.record(report)
    #expect(line.text == "step 3/5 · kl nan · inf s")
    #expect(line.secondsPerStep == nil)
  }

  @Test("the estimate follows the last steps, a fifth each time")
  func estimate() {
    var line = ProgressLine(totalSteps: 100)
    line.record(Self.report(step: 1, seconds: 10))
    #expect(line.secondsPerStep == 10)
    line.record(Self.report(step: 2, seconds: 20))
    #expect(line.secondsPerStep == 12)
    #expect(line.text.hasSuffix("ETA 19 m 36 s"))
    line.record(StepReport(step: 3))
    line.record(Self.report(step: 4, seconds: -.infinity))
    #expect(line.secondsPerStep == 12)
    for step in 5...60 { line.record(Self.report(step: step, seconds: 1)) }
    #expect((line.secondsPerStep ?? 0) < 1.0001)
    line.record(Self.report(step: 120, seconds: 1))
    #expect(line.text.hasSuffix("ETA 0 s"))
  }

  @Test("a redrawn line fills its width and never wraps", arguments: 0...200)
  func width(columns: Int) {
    let line = Self.full.redrawn(width: columns)
    #expect(line.first == "\r" && line.dropFirst().count == max(0, columns - 1))
  }

  @Test("the bar grows with the run, and goes first where there is no room")
  func bar() {
    let line = Self.full
    #expect(line.redrawn(width: 200).hasPrefix("\r[#-----------------------------] step 12/200 ·"))
    #expect(line.redrawn(width: line.text.count + 12).hasPrefix("\r[--------] step 12/200"))
    #expect(line.redrawn(width: line.text.count + 11).hasPrefix("\rstep 12/200"))
    #expect(line.redrawn(width: 21) == "\rstep 12/200 · rewar…")
    var end = ProgressLine(totalSteps: 3)
    end.record(StepReport(step: 3))
    #expect(end.redrawn(width: 20) == "\r[########] step 3/3")
    var none = ProgressLine(totalSteps: 0)
    none.record(StepReport(step: 0))
    #expect(none.redrawn(width: 20) == "\r[--------] step 0/0")
  }

  @Test(
    "fixed digits are rounded to the nearest",
    arguments: [
      (0.53, 2, "0.53"), (1.005, 1, "1.0"), (-0.004, 2, "0.00"), (-1.5, 1, "-1.5"), (99.999, 2, "100.00"),
      (2.05, 0, "2"), (-0.6, 0, "-1"), (1e13, 2, "10000000000000.0"), (.nan, 2, "nan"),
      (-.infinity, 2, "-inf"),
    ] as [(Double, Int, String)])
  func fixedDigits(value: Double, decimals: Int, text: String) {
    #expect(fixed(value, decimals: decimals) == text)
  }

  @Test(
    "two significant digits remain, however small a number",
    arguments: [
      (0.0012, "0.0012"), (0.00123456, "0.0012"), (0.5, "0.50"), (1.25, "1.3"), (12.5, "13"), (123, "123"),
      (3.4e-7, "3.4e-07"), (9.99e-5, "0.00010"), (-0.25, "-0.25"), (0, "0"), (1e-300, "1.0e-300"),
      (-2e9, "-2.0e+09"), (.nan, "nan"), (.leastNonzeroMagnitude, "4.9e-324"), (.infinity, "inf"),
    ] as [(Double, String)])
  func significantDigits(value: Double, text: String) {
    #expect(significant(value) == text)
  }

  @Test(
    "large numbers are shortened",
    arguments: [
      (0, "0"), (870.4, "870"), (999.4, "999"), (999.6, "1.0k"), (5_120, "5.1k"), (120_400, "120k"),
      (999_900, "1.0M"), (2_300_000, "2.3M"), (1e11, "100G"), (-5_120, "-5.1k"), (.nan, "nanG"),
    ] as [(Double, String)])
  func shortened(value: Double, text: String) {
    #expect(compact(value) == text)
  }

  @Test(
    "a duration has two units",
    arguments: [
      (0, "0 s"), (59.4, "59 s"), (59.6, "1 m 0 s"), (250, "4 m 10 s"), (7_500, "2 h 5 m"),
      (273_600, "3 d 4 h"),
      (-5, "0 s"), (.nan, "?"), (.infinity, "?"), (1e300, "?"),
    ] as [(Double, String)])
  func durations(value: Double, text: String) {
    #expect(duration(value) == text)
  }
}
