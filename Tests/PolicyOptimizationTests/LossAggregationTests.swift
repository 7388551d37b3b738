import PolicyOptimization
import Testing

@Suite struct LossAggregationTests {
  private static let names = [
    "token-mean", "seq-mean-token-sum", "seq-mean-token-mean", "seq-mean-token-sum-norm", "token-sum",
  ]

  @Test(arguments: names)
  func `three sequences, one of them empty, aggregate as in verl`(name: String) throws {
    let goldens = try Fixture.goldens()["aggregation"]
    for (options, scale) in [("{}", nil), (#"{"loss_scale_factor": 8}"#, 8.0)] {
      let mode = try LossAggregation(name: name, lossScaleFactor: scale, maximumResponseLength: 3)
      let value = aggregated([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [2, 3, 0], mode)
      expectClose([value], [try #require(goldens[name + options].number)])
    }
  }

  @Test(arguments: names)
  func `counts of the whole mini-batch normalise one rank's share as in verl`(name: String) throws {
    let mode = try LossAggregation(name: name, maximumResponseLength: 3)
    let sum = zip([[1.0, 2], [4, 5, 6], []], [2, 3, 0]).reduce(0.0) { sum, row in
      row.0.reduce(sum) { $0 + mode.tokenWeight(length: row.1) * $1 }
    }
    // verl multiplies by the two ranks, whose gradients it averages; ours adds them.
    let golden = try Fixture.goldens()["aggregation"][
      name + #"{"dp_size": 2, "batch_num_tokens": 10, "global_batch_size": 4}"#]
    expectClose([2 * sum / mode.normaliser(tokens: 10, sequences: 4)], [try #require(golden.number)])
  }

  @Test(arguments: names)
  func `sums over any cut into micro-batches give the same, once normalised`(name: String) throws {
    let mode = try LossAggregation(name: name, maximumResponseLength: 3)
    let (values, lengths) = ([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]], [2, 3, 1])
    let whole = aggregated(values, lengths, mode)
    let parts = zip(values, lengths).map { row, length in
      row.prefix(length).reduce(0) { $0 + $1 * mode.tokenWeight(length: length) }
    }
    expectClose([parts.reduce(0, +) / mode.normaliser(tokens: 6, sequences: 3)], [whole], relative: 1e-15)
  }

  @Test(arguments: names)
  func `a mini-batch without tokens stays at zero`(name: String) throws {
    let mode = try LossAggregation(name: name, maximumResponseLength: 3)
    #expect(mode.tokenWeight(length: 0) == 0)
    #expect(0 / mode.normaliser(tokens: 0, sequences: 0) == 0)
  }

  @Test(arguments: ["", "mean", "token_mean", "Token-Mean"])
  func `an unknown mode is refused with the choices`(name: String) {
    #expect {
      try LossAggregation(name: name, maximumResponseLength: 3)
    } throws: { error in
      "\(error)".contains("`\(name)`") && "\(error)".contains("seq-mean-token-sum-norm")
    }
  }
}
