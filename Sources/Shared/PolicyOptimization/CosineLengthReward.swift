/// ProRL v2's scheduled length reward: short responses earn more, part of the time.
///
/// ```
/// R' = R + λ · (low + ½ (high - low) · (1 + cos(π · tokens / limit)))     while it is on
/// ```
///
/// | low -0.5, high 0.5, limit 8192 | reward before λ |
/// |---|---|
/// | 0 tokens | 0.5 |
/// | 4096 tokens | 0 |
/// | 8192 tokens and beyond | -0.5 |
///
/// It is on for so many steps and then off for so many, again and again.
///
/// Source: Hu et al. 2025, "ProRL v2", which gives 100 steps on and 500 off, and no λ and η.
public struct CosineLengthReward: Sendable, Equatable {
  /// λ, what the reward is multiplied by.
  public let weight: Double

  /// η_min, the reward at the limit.
  public let low: Double

  /// η_max, the reward of a response without tokens.
  public let high: Double

  /// T, the length limit in tokens.
  public let limit: Int

  /// How many steps it is on.
  public let stepsOn: Int

  /// How many steps it is off after that; 0 to leave it on.
  public let stepsOff: Int

  /// The first step it is on; steps count from 1.
  public let firstStep: Int

  /// Creates a length reward.
  ///
  /// - Throws: `optionOutOfRange` for a limit or a count below its least, or numbers that are not finite.
  public init(
    weight: Double = 1, low: Double = -0.5, high: Double = 0.5, limit: Int, stepsOn: Int = 100,
    stepsOff: Int = 500, firstStep: Int = 1
  ) throws(PolicyOptimizationError) {
    for (key, value) in [("weight", weight), ("low", low), ("high", high)] where !value.isFinite {
      throw .optionOutOfRange(key: "length_reward.\(key)", value: value, range: "a finite number")
    }
    for (key, value, least) in [
      ("limit", limit, 1), ("steps_on", stepsOn, 1), ("steps_off", stepsOff, 0), ("first_step", firstStep, 1),
    ] where value < least {
      throw .optionOutOfRange(key: "length_reward.\(key)", value: Double(value), range: "at least \(least)")
    }
    self.weight = weight
    self.low = low
    self.high = high
    self.limit = limit
    self.stepsOn = stepsOn
    self.stepsOff = stepsOff
    self.firstStep = firstStep
  }

  /// Whether it counts in `step`; depends on the step alone, so that there is nothing to save.
  public func isOn(step: Int) -> Bool {
    step >= firstStep && (step - firstStep) % (stepsOn + stepsOff) < stepsOn
  }

  /// The reward of a response of `length` tokens, before λ; beyond the limit as at it.
  public func lengthReward(length: Int) -> Double {
    let turn = Double(min(max(length, 0), limit)) / Double(limit)
    return low + 0.5 * (high - low) * (1 + cosine(halfTurns: turn))
  }

  /// What to add to the reward of a response of `length` tokens in `step`.
  public func bonus(length: Int, step: Int) -> Double {
    isOn(step: step) ? weight * lengthReward(length: length) : 0
  }
}
