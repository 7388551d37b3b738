import Kernels
import Models
import Tensors

/// A sequence on its way through a model: all its tokens, and where it begins, if others share its beginning.
struct Strand {
  let tokens: [Int32]
  var trunk: KeyValueSegment?
  var trunkLength = 0

  init(_ tokens: [Int32], trunk: KeyValueSegment? = nil, trunkLength: Int = 0) {
    self.tokens = tokens
    self.trunk = trunk
    self.trunkLength = trunkLength
  }
}

/// The next rows of one strand in one call, which has at most one step of each strand.
struct Step {
  let strand: Int
  let rows: Int
}

/// What one row says, as bits: its whole row of logits, and the log-probability of the token that follows.
struct RowBits: Equatable {
  let logProbability: UInt32
  let logits: UInt64
}

/// Passes sequences through a model in any batches.
struct Strands {
  private let model: LanguageModel
  private let weights: ModelWeights
  private let workspace: Workspace
  private let pool: KeyValuePool

  init(_ model: LanguageModel, _ weights: ModelWeights) {
    self.model = model
    self.weights = weights
    workspace = model.makeWorkspace(.none)
    pool = model.makeKeyValuePool()
  }

  /// The logits of every position of `tokens`, passed in one call.
  func logits(of tokens: [Int32]) -> Tensor {
    let segment = KeyValueSegment(pool: pool, positions: tokens.count)
    return logits(TokenBatch(tokens: tokens, sequences: [SequenceRows(rows: 0..<tokens.count, own: segment)]))
  }

  /// A segment that holds `tokens`, passed in one call.
  func segment(of tokens: [Int32], capacity: Int) -> KeyValueSegment {
    let segment = KeyValueSegment(pool: pool, positions: capacity)
    let batch = TokenBatch(tokens: tokens, sequences: [SequenceRows(rows: 0..<tokens.count, own: segment)])
    _ = model.forward(batch, weights: weights, workspace: workspace)
    return segment
  }

  /// The bits of every strand's rows, passed as `schedule` says: one call for each of its lists.
  ///
  /// The last token of a strand predicts nothing and has no row.
  func bits(_ strands: [Strand], schedule: [[Step]]) -> [[RowBits]] {
    var results: [[RowBits]] = strands.map { _ in [] }
    let segments = strands.map { KeyValueSegment(pool: pool, positions: $0.tokens.count) }
    for call in schedule {
      var batch = TokenBatch(tokens: [], sequences: [])
      for step in call {
        let strand = strands[step.strand]
        let done = results[step.strand].count
        let first = strand.trunkLength + done
        let start = batch.tokens.count
        batch.tokens += strand.tokens[first..<first + step.rows]
        batch.sequences.append(
          SequenceRows(
            rows: start..<start + step.rows, trunk: strand.trunk, trunkLength: strand.trunkLength,
            own: segments[step.strand], ownStart: done))
      }
      let logits = logits(batch)
      var row = 0
      for step in call {
        for _ in 0..<step.rows {
          let strand = strands[step.strand]
          let next = strand.tokens[strand.trunkLength + results[step.strand].count + 1]
          results[step.strand].append(rowBits(logits.rows(row..<row + 1), next: next))
          row += 1
        }
      }
    }
    return results
  }

  private func logits(_ batch: TokenBatch) -> Tensor {
    let hidden = model.forward(batch, weights: weights, workspace: workspace)
    let logits = Tensor(zeros: [batch.tokens.count, model.configuration.vocabularySize])
    model.logits(hidden, normed: Tensor(zeros: hidden.shape), weights: weights, into: logits)
    return logits
  }

  private func rowBits(_ logits: Tensor, next: Int32) -> RowBits {
    let row = logits.span
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for i in row.indices { hash = (hash ^ UInt64(row[i].bitPattern)) &* 0x100_0000_01b3 }
    let statistics = distributionStatistics(row, inverseTemperature: 1)
    let logProbability = statistics.logProbability(logit: row[Int(next)], inverseTemperature: 1)
    return RowBits(logProbability: logProbability.bitPattern, logits: hash)
  }
}
