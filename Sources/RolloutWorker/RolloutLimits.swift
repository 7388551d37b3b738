import Kernels
public import Models

/// How much a rollout rank samples at a time; changes no bit.
public struct RolloutLimits: Sendable, Equatable {
  /// How many responses decode together.
  public var responses: Int

  /// The bytes that keys and values may take; the oldest response goes on beyond them.
  ///
  /// Key `actor_rollout_ref.rollout.kv_cache_memory_mib`, there in mebibytes.
  public var cacheBytes: Int

  /// Creates limits; by default as many responses as fill a matrix product, and 4 GiB.
  public init(responses: Int = widestBatch, cacheBytes: Int = 4 << 30) {
    self.responses = responses
    self.cacheBytes = cacheBytes
  }

  /// Responses that decode together at the most, unless told otherwise: more would take memory and make a
  /// token hardly cheaper.
  public static let widestBatch = 512

  /// Responses below which a pass hardly becomes cheaper: it reads every weight once, however few they are.
  public static let narrowestBatch = 32

  /// Waves in which a step comes where learners work beside the rollout ranks.
  public static let waves = 6

  /// The bytes that keys and values take if all responses, in groups of `samples`, reach these lengths in
  /// tokens; `cacheBytes` if that is less.
  public func mostCacheBytes(
    model: LanguageModel, samples: Int, promptTokens: Int, responseTokens: Int
  ) -> Double {
    let groups = (Double(responses) / Double(samples)).rounded(.up)
    let pages =
      groups * Double(pageCount(promptTokens)) + Double(responses) * Double(pageCount(responseTokens))
    return min(Double(cacheBytes), pages * Double(KeyValuePool.pageBytes(model.keyValueShape)))
  }

  /// How many responses a rank should decode together when it gets `groups` groups of `samples` in a round.
  ///
  /// Where learners wait for groups (`feedsLearners`), fewer at a time let the first groups end sooner, while
  /// a pass costs about as much as *narrowest + rows* rows. With W waves of a round of R responses of L tokens,
  /// sampling takes L · (W · narrowest + R) and the learners begin after 1/W of that; when they then need as
  /// long as sampling does, the step is shortest at W = √(R / narrowest), which six waves and at least 32 rows
  /// come close to:
  ///
  /// | round | best W | responses together | waves |
  /// |---|---|---|---|
  /// | 8 groups × 8 | 1.4 | 32 | 2 |
  /// | 16 groups × 8 | 2 | 32 | 4 |
  /// | 32 groups × 16 | 4 | 96 | 5.3 |
  /// | 128 groups × 16 | 8 | 352 | 5.8 |
  ///
  /// A place is taken by the next response as soon as one ends, so waves blur, and the oldest groups end
  /// first. Counted out for these rounds, with lengths equal, uniform and log-normal, a step takes at most an
  /// eighth longer than with the best number of responses, and from 100 % down to 63 % of a step in one wave.
  /// Whole groups at least, so that a group is not sampled in two halves. Where the same rank learns after it
  /// has sampled, all of the round decodes together.
  public static func responses(groups: Int, samples: Int, feedsLearners: Bool) -> Int {
    let perWave = feedsLearners ? (groups + waves - 1) / waves : groups
    let wide = min(groups, max(perWave, (narrowestBatch + samples - 1) / samples))
    return max(samples, min(wide, max(1, widestBatch / max(1, samples))) * samples)
  }
}
