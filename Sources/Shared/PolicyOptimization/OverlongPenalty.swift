/// DAPO's soft punishment of responses that come near the length limit.
///
/// ```
/// penalty = min(0, -(length - (limit - buffer)) / buffer · factor)       at least -factor with a floor
/// ```
///
/// | limit 20480, buffer 4096, factor 1 | penalty | with a floor |
/// |---|---|---|
/// | 16384 tokens | 0 | 0 |
/// | 18432 tokens | -0.5 | -0.5 |
/// | 20480 tokens | -1 | -1 |
/// | 24576 tokens | -2 | -1 |
///
/// verl and AReaL have no floor; the paper and TRL's `get_soft_overlong_punishment`, whose factor is 1, and
/// OpenRLHF have one. They differ where sampling may go beyond the limit.
///
/// Added to the reward that advantages are made of; accuracy is recorded before it.
///
/// Source: Yu et al. 2025, "DAPO", section 3.4, arXiv:2503.14476; verl's `dapo` reward manager.
public struct OverlongPenalty: Sendable, Equatable {
  /// How many tokens before the limit the penalty starts.
  ///
  /// Key `reward.reward_kwargs.overlong_buffer_cfg.len` (old name `reward_model.overlong_buffer.len`), range
  /// 1 to the limit; DAPO uses 4096. The penalty is off unless `enable` is true.
  public let bufferLength: Int

  /// The penalty at the limit.
  ///
  /// Key `…overlong_buffer_cfg.penalty_factor`, range 0 and above; DAPO uses 1.
  public let factor: Double

  /// The longest response there can be, in tokens.
  ///
  /// Key `reward.reward_kwargs.max_resp_len`, default `data.max_response_length`.
  public let maximumResponseLength: Int

  /// Whether the penalty stops growing at the limit; false in verl.
  public let hasFloor: Bool

  /// Creates a penalty.
  ///
  /// - Throws: `overlongBufferOutOfRange` if the buffer is empty or longer than a response.
  public init(
    bufferLength: Int, factor: Double = 1, maximumResponseLength: Int, hasFloor: Bool = false
  ) throws(PolicyOptimizationError) {
    guard bufferLength >= 1, bufferLength <= maximumResponseLength else {
      throw .overlongBufferOutOfRange(length: bufferLength, maximumResponseLength: maximumResponseLength)
    }
    self.bufferLength = bufferLength
    self.factor = factor
    self.maximumResponseLength = maximumResponseLength
    self.hasFloor = hasFloor
  }

  /// What to add to the reward of a response of `length` tokens; never above 0.
  public func penalty(length: Int) -> Double {
    let excess = length - (maximumResponseLength - bufferLength)
    guard excess > 0 else { return 0 }
    return -Double(hasFloor ? min(excess, bufferLength) : excess) / Double(bufferLength) * factor
  }
}
