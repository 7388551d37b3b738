/// A part of a run with options of its own, such as a longer response length or another reward.
public struct TrainerStage: Sendable {
  /// When a stage begins; it can only follow the stage before it.
  public enum Start: Sendable, Equatable {
    /// With this step, the first step of a run being 1.
    case step(Int)
    /// When the mean of a metric has not risen by `minimumGain` for `patience` measurements in a row.
    case plateau(metric: String, patience: Int, minimumGain: Double)
  }

  /// What the operator calls it.
  public var name: String
  /// When it begins.
  public var start: Start
  /// Whether the reference becomes the policy when it begins.
  public var resetsReference: Bool
  /// What steers its coefficients, where that is other than in the stage before; nil to go on as it is.
  public var controllers: Controllers?
  /// How steps of this stage run.
  public var options: TrainerOptions

  /// Creates a stage.
  public init(
    name: String, start: Start, resetsReference: Bool = false, controllers: Controllers? = nil,
    options: TrainerOptions
  ) {
    self.controllers = controllers
    self.name = name
    self.start = start
    self.resetsReference = resetsReference
    self.options = options
  }

  /// A run of one stage.
  public static func only(_ options: TrainerOptions) -> [TrainerStage] {
    [TrainerStage(name: "", start: .step(1), options: options)]
  }
}

/// Which stages have begun that wait for a plateau, and how near the next one is.
public struct StageState: Sendable, Equatable, Codable {
  /// The first step of each stage that began with a plateau, by the stage's number.
  public private(set) var firstSteps: [Int: Int] = [:]
  /// The best value of the metric that the next stage waits for.
  public private(set) var best: Double?
  /// Measurements since then.
  public private(set) var staleCount = 0

  /// A run's beginning.
  public init() {}

  /// The stage of `step`, from 0.
  public func stage(of step: Int, in stages: [TrainerStage]) -> Int {
    var index = 0
    while index + 1 < stages.count, let first = firstStep(index + 1, in: stages), first <= step { index += 1 }
    return index
  }

  private func firstStep(_ index: Int, in stages: [TrainerStage]) -> Int? {
    if case .step(let step) = stages[index].start { step } else { firstSteps[index] }
  }

  /// Takes note of a measured value that stage `index` may wait for.
  ///
  /// - Parameters:
  ///   - value: The metric's value.
  ///   - index: The stage that waits.
  ///   - stages: All stages.
  ///   - step: The first step that is not planned yet, with which the stage begins if this is a plateau.
  /// - Returns: Whether it begins.
  mutating func note(
    _ value: Double, for index: Int, in stages: [TrainerStage], beginningWith step: Int
  ) -> Bool {
    guard case .plateau(_, let patience, let minimumGain) = stages[index].start, value.isFinite else {
      return false
    }
    if best.map({ value > $0 + minimumGain }) ?? true {
      (best, staleCount) = (value, 0)
      return false
    }
    staleCount += 1
    guard staleCount >= patience else { return false }
    firstSteps[index] = step
    (best, staleCount) = (nil, 0)
    return true
  }
}
