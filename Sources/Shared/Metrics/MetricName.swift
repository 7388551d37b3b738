/// The name of a number a run reports, defined once with its unit and meaning.
///
/// Two names are equal if they read the same. `docs/metrics.md` lists them all.
public struct MetricName: Sendable {
  /// What a metric is counted in.
  public enum Unit: String, Sendable, CaseIterable {
    /// A ratio, a probability, a reward or another number without a unit.
    case one = "1"

    /// Natural logarithm of a probability, per response token.
    case natsPerToken = "nats/token"

    /// Tokens of the model's vocabulary.
    case tokens

    /// Groups, the responses to one prompt.
    case groups

    /// Responses.
    case responses

    /// Steps of the training loop.
    case steps

    /// Passes over the training data.
    case epochs

    /// Events of another kind that the meaning names.
    case count

    /// Wall-clock seconds.
    case seconds = "s"

    /// Tokens per wall-clock second.
    case tokensPerSecond = "tokens/s"
  }

  /// The name as logs and files spell it, such as `actor/pg_loss`.
  public let rawValue: String

  /// What it is counted in.
  public let unit: Unit

  /// What it says, in one sentence.
  public let meaning: String

  init(_ rawValue: String, _ unit: Unit, _ meaning: String) {
    self.rawValue = rawValue
    self.unit = unit
    self.meaning = meaning
  }

  /// Every metric with a fixed name, in the order of the documentation.
  public static let all: [MetricName] =
    prolonged + actor + rewards + lengths + training + rollout + timing + performance

  /// The families of metrics with a name that depends on the data, each with a place holder such as `<task>`.
  public static let families: [MetricName] = [
    .reward(of: "<task>"),
    .accuracy(.mean(samples: "N"), of: "<data_source>"), .accuracy(.greedy, of: "<data_source>"),
    .accuracy(.pass(at: "k"), of: "<data_source>"), .validationEntropy(of: "<data_source>"),
    .validationResponseLength(of: "<data_source>"), .validationLength("<statistic>", of: "<data_source>"),
    .validationStatistic("val-core/<data_source>/<variable>/<statistic>"),
    .validationStatistic("val-aux/<data_source>/<variable>/<statistic>"),
    .rolloutCorrection("rollout_corr/<name>"), .verdict("<verdict>", of: "<task>"),
  ]
}

extension MetricName: Hashable, CustomStringConvertible {
  /// Whether both names read the same.
  public static func == (a: MetricName, b: MetricName) -> Bool { a.rawValue == b.rawValue }

  /// Hashes the name.
  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

  /// The name as logs spell it.
  public var description: String { rawValue }
}
