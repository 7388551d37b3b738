import Testing

@testable import Studies

@Suite("Student's interval")
struct IntervalTests {
  @Test(
    "quantiles are those of the tables",
    arguments: [
      (0.95, 1, 12.706_204_736_2), (0.95, 2, 4.302_652_729_91), (0.95, 3, 3.182_446_305_28),
      (0.95, 4, 2.776_445_105_20), (0.95, 5, 2.570_581_835_61), (0.95, 9, 2.262_157_162_74),
      (0.95, 30, 2.042_272_456_30), (0.99, 4, 4.604_094_871_35), (0.5, 1, 1), (0.9, 10, 1.812_461_122_81),
    ])
  func quantiles(confidence: Double, degrees: Int, expected: Double) {
    #expect(abs(studentQuantile(confidence: confidence, degrees: degrees) - expected) < 1e-8 * expected)
  }

  @Test("five values give their mean and 2.776 standard errors")
  func five() throws {
    let interval = try #require(Interval([1, 2, 3, 4, 5]))
    #expect(interval.mean == 3)
    let halfWidth = try #require(interval.halfWidth)
    #expect(abs(halfWidth - 2.776_445_105_2 * (2.5 / 5.0).squareRoot()) < 1e-8)
    #expect(interval.text(digits: 1) == "3.0 ± 2.0")
    #expect(interval.excludesZero)
  }

  @Test("a single value has no width, and says nothing of 0")
  func one() throws {
    let interval = try #require(Interval([0.5]))
    #expect(interval.halfWidth == nil)
    #expect(interval.text(digits: 2) == "0.50")
    #expect(!interval.excludesZero)
  }

  @Test("no values have no interval")
  func none() { #expect(Interval([]) == nil) }

  @Test("an interval around 0 does not exclude it", arguments: [[-1.0, 1, 0], [0, 0, 0], [1, -0.5, 0.2]])
  func zero(values: [Double]) throws { #expect(try !#require(Interval(values)).excludesZero) }

  @Test(
    "minus nothing is written without the sign", arguments: [(-0.004, 2, "0.00"), (-0.005_1, 2, "-0.01")])
  func minusNothing(value: Double, digits: Int, text: String) { #expect(fixed(value, digits) == text) }
}
