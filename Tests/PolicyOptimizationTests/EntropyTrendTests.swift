import Foundation
import PolicyOptimization
import Testing

@Suite struct EntropyTrendTests {
  private func trend(_ values: [Double]) -> EntropyTrend {
    values.reduce(into: EntropyTrend()) { $0.record($1) }
  }

  @Test func `the trend is the last ten against the ten before`() {
    #expect(
      trend(Array(repeating: 9, count: 7) + Array(repeating: 2, count: 10) + Array(repeating: 1.5, count: 10))
        .value == -0.5)
  }

  @Test func `until twenty steps it is zero`() {
    #expect(trend((1...19).map(Double.init)).value == 0)
    #expect(trend((1...20).map(Double.init)).value == 10)
  }

  @Test func `values that are not finite are not counted`() {
    #expect(trend((1...20).flatMap { [Double($0), .nan, .infinity] }).value == 10)
  }

  @Test func `it keeps no more than it needs and survives a checkpoint`() throws {
    let long = trend((1...100).map { 1 / Double($0) })
    #expect(long.history.count == 20)
    #expect(try JSONDecoder().decode(EntropyTrend.self, from: JSONEncoder().encode(long)) == long)
  }
}
