// Metrics named after a task or a data source.

extension MetricName {
  /// The data source `all` stands for the plain mean over data sources.
  public static let allDataSources = "all"

  /// How the responses to a validation prompt are counted.
  public struct AccuracyKind: Sendable {
    let rawValue: String
    let meaning: String

    /// The share of correct responses among `samples` sampled per prompt.
    public static func mean(samples: Int) -> AccuracyKind { mean(samples: String(samples)) }

    /// The share of correct responses, one per prompt, each token the most probable one.
    public static let greedy = AccuracyKind(
      rawValue: "greedy", meaning: "Share of prompts solved by the response of most probable tokens.")

    /// The probability that one of `k` responses is correct.
    ///
    /// The unbiased estimate, `1 - C(n - c, k) / C(n, k)` of `c` correct ones in `n`, which verl's `best@N`
    /// is not. Source: Chen et al. 2021, arXiv:2107.03374, section 2.1.
    public static func pass(at k: Int) -> AccuracyKind { pass(at: String(k)) }

    static func mean(samples: String) -> AccuracyKind {
      AccuracyKind(
        rawValue: "mean@\(samples)",
        meaning: "Share of correct responses among N sampled per prompt, mean over prompts.")
    }

    static func pass(at k: String) -> AccuracyKind {
      AccuracyKind(
        rawValue: "pass@\(k)",
        meaning: "Probability that one of k sampled responses is correct, unbiased, mean over prompts.")
    }
  }

  /// `reward/<task>/mean`, the mean reward of a task's responses in the step.
  public static func reward(of task: String) -> MetricName {
    MetricName("reward/\(word(task))/mean", .one, "Mean reward of the task's responses in the step.")
  }

  /// `val-core/<data_source>/acc/<kind>`, the accuracy in validation; verl's name.
  public static func accuracy(_ kind: AccuracyKind, of dataSource: String) -> MetricName {
    MetricName("val-core/\(word(dataSource))/acc/\(kind.rawValue)", .one, kind.meaning)
  }

  /// `val-aux/<data_source>/entropy`, the policy's entropy on validation responses.
  public static func validationEntropy(of dataSource: String) -> MetricName {
    MetricName(
      "val-aux/\(word(dataSource))/entropy", .natsPerToken,
      "Entropy of the policy on validation responses, mean over their tokens.")
  }

  /// `val-aux/<data_source>/response_length`, the mean length of validation responses.
  public static func validationResponseLength(of dataSource: String) -> MetricName {
    MetricName(
      "val-aux/\(word(dataSource))/response_length", .tokens, "Mean length of the validation responses.")
  }

  /// How far the policy that sampled is from the one that trains, under the whole name `rollout_corr/<name>`.
  public static func rolloutCorrection(_ name: String) -> MetricName {
    MetricName(
      word(name), .one,
      "A measure of how far the policy that sampled is from the one training begins with; verl's name.")
  }

  /// `verdict/<task>/<verdict>`, how often a verifier came to a verdict.
  public static func verdict(_ verdict: String, of task: String) -> MetricName {
    MetricName(
      "verdict/\(word(task))/\(word(verdict))", .one,
      "Share of the task's responses in the step with this verdict of its verifier.")
  }

  /// `val-core/<data_source>/<variable>/<statistic>` or `val-aux/…`, a statistic over repeated samples.
  public static func validationStatistic(_ name: String) -> MetricName {
    MetricName(
      word(name), .one,
      "A statistic over N responses per prompt, mean over prompts; verl's, with 1,000 draws with replacement."
    )
  }

  /// `val-aux/<data_source>/response_length/<statistic>`.
  public static func validationLength(_ statistic: String, of dataSource: String) -> MetricName {
    MetricName(
      "val-aux/\(word(dataSource))/response_length/\(statistic)", .tokens,
      "Smallest, quartiles, ninetieth percentile and largest length of validation responses.")
  }

  /// `text` as part of a name: names come from data, and a space or line break would break a log line in two.
  private static func word(_ text: String) -> String {
    String(
      text.map {
        $0.isWhitespace || $0.isNewline || $0.asciiValue.map { $0 < 0x20 || $0 == 0x7F } == true ? "_" : $0
      })
  }
}
