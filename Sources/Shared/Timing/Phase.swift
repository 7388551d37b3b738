/// What a rank is doing.
public enum Stage: Int, Sendable, CaseIterable {
  /// Passing prompts through the model before their first token.
  case prefill
  /// Drawing responses token by token.
  case decode
  /// Scoring samples by the reference.
  case reference
  /// The learner's forward pass.
  case forward
  /// The output projection with loss and its gradients, in training.
  case head
  /// The learner's backward pass through the layers.
  case backward
  /// Folding gradients into integers, where that is a pass of its own.
  case fold
  /// The end of a mini-batch: sum over learners, clipping, the optimizer's step, packing.
  case update
  /// Sending or receiving new weights.
  case weights
  /// Waiting for orders.
  case idle
  /// Everything else.
  case other
}

/// What a stage's time is spent on.
public enum Part: Int, Sendable, CaseIterable {
  /// Products of activations with weights.
  case products
  /// Attention, storing of keys and values included.
  case attention
  /// The final norm and the output projection.
  case head
  /// Choosing tokens: softmax, truncation, draw.
  case choosing
  /// Decoding and scoring texts.
  case scoring
  /// Products for the gradients of weights.
  case weightGradient
  /// Products for the gradients of activations.
  case inputGradient
  /// Folding gradients into integers.
  case fold
  /// Talking to other ranks.
  case communication
  /// The optimizer's arithmetic.
  case optimizer
  /// Bringing weights into the layouts that products read.
  case packing
  /// Everything else: norms, activations, residuals, embeddings.
  case other
}

/// Nanoseconds by stage and part.
public struct PhaseTable: Sendable, Equatable {
  /// Thread time inside blocks, counted beside the cells; see ``PhaseClock/share(_:_:)``.
  public internal(set) var shared: [Part: Int64] = [:]
  /// When each stage was first entered, from the clock's start.
  public internal(set) var firstEntered: [Stage: Int64] = [:]
  /// The time from the clock's start to the lap; 0 in a table that is no lap.
  public internal(set) var elapsed: Int64 = 0

  private var cells = [Int64](repeating: 0, count: Stage.allCases.count * Part.allCases.count)

  /// A table of zeros.
  public init() {}

  /// The nanoseconds of `part` in `stage`.
  public internal(set) subscript(stage: Stage, part: Part) -> Int64 {
    get { cells[Self.index(stage, part)] }
    set { cells[Self.index(stage, part)] = newValue }
  }

  /// The nanoseconds of `stage`, all parts together.
  public subscript(stage: Stage) -> Int64 { Part.allCases.reduce(0) { $0 + self[stage, $1] } }

  /// The nanoseconds of all stages.
  public var total: Int64 { cells.reduce(0, +) }

  /// What came to `later` after `earlier`.
  public static func - (later: PhaseTable, earlier: PhaseTable) -> PhaseTable {
    var difference = later
    for index in difference.cells.indices { difference.cells[index] -= earlier.cells[index] }
    for (part, time) in earlier.shared { difference.shared[part, default: 0] -= time }
    difference.elapsed -= earlier.elapsed
    return difference
  }

  private static func index(_ stage: Stage, _ part: Part) -> Int {
    stage.rawValue * Part.allCases.count + part.rawValue
  }
}
