import Kernels
import Models

/// The rows of one forward pass, and the tokens to draw from them.
///
/// Every response with a seat brings the tokens that have no keys and values yet: one while it decodes, all of
/// them after it lost its pages. A group whose prompt is not done brings the next part of that. Parts of more
/// than one row share ``prefillRows``, oldest first, so that a long prompt is spread over passes in which
/// others go on decoding, and short prompts pass together. Only rows from which a token is drawn go through
/// the output projection.
struct PassPlan {
  /// A token to draw.
  struct PlannedDraw {
    /// The row of the batch that it follows; ascending.
    let row: Int
    let group: LiveGroup
    let response: Int
  }

  /// Rows of prompts, and of tokens computed again, in a pass: enough for the matrix kernels' full speed.
  static let prefillRows = 512

  private(set) var batch = TokenBatch(tokens: [], sequences: [])
  private(set) var draws: [PlannedDraw] = []
  /// The rows from which tokens are drawn.
  private(set) var drawnRows = 0
  /// Whether most rows belong to prompts, or to tokens that are computed again.
  var isMostlyPrefill: Bool { 2 * (Self.prefillRows - prefillLeft) > batch.tokens.count }

  private var prefillLeft = prefillRows

  /// Plans the next pass; groups and pages then stand as they will after it.
  mutating func fill(from seating: inout Seating) {
    batch.tokens.removeAll(keepingCapacity: true)
    batch.sequences.removeAll(keepingCapacity: true)
    draws.removeAll(keepingCapacity: true)
    drawnRows = 0
    prefillLeft = Self.prefillRows
    // From the oldest on: who has to give up pages is younger, hence not planned yet.
    for group in seating.groups where group.seats > 0 {
      guard group.hasTrunk, let trunk = group.trunk else {
        addPrompt(of: group, &seating)
        continue
      }
      for index in group.responses.indices where group.responses[index].hasSeat {
        addResponse(index, of: group, trunk: trunk, &seating)
      }
    }
  }

  private mutating func addPrompt(of group: LiveGroup, _ seating: inout Seating) {
    let start = group.trunkStored
    let end = min(group.promptTokens.count, start + prefillLeft)
    guard end > start, seating.growTrunk(group, to: end), let trunk = group.trunk else { return }
    prefillLeft -= end - start
    add(group.promptTokens[start..<end], SequenceRows(rows: 0..<0, own: trunk, ownStart: start))
    group.trunkStored = end
    guard group.hasTrunk, group.isUntouched else { return }
    // One row of logits for all responses, those without a seat too: a first token takes no page.
    for index in group.responses.indices { addDraw(group, index) }
  }

  private mutating func addResponse(
    _ index: Int, of group: LiveGroup, trunk: KeyValueSegment, _ seating: inout Seating
  ) {
    let start = group.responses[index].stored
    let count = group.responses[index].tokens.count
    let end = count - start == 1 ? count : min(count, start + prefillLeft)
    guard end > start, seating.grow(group, index, to: end), let own = group.responses[index].segment else {
      return
    }
    if count - start > 1 { prefillLeft -= end - start }
    add(
      group.responses[index].tokens[start..<end],
      SequenceRows(
        rows: 0..<0, trunk: trunk, trunkLength: group.promptTokens.count, own: own, ownStart: start))
    group.responses[index].stored = end
    if end == count { addDraw(group, index) }
  }

  private mutating func add(_ tokens: ArraySlice<Int32>, _ sequence: SequenceRows) {
    var sequence = sequence
    sequence.rows = batch.tokens.count..<batch.tokens.count + tokens.count
    batch.tokens += tokens
    batch.sequences.append(sequence)
  }

  private mutating func addDraw(_ group: LiveGroup, _ index: Int) {
    let row = batch.tokens.count - 1
    if draws.last?.row != row { drawnRows += 1 }
    draws.append(PlannedDraw(row: row, group: group, response: index))
  }
}
