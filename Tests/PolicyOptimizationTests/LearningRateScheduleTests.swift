import PolicyOptimization
import Testing

@Suite struct LearningRateScheduleTests {
  private func rates(_ schedule: LearningRateSchedule, steps: Int) -> [Double] {
    (0..<steps).map { schedule.learningRate(finishedSteps: $0) }
  }

  @Test func `a constant rate warms up from zero as in verl`() throws {
    let schedule = LearningRateSchedule(warmupSteps: 4)
    expectClose(
      rates(schedule, steps: 8), try Fixture.goldens()["constant"].numbers, relative: 1e-12, absolute: 0)
  }

  @Test func `a cosine falls to its minimum and rises after the last step, as in verl`() throws {
    let schedule = LearningRateSchedule(shape: .cosine(minimumRatio: 0.1), warmupSteps: 2, totalSteps: 10)
    expectClose(
      rates(schedule, steps: 12), try Fixture.goldens()["cosine"].numbers, relative: 1e-12, absolute: 0)
  }

  @Test func `a cosine that holds its final rate rises no more, and counts from one if asked`() throws {
    let schedule = LearningRateSchedule(
      peak: 1, shape: .cosine(minimumRatio: 0.1), warmupSteps: 2, totalSteps: 10, isZeroIndexed: false,
      holdsFinalRate: true)
    let rates = rates(schedule, steps: 15)
    expectClose(Array(rates[9...]), Array(repeating: 0.1, count: 6), relative: 1e-15, absolute: 1e-15)
    #expect(rates[0] == 0.5 && rates[1] == 1)
    #expect(zip(rates[1...], rates[2...]).allSatisfy { $0 >= $1 })
  }

  @Test(arguments: LearningRateSchedule.Shape.allShapes)
  func `until the last step holding the final rate changes nothing`(shape: LearningRateSchedule.Shape) {
    let wave = LearningRateSchedule(shape: shape, warmupSteps: 3, totalSteps: 20)
    var held = wave
    held.holdsFinalRate = true
    #expect(rates(wave, steps: 21) == rates(held, steps: 21))
  }

  @Test func `the rate grows with the root of the batch as in BroRL`() throws {
    let scaled = [128, 512, 2048].map {
      LearningRateSchedule.scaled(peak: 1e-6, batchSize: $0, reference: 512)
    }
    #expect(scaled == (try Fixture.estimators()["brorl"]["lr"].numbers))
  }

  @Test func `a line falls to its minimum and stays there`() {
    let schedule = LearningRateSchedule(
      peak: 1, shape: .linear(minimumRatio: 0.2), warmupSteps: 2, totalSteps: 6)
    expectClose(
      rates(schedule, steps: 9), [0, 0.5, 1, 0.8, 0.6, 0.4, 0.2, 0.2, 0.2], relative: 1e-15, absolute: 1e-15)
  }

  @Test func `counting from one spares the step without a rate`() {
    let schedule = LearningRateSchedule(peak: 1, warmupSteps: 4, isZeroIndexed: false)
    #expect(rates(schedule, steps: 5) == [0.25, 0.5, 0.75, 1, 1])
  }

  @Test(
    arguments: [
      (steps: 7, ratio: 0.5, total: 100, warmup: 7), (steps: -1, ratio: 0.05, total: 110, warmup: 5),
      (steps: 0, ratio: 0, total: 100, warmup: 0), (steps: -1, ratio: .nan, total: 100, warmup: 0),
      (steps: -1, ratio: 9, total: 100, warmup: 100),
    ])
  func `steps go before the ratio`(steps: Int, ratio: Double, total: Int, warmup: Int) {
    #expect(LearningRateSchedule.warmupSteps(steps, ratio: ratio, totalSteps: total) == warmup)
  }

  @Test(arguments: [LearningRateSchedule.Shape.constant, .cosine(), .linear()], [0, 1, 5])
  func `a run shorter than its warm-up, or without steps, has finite rates`(
    shape: LearningRateSchedule.Shape, warmup: Int
  ) {
    for total in [0, 1, 3] {
      let schedule = LearningRateSchedule(peak: 1, shape: shape, warmupSteps: warmup, totalSteps: total)
      #expect(rates(schedule, steps: 8).allSatisfy { (0...1).contains($0) })
    }
  }
}

extension LearningRateSchedule.Shape {
  fileprivate static var allShapes: [Self] { [.constant, .cosine(minimumRatio: 0.2), .linear()] }
}
