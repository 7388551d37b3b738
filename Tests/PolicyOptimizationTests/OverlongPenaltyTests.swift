import PolicyOptimization
import Testing

@Suite struct OverlongPenaltyTests {
  @Test func `the penalty is verl's, without a floor`() throws {
    let penalty = try OverlongPenalty(bufferLength: 4096, maximumResponseLength: 20480)
    let goldens = try Fixture.goldens()["overlong"].members
    #expect(goldens.count == 7)
    for (length, golden) in goldens {
      #expect(penalty.penalty(length: try #require(Int(length))) == golden.number)
    }
  }

  @Test func `with a floor the penalty is the paper's and TRL's`() throws {
    let penalty = try OverlongPenalty(bufferLength: 20, maximumResponseLength: 100, hasFloor: true)
    #expect([50, 80, 90, 100, 110].map { penalty.penalty(length: $0) } == [0, 0, -0.5, -1, -1])
    let scaled = try OverlongPenalty(bufferLength: 20, factor: 2, maximumResponseLength: 100, hasFloor: true)
    #expect([90, 110].map { scaled.penalty(length: $0) } == [-1, -2])
  }

  @Test func `the factor scales it`() throws {
    let penalty = try OverlongPenalty(bufferLength: 4, factor: 0.5, maximumResponseLength: 10)
    #expect((5...10).map { penalty.penalty(length: $0) } == [0, 0, -0.125, -0.25, -0.375, -0.5])
  }

  @Test(arguments: [(0, 10), (-1, 10), (11, 10), (1, 0)])
  func `a buffer that is empty or longer than a response is refused`(length: Int, limit: Int) {
    #expect(
      throws: PolicyOptimizationError.overlongBufferOutOfRange(length: length, maximumResponseLength: limit)
    ) {
      try OverlongPenalty(bufferLength: length, maximumResponseLength: limit)
    }
  }

  @Test func `a buffer as long as a response punishes from the first token`() throws {
    let penalty = try OverlongPenalty(bufferLength: 10, maximumResponseLength: 10)
    #expect(penalty.penalty(length: 0) == 0 && penalty.penalty(length: 1) == -0.1)
  }
}
