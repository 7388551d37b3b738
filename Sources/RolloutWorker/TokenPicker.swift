import Kernels
import Models
import Randomness
import Tensors
import Timing

/// Turns rows of the last layer into tokens: final norm, output projection, one draw per response.
final class TokenPicker {
  /// Rows whose logits are alive together.
  static let logitRows = 128

  /// Draws that may go on at the same time, each in a row of its own: more than most machines have threads for.
  static let scratchRows = 32

  private let model: LanguageModel
  private let hidden: Tensor
  private let normed: Tensor
  private let logits: Tensor
  private let scratch: Tensor
  private let draws: Storage<Draw>

  init(_ model: LanguageModel) {
    self.model = model
    let (hiddenSize, vocabulary) = (model.configuration.hiddenSize, model.configuration.vocabularySize)
    hidden = Tensor(zeros: [Self.logitRows, hiddenSize])
    normed = Tensor(zeros: [Self.logitRows, hiddenSize])
    logits = Tensor(zeros: [Self.logitRows, vocabulary])
    scratch = Tensor(zeros: [Self.scratchRows, vocabulary])
    draws = Storage(zeros: Self.logitRows)
  }

  /// Draws the token of every planned draw and hands it to `take`, in their order.
  ///
  /// - Parameters:
  ///   - planned: Rows and whose tokens follow them, rows ascending.
  ///   - hidden: `[rows, hidden]`, the last layer's output.
  ///   - weights: The weights.
  ///   - take: Takes a drawn token.
  func draw(
    _ planned: [PassPlan.PlannedDraw], hidden: Tensor, weights: ModelWeights,
    take: (PassPlan.PlannedDraw, Draw) -> Void
  ) {
    for start in stride(from: 0, to: planned.count, by: Self.logitRows) {
      let some = planned[start..<min(planned.count, start + Self.logitRows)]
      drawSome(some, hidden: hidden, weights: weights)
      let draws = draws
      for (i, planned) in some.enumerated() { take(planned, draws.span[i]) }
    }
  }

  private func drawSome(_ planned: ArraySlice<PassPlan.PlannedDraw>, hidden: Tensor, weights: ModelWeights) {
    let (rows, tasks) = tasks(of: planned)
    let logits = logits.rows(0..<rows.count)
    model.logits(
      gathered(rows, of: hidden), normed: normed.rows(0..<rows.count), weights: weights, into: logits)
    let (draws, scratch) = (draws, scratch)
    let blocks = min(tasks.count, Self.scratchRows)
    PhaseClock.part(.choosing) {
      forEachBlock(blocks) { block in
        let weightsRow = scratch.rows(block..<block + 1)
        var weights = weightsRow.mutableSpan
        var out = draws.mutableSpan
        for i in stride(from: block, to: tasks.count, by: blocks) {
          let row = logits.rows(tasks[i].row..<tasks[i].row + 1)
          out[i] = tasks[i].sampler.draw(
            row.span, uniform: tasks[i].name.uniform(at: tasks[i].position), weights: &weights)
        }
      }
    }
  }

  /// The rows to make logits of, each once, and what to draw from them.
  private func tasks(of planned: ArraySlice<PassPlan.PlannedDraw>) -> (rows: [Int], tasks: [DrawTask]) {
    var rows: [Int] = []
    var tasks: [DrawTask] = []
    tasks.reserveCapacity(planned.count)
    for draw in planned {
      if rows.last != draw.row { rows.append(draw.row) }
      let group = draw.group
      tasks.append(
        DrawTask(
          row: rows.count - 1, name: group.responses[draw.response].name,
          position: group.responses[draw.response].tokens.count, sampler: group.sampler))
    }
    return (rows, tasks)
  }

  /// The rows side by side: `hidden`'s own where they are, else a copy.
  private func gathered(_ rows: [Int], of hidden: Tensor) -> Tensor {
    let (first, last) = (rows[0], rows[rows.count - 1])
    if last - first == rows.count - 1 { return hidden.rows(first..<last + 1) }
    for (i, row) in rows.enumerated() {
      copy(hidden.rows(row..<row + 1), to: self.hidden.rows(i..<i + 1))
    }
    return self.hidden.rows(0..<rows.count)
  }
}

/// One draw: where its logits are and what its random number is called.
private struct DrawTask: Sendable {
  let row: Int
  let name: RandomName
  let position: Int
  let sampler: Sampler
}
