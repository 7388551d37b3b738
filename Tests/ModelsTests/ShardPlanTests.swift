import Models
import Testing

/// Who keeps what.
@Suite("Shard plan")
struct ShardPlanTests {
  static let block = 65_536
  static let counts = [0, 1, 7, block - 1, block, block + 1, 3 * block, 10 * block + 5, 124_439_808]

  @Test("learners keep everything once, in order, for any number of them", arguments: counts)
  func covers(count: Int) {
    for learners in [1, 2, 3, 4, 7, 16, 100] {
      let plan = ShardPlan(count: count, learners: learners)
      var end = 0
      for learner in 0..<learners {
        let range = plan.range(of: learner)
        #expect(range.lowerBound == end, "learner \(learner) of \(learners)")
        end = range.upperBound
      }
      #expect(end == count, "\(learners) learners")
    }
  }

  @Test(
    "bounds are multiples of the norm's blocks, and shares differ by a block at the most", arguments: counts)
  func bounds(count: Int) {
    let blocks = (count + Self.block - 1) / Self.block
    for learners in [1, 2, 3, 4, 7, 16, 100] {
      let plan = ShardPlan(count: count, learners: learners)
      for learner in 0..<learners {
        let range = plan.range(of: learner)
        #expect(range.lowerBound % Self.block == 0 || range.lowerBound == count)
        let share = (range.count + Self.block - 1) / Self.block
        #expect((blocks / learners...(blocks + learners - 1) / learners).contains(share))
      }
    }
  }

  @Test("more learners than blocks leave some with nothing")
  func moreLearnersThanBlocks() {
    let plan = ShardPlan(count: Self.block + 5, learners: 5)
    let counts = (0..<5).map { plan.range(of: $0).count }
    #expect(counts.sorted() == [0, 0, 0, 5, Self.block])
  }
}
