/// Where a token stands in a mini-batch.
struct MiniBatchToken: Equatable {
  var response: Int
  var token: Int
}

/// How each counted token's log-probability varies with its advantage over a mini-batch.
///
/// ```
/// cov = (A - mean A) (new - mean new),    mean x = Σ x / (n + epsilon)
/// ```
///
/// Computed in Double, summed by response and token. A NaN makes every covariance -∞: nothing stands out.
struct MiniBatchCovariance {
  /// The counted tokens by response and token.
  private(set) var tokens: [(place: MiniBatchToken, covariance: Double)] = []

  init(of miniBatch: [LossResponse], epsilon: Double) {
    var (advantages, logProbabilities) = (0.0, 0.0)
    for (response, numbers) in miniBatch.enumerated() {
      for token in numbers.countedTokens {
        tokens.append((MiniBatchToken(response: response, token: token), 0))
        advantages += Double(numbers.advantages[token])
        logProbabilities += Double(numbers.new[token])
      }
    }
    let count = Double(tokens.count) + epsilon
    let (meanAdvantage, meanLogProbability) = (advantages / count, logProbabilities / count)
    for index in tokens.indices {
      let (numbers, token) = (miniBatch[tokens[index].place.response], tokens[index].place.token)
      let covariance =
        (Double(numbers.advantages[token]) - meanAdvantage)
        * (Double(numbers.new[token]) - meanLogProbability)
      tokens[index].covariance = covariance.isNaN ? -.infinity : covariance
    }
  }
}
