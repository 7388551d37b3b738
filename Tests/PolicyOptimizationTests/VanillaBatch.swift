import PolicyOptimization

/// A batch of token losses as a learner computes them: token by token, the normaliser once at the end.
struct VanillaBatch {
  var old: [[Float]]
  var new: [[Float]]
  var advantages: [[Float]]
  var lengths: [Int]
  /// What multiplies each token's loss and derivative; none for 1.
  var weights: [[Float]] = []

  var width: Int { old.map(\.count).max() ?? 0 }

  func evaluate(
    _ objective: ClippedObjective, _ mode: LossAggregation
  ) -> (loss: Double, gradient: [[Double]], sums: GroupSums) {
    let normaliser = mode.normaliser(tokens: lengths.reduce(0, +), sequences: lengths.count { $0 > 0 })
    let loss = TokenLoss(objective: objective)
    var sums = GroupSums()
    let gradient = lengths.indices.map { row in
      old[row].indices.map { t in
        guard t < lengths[row] else { return 0.0 }
        let token = loss.token(
          new: new[row][t], old: old[row][t], reference: .nan, advantage: advantages[row][t], entropy: 0)
        let weight = mode.tokenWeight(length: lengths[row]) * (weights.isEmpty ? 1 : weights[row][t].double)
        sums.add(token, weight: weight)
        return weight * token.derivative.double / normaliser
      }
    }
    return (sums.loss / normaliser, gradient, sums)
  }
}

/// The values of the first `lengths[i]` tokens of each row, as `mode` makes them one number.
func aggregated(_ values: [[Double]], _ lengths: [Int], _ mode: LossAggregation) -> Double {
  let sum = zip(values, lengths).reduce(0.0) { sum, row in
    row.0.prefix(row.1).reduce(sum) { $0 + mode.tokenWeight(length: row.1) * $1 }
  }
  return sum / mode.normaliser(tokens: lengths.reduce(0, +), sequences: lengths.count { $0 > 0 })
}
