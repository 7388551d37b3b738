import Experience
import PolicyOptimization
import Tasks

/// A scored group as the coordinator sees it: with its problem, shaped rewards and advantages.
struct JudgedGroup {
  var group: ScoredGroup
  let problem: Problem
  let advantages: [Float]
  let isInformative: Bool

  /// Shapes rewards and computes advantages.
  init(_ group: ScoredGroup, problem: Problem, options: TrainerOptions) throws {
    self.group = group
    self.problem = problem
    if let penalty = options.overlongPenalty {
      for index in group.responses.indices {
        let response = group.responses[index]
        self.group.responses[index].reward =
          response.score + Float(penalty.penalty(length: response.tokens.count))
      }
    }
    let rewards = self.group.responses.map { Double($0.reward) }
    advantages = try options.advantage.advantages(of: rewards)
    let judged = options.filterMetric == .acc ? group.responses.map { Double($0.score) } : rewards
    isInformative = GroupAdvantage.hasLearningSignal(judged)
  }

  var training: TrainingGroup { TrainingGroup(group, advantages: advantages) }
}

/// What one step has sampled so far.
struct SampledStep {
  var ledger: AdmissionLedger
  var groups: [Int: JudgedGroup] = [:]
  /// Groups of the first mini-batch that learners already have.
  var sent: Set<Int> = []

  /// The groups up to the last admitted one, ascending: the same however fast the ranks were.
  var considered: [JudgedGroup] {
    let last = ledger.outcome == .full ? ledger.admitted.last ?? .max : .max
    return groups.keys.sorted().filter { $0 <= last }.compactMap { groups[$0] }
  }

  /// The groups that train, ascending.
  var admitted: [JudgedGroup] { ledger.admitted.compactMap { groups[$0] } }
}
