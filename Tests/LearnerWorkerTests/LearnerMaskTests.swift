import Experience
import Foundation
import Kernels
import MessagePassing
import Messages
import Models
import PolicyOptimization
import Tensors
import TestSupport
import Testing

@testable import LearnerWorker

/// What stands in the way of a token's gradient, and what does not.
@Suite("Masks, weights and moments", .serialized)
struct LearnerMaskTests {
  private func totals(_ bench: Bench, _ groups: [TrainingGroup]) throws -> [Int64] {
    let learner = try bench.learner()
    for group in groups { _ = learner.train(group, settings: fullSettings) }
    return try learner.totals()
  }

  @Test(
    "a response none of whose tokens counts changes no bit of the others", arguments: modelFixtures,
    Precision.allCases)
  func maskedResponse(name: String, precision: Precision) throws {
    let bench = try Bench(name, precision: precision)
    var masked = bench.groups[0]
    let count = masked.samples[2].tokens.count
    masked.samples[2].isCounted = [Bool](repeating: false, count: count)
    // Nor do its numbers matter.
    masked.samples[2].advantages = [.nan]
    masked.samples[2].importanceWeights = [Float](repeating: .infinity, count: count)
    var without = bench.groups[0]
    without.samples.remove(at: 2)
    let (found, expected) = (try totals(bench, [masked]), try totals(bench, [without]))
    #expect(found == expected && found.contains { $0 != 0 })
    #expect(try found != totals(bench, [bench.groups[0]]))
    let report = try bench.learner().train(masked, settings: fullSettings)
    #expect(report.sums.sequences == 3 && report.sums.tokens == masked.tokenCount)
    #expect(report.probabilityDifference == (0, 0))
  }

  @Test("a token that does not count adds nothing, though others see it")
  func maskedTokens() throws {
    let bench = try Bench()
    var masked = bench.groups[0]
    let count = masked.samples[0].tokens.count
    masked.samples[0].isCounted = (0..<count).map { $0 < 4 }
    // What follows the last counted token is not even seen.
    var cut = masked
    cut.samples[0].tokens = Array(masked.samples[0].tokens.prefix(4))
    cut.samples[0].oldLogProbabilities = Array(masked.samples[0].oldLogProbabilities.prefix(4))
    cut.samples[0].isCounted = []
    let (found, expected) = (try totals(bench, [masked]), try totals(bench, [cut]))
    let size = Double(expected.map(abs).max() ?? 0)
    #expect(zip(found, expected).allSatisfy { abs(Double($0 - $1)) <= 1e-5 * size })
  }

  @Test("a group without any counted token leaves no trace", arguments: Precision.allCases)
  func nothingCounted(precision: Precision) throws {
    let bench = try Bench(precision: precision)
    var group = bench.groups[0]
    for index in group.samples.indices {
      group.samples[index].isCounted = [Bool](repeating: false, count: group.samples[index].tokens.count)
    }
    let learner = try bench.learner()
    let report = learner.train(group, settings: fullSettings)
    #expect(report.sums == GroupSums() && report.largestMagnitude == 0 && report.trouble.isEmpty)
    #expect(try learner.totals().allSatisfy { $0 == 0 })
  }

  @Test("importance weights multiply the policy's part and no other")
  func weights() throws {
    let bench = try Bench()
    func weighted(_ weight: Float, advantages: Float) -> TrainingGroup {
      var group = bench.groups[0]
      for index in group.samples.indices {
        group.samples[index].importanceWeights = group.samples[index].tokens.map { _ in weight }
        group.samples[index].advantages = group.samples[index].advantages.map { $0 * advantages }
      }
      return group
    }
    // Powers of two change no rounding.
    #expect(try totals(bench, [weighted(2, advantages: 1)]) == totals(bench, [weighted(1, advantages: 2)]))
    #expect(try totals(bench, [weighted(1, advantages: 1)]) == totals(bench, [bench.groups[0]]))
    // The entropy bonus stays.
    let nothing = try totals(bench, [weighted(0, advantages: 1)])
    #expect(try nothing == totals(bench, [weighted(1, advantages: 0)]) && nothing.contains { $0 != 0 })
  }

  @Test("one advantage for a response is that advantage for each of its tokens")
  func advantages() throws {
    let bench = try Bench()
    var group = bench.groups[0]
    for index in group.samples.indices {
      group.samples[index].advantages = group.samples[index].tokens.map { _ in
        group.samples[index].advantages[0]
      }
    }
    #expect(try totals(bench, [group]) == totals(bench, [bench.groups[0]]))
  }

  @Test("what is not finite is named: response, token, tensor")
  func trouble() throws {
    let bench = try Bench()
    var group = bench.groups[0]
    group.samples[0].isCounted = [Bool](repeating: false, count: group.samples[0].tokens.count)
    group.samples[2].advantages = group.samples[2].tokens.indices.map { $0 == 5 ? .nan : 1 }
    let learner = try bench.learner()
    let report = learner.train(group, settings: fullSettings)
    #expect(
      report.trouble.hasPrefix("response 2, token 5: log-probability ")
        && report.trouble.hasSuffix("advantage nan"))
    #expect(!report.largestMagnitude.isFinite)
    // Finite derivatives whose product is not.
    for index in group.samples.indices { group.samples[index].advantages = [3e38] }
    let overflow = try bench.learner().train(group, settings: fullSettings)
    #expect(overflow.trouble.hasPrefix("the gradient of ") && !overflow.largestMagnitude.isFinite)
    #expect(
      bench.model.table.parameters.contains { overflow.trouble == "the gradient of \($0.name)" },
      "\(overflow.trouble)")
  }

  // MARK: The optimizer

  @Test("norms and biases can be left out of the decay", arguments: modelFixtures)
  func decay(name: String) throws {
    let bench = try Bench(name)
    let before = try bench.learner().parameters.map { Float(bitPattern: $0) }
    for decaysVectors in [true, false] {
      var decaying = fullLoss
      decaying.optimizer.weightDecay = 0.5
      decaying.decaysVectors = decaysVectors
      let options = decaying
      for learners in [1, 3] {
        let after = try together(learners) { link in
          let learner = try bench.learner(options, rank: link.rank, of: link.size)
          // No gradient: what moves, decays.
          _ = try learner.update(updateOrder(), link: learners == 1 ? nil : link)
          return learner.parameters
        }.flatMap { $0 }.map { Float(bitPattern: $0) }
        for parameter in bench.model.table.parameters {
          let decays = decaysVectors || parameter.isMatrix
          for i in parameter.range {
            let expected = decays ? before[i] * (1 - 1e-3 * 0.5) : before[i]
            guard abs(after[i] - expected) <= 1e-6 * abs(before[i]) else {
              Issue.record("\(parameter.name) went from \(before[i]) to \(after[i])")
              return
            }
          }
        }
      }
    }
    #expect(bench.model.table.parameters.contains { !$0.isMatrix })
  }
}
