public import Experience
public import PolicyOptimization
public import Tasks

/// What sampled groups are for; part of what names their randomness.
public enum SamplingUse: UInt8, Sendable, CaseIterable {
  /// Training.
  case training = 0
  /// Validation.
  case validation = 1
  /// A person's own prompts.
  case generation = 2
  /// Greedy responses that advantages are taken over.
  case baseline = 3
}

/// A prompt to sample and score.
public struct Assignment: Sendable, Equatable {
  /// What it is for.
  public var use: SamplingUse
  /// The trainer step it belongs to.
  public var step: Int
  /// The number of the draw.
  public var ordinal: Int
  /// The weights to sample with, in optimizer updates.
  public var policyVersion: Int
  /// How many responses.
  public var samples: Int
  /// How tokens are drawn.
  public var sampling: SamplingParameters
  /// The problem.
  public var problem: Problem

  /// Creates an assignment.
  public init(
    use: SamplingUse, step: Int, ordinal: Int, policyVersion: Int, samples: Int, sampling: SamplingParameters,
    problem: Problem
  ) {
    self.use = use
    self.step = step
    self.ordinal = ordinal
    self.policyVersion = policyVersion
    self.samples = samples
    self.sampling = sampling
    self.problem = problem
  }
}

/// The end of a mini-batch: every learner sums the totals and takes the optimizer's step.
public struct UpdateOrder: Sendable, Equatable {
  /// The trainer step.
  public var step: Int
  /// The mini-batch within the step, epochs counted through.
  public var miniBatch: Int
  /// Divides the summed gradient: tokens or sequences of the mini-batch.
  public var normalizer: Double
  /// The learning rate.
  public var learningRate: Double
  /// Whether the totals are thrown away instead, because a gradient was not finite or could overflow.
  public var isSkipped: Bool

  /// Creates an order.
  public init(step: Int, miniBatch: Int, normalizer: Double, learningRate: Double, isSkipped: Bool) {
    self.step = step
    self.miniBatch = miniBatch
    self.normalizer = normalizer
    self.learningRate = learningRate
    self.isSkipped = isSkipped
  }
}

/// What a group's loss needs beside the group; the same for all groups of a mini-batch.
public struct LossSettings: Sendable, Equatable {
  /// The weight of the KL penalty.
  public var klCoefficient: Double
  /// The weight of the entropy bonus.
  public var entropyCoefficient: Double
  /// What the policy's part of the loss is divided by in the end, over what its other parts are divided by.
  public var normalizerRatio: Double
  /// The stage of the run whose loss and temperature hold, from 0.
  public var stage: Int

  /// Creates settings.
  public init(
    klCoefficient: Double = 0, entropyCoefficient: Double = 0, normalizerRatio: Double = 1, stage: Int = 0
  ) {
    self.klCoefficient = klCoefficient
    self.entropyCoefficient = entropyCoefficient
    self.normalizerRatio = normalizerRatio
    self.stage = stage
  }
}

/// A group whose tokens' log-probabilities are asked for.
public struct ScoreOrder: Sendable, Equatable {
  /// The number of the draw from the prompt stream.
  public var ordinal: Int
  /// The prompt's tokens.
  public var promptTokens: [Int32]
  /// The responses' tokens, by sample number.
  public var responses: [[Int32]]
  /// The stage of the run whose temperature holds.
  public var stage: Int
  /// Whether those of the policy in training are wanted, and its entropies.
  public var wantsPolicy: Bool
  /// Whether those of the reference are wanted.
  public var wantsReference: Bool

  /// Creates an order.
  public init(
    ordinal: Int, promptTokens: [Int32], responses: [[Int32]], stage: Int = 0, wantsPolicy: Bool,
    wantsReference: Bool
  ) {
    self.ordinal = ordinal
    self.promptTokens = promptTokens
    self.responses = responses
    self.stage = stage
    self.wantsPolicy = wantsPolicy
    self.wantsReference = wantsReference
  }
}

/// What a learner was asked by a ``ScoreOrder``; a list that was not asked for is empty.
public struct GroupScores: Sendable, Equatable {
  /// The group.
  public var ordinal: Int
  /// The version of the policy.
  public var policyVersion: Int
  /// Log-probabilities under the policy, in nats, by response and token.
  public var policy: [[Float]]
  /// The policy's entropies, in nats, by response and token.
  public var entropies: [[Float]]
  /// Log-probabilities under the reference, in nats, by response and token.
  public var reference: [[Float]]

  /// Creates scores.
  public init(
    ordinal: Int, policyVersion: Int, policy: [[Float]] = [], entropies: [[Float]] = [],
    reference: [[Float]] = []
  ) {
    self.ordinal = ordinal
    self.policyVersion = policyVersion
    self.policy = policy
    self.entropies = entropies
    self.reference = reference
  }
}

/// How the reference becomes another policy.
public struct ResetOrder: Sendable, Equatable {
  /// Whether the optimizer's moments and step count become zero.
  public var reinitializesOptimizer: Bool
  /// The checkpoint whose policy becomes the reference; empty for the policy in training.
  public var checkpoint: String
  /// How much of the policy goes into the reference: 1 for all, less to mix (TR-DPO).
  public var share: Double

  /// Creates an order.
  public init(reinitializesOptimizer: Bool, checkpoint: String = "", share: Double = 1) {
    self.reinitializesOptimizer = reinitializesOptimizer
    self.checkpoint = checkpoint
    self.share = share
  }
}

/// What the coordinator asks of a worker; from node 0, point to point, handled in the order sent.
public enum Order: Sendable, Equatable {
  /// To a rollout worker: sample and score these; each comes back as ``Report/group(use:step:_:)``.
  case sample([Assignment])
  /// To a rollout worker: forget unfinished groups of this use and step; nothing comes back for them.
  case cancel(use: SamplingUse, step: Int)
  /// To a learner: add this group's gradient to the totals; answered by ``Report/trained(_:)``.
  case train(TrainingGroup, LossSettings)
  /// To a learner: compute log-probabilities of this group; answered by ``Report/scores(_:)``.
  case score(ScoreOrder)
  /// To all learners: end a mini-batch; answered by ``Report/updated(_:)``.
  case update(UpdateOrder)
  /// To all learners: another reference.
  case resetReference(ResetOrder)
  /// To all learners and rollout workers: broadcast and install the weights as this version; versions below
  /// `oldestNeeded` are asked for no more.
  case publish(version: Int, oldestNeeded: Int)
  /// To all learners: write model, optimizer and reference into this directory; answered by ``Report/saved``.
  case save(directory: String)
  /// To all workers: leave.
  case stop
}

/// What a learner found in one group.
public struct GroupReport: Sendable, Equatable {
  /// The group.
  public var ordinal: Int
  /// Its sums of losses and statistics.
  public var sums: GroupSums
  /// The largest magnitude in its gradient.
  public var largestMagnitude: Float
  /// The largest and the summed |probability recorded while sampling - probability computed here| over
  /// tokens.
  public var probabilityDifference: (largest: Double, sum: Double)
  /// What was not a finite number first, for the operator; empty where all were.
  public var trouble: String

  /// Creates a report.
  public init(
    ordinal: Int, sums: GroupSums, largestMagnitude: Float,
    probabilityDifference: (largest: Double, sum: Double), trouble: String = ""
  ) {
    self.ordinal = ordinal
    self.sums = sums
    self.largestMagnitude = largestMagnitude
    self.probabilityDifference = probabilityDifference
    self.trouble = trouble
  }

  /// Whether all fields agree.
  public static func == (a: GroupReport, b: GroupReport) -> Bool {
    a.ordinal == b.ordinal && a.sums == b.sums && a.largestMagnitude == b.largestMagnitude
      && a.probabilityDifference == b.probabilityDifference && a.trouble == b.trouble
  }
}

/// What a learner did at the end of a mini-batch.
public struct UpdateReport: Sendable, Equatable {
  /// The trainer step.
  public var step: Int
  /// The mini-batch within the step.
  public var miniBatch: Int
  /// The gradient's Euclidean norm before clipping; NaN where the update was skipped.
  public var gradientNorm: Double
  /// A checksum of the weights after the update; all learners must agree.
  public var checksum: UInt64

  /// Creates a report.
  public init(step: Int, miniBatch: Int, gradientNorm: Double, checksum: UInt64) {
    self.step = step
    self.miniBatch = miniBatch
    self.gradientNorm = gradientNorm
    self.checksum = checksum
  }
}

/// What a worker tells the coordinator.
public enum Report: Sendable, Equatable {
  /// A rollout worker has room for so many more responses.
  case wants(responses: Int)
  /// A sampled and scored group.
  case group(use: SamplingUse, step: Int, ScoredGroup)
  /// A group whose gradient is in the totals.
  case trained(GroupReport)
  /// Log-probabilities of a group.
  case scores(GroupScores)
  /// A mini-batch's end.
  case updated(UpdateReport)
  /// The files are written and on disk.
  case saved
  /// The worker has handled ``Order/stop``; nothing follows.
  case left
}
