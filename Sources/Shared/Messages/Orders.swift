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
}

/// A prompt to sample and score.
public struct Assignment: Sendable, Equatable {
  /// What it is for.
  public var use: SamplingUse
  /// The trainer step it belongs to.
  public var step: Int
  /// The number of the draw.
  public var ordinal: Int
  /// How many responses.
  public var samples: Int
  /// How tokens are drawn.
  public var sampling: SamplingParameters
  /// The problem.
  public var problem: Problem

  /// Creates an assignment.
  public init(
    use: SamplingUse, step: Int, ordinal: Int, samples: Int, sampling: SamplingParameters, problem: Problem
  ) {
    self.use = use
    self.step = step
    self.ordinal = ordinal
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

/// What the coordinator asks of a worker; from node 0, point to point, handled in the order sent.
public enum Order: Sendable, Equatable {
  /// To a rollout worker: sample and score these; each comes back as ``Report/group(use:step:_:)``.
  case sample([Assignment])
  /// To a rollout worker: forget unfinished groups of this use and step; nothing comes back for them.
  case cancel(use: SamplingUse, step: Int)
  /// To a learner: add this group's gradient to the totals; answered by ``Report/trained(_:)``.
  case train(TrainingGroup, klCoefficient: Double)
  /// To all learners: end a mini-batch; answered by ``Report/updated(_:)``.
  case update(UpdateOrder)
  /// To all learners: the policy becomes the reference; `reinitializingOptimizer` zeroes its moments and step
  /// count.
  case resetReference(reinitializingOptimizer: Bool)
  /// To the first learner and all rollout workers: broadcast and install the weights as this version.
  case publish(version: Int)
  /// To the first learner: write model, optimizer and reference into this directory; answered by
  /// ``Report/saved``.
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

  /// Creates a report.
  public init(
    ordinal: Int, sums: GroupSums, largestMagnitude: Float,
    probabilityDifference: (largest: Double, sum: Double)
  ) {
    self.ordinal = ordinal
    self.sums = sums
    self.largestMagnitude = largestMagnitude
    self.probabilityDifference = probabilityDifference
  }

  /// Whether all fields agree.
  public static func == (a: GroupReport, b: GroupReport) -> Bool {
    a.ordinal == b.ordinal && a.sums == b.sums && a.largestMagnitude == b.largestMagnitude
      && a.probabilityDifference == b.probabilityDifference
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
  /// A mini-batch's end.
  case updated(UpdateReport)
  /// The files are written and on disk.
  case saved
  /// The worker has handled ``Order/stop``; nothing follows.
  case left
}
