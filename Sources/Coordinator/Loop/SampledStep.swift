import Experience
import Messages
import PolicyOptimization
import Tasks

/// What is settled about a step before any of its prompts is drawn.
///
/// With staleness k it is settled when step `step - 1 - k` is over, a fixed point of the program; so what is
/// sampled depends on no rank's speed.
struct StepPlan: Sendable, Equatable, Codable {
  /// The step that will train on it.
  var step: Int
  /// The weights that sample it, in optimizer updates.
  var policyVersion: Int
  /// The stage of the run, from 0.
  var stage: Int
}

/// What must be there before a group can be judged.
struct Arrival {
  let problem: Problem
  /// The problem's row in the data, where it has one.
  var row: Int?
  var group: ScoredGroup?
  /// The reward of a greedy response, where advantages are taken over it.
  var baseline: Double?
  /// Log-probabilities under the reference, where the reward holds a KL penalty.
  var scores: GroupScores?
}

/// What one step has sampled so far.
struct SampledStep {
  let plan: StepPlan
  /// How often rows had been solved when the step was planned.
  let rates: PassRates
  var ledger: AdmissionLedger
  /// Groups that were drawn and are not judged, by ordinal.
  var arrivals: [Int: Arrival] = [:]
  var groups: [Int: JudgedGroup] = [:]
  /// The next draw from the prompt stream when the step was decided.
  var nextOrdinal = 0
  /// The sizes of the rounds drawn.
  var rounds: [Int] = []
  /// Groups certain to be in the first mini-batch, in the order in which that became known.
  var certain: [Int] = []
  /// Those of them that learners have.
  var sent: Set<Int> = []

  private let options: AdmissionLedger.Options

  init(_ plan: StepPlan, options: AdmissionLedger.Options, rates: PassRates = PassRates()) throws {
    self.plan = plan
    self.rates = rates
    self.options = options
    ledger = try AdmissionLedger(options: options)
  }

  /// Begins with groups that were over in the step before; to be called before any round is drawn.
  mutating func carry(_ carried: [JudgedGroup]) throws {
    var options = options
    for group in carried {
      options.carried[group.group.ordinal] = group.group.tokenCount
      groups[group.group.ordinal] = group
    }
    ledger = try AdmissionLedger(options: options)
  }

  var isDecided: Bool { ledger.outcome != nil }

  /// The groups that it drew, up to the last admitted one where the rest of a round is not waited for, ascending: the
  /// same however fast the ranks were.
  var drawn: [JudgedGroup] {
    let last = ledger.outcome == .full && !options.keepsSurplus ? ledger.admitted.last ?? .max : .max
    let carried = ledger.carriedOrdinals
    return groups.keys.sorted().filter { $0 <= last && !carried.contains($0) }.compactMap { groups[$0] }
  }

  /// The groups that its rollouts are of, ascending: each in the step that it trains in, or that drops it.
  var reported: [JudgedGroup] {
    let left = Set(surplus.map(\.group.ordinal))
    let carried = ledger.carriedOrdinals.sorted().compactMap { groups[$0] }
    return (carried + drawn).filter { !left.contains($0.group.ordinal) }
  }

  /// The groups that train, ascending.
  var admitted: [JudgedGroup] { ledger.admitted.compactMap { groups[$0] } }

  /// The groups that are left for the next step.
  var surplus: [JudgedGroup] { options.keepsSurplus ? ledger.surplus.compactMap { groups[$0] } : [] }
}
