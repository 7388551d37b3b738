import Kernels
import Tensors
import TestSupport
import Testing

@testable import Models

/// What is added to totals, and the bound of it that they report.
@Suite("Gradient totals")
struct GradientTotalsTests {
  private let model: LanguageModel
  private let totals: GradientTotals

  init() throws {
    model = try TinyModel(TinyExtents(odd: .qwen2)).model
    totals = GradientTotals(model, scale: 0x1p40)
  }

  private func parameter(_ name: String) throws -> Parameter {
    try #require(model.table.parameters.first { $0.name == name })
  }

  private func gradient(_ name: String) throws -> [Float] {
    Array(totals.gradient[try parameter(name).range])
  }

  @Test("a batch counts with its largest product or vector, batches add up")
  func magnitude() throws {
    let (gate, norm) = (
      try parameter("model.layers.0.mlp.gate_proj.weight"), try parameter("model.norm.weight")
    )
    for (product, vector) in [(3, 0.5), (0.25, 2), (0.125, 0)] as [(Float, Float)] {
      addOne(product, to: gate)
      add(vector, toVector: norm)
      totals.closeBatch()
    }
    #expect(totals.takeMagnitude() == 3 + 2 + 0.125)
    #expect(try gradient(gate.name)[0] == 3 + 0.25 + 0.125)
    #expect(try gradient(norm.name)[4] == 0.5 + 2)
    #expect(totals.takeMagnitude() == 0)
  }

  @Test("chunks of the head add up within a batch, for all of them may add to one element")
  func chunksOfTheHead() throws {
    let head = try parameter("model.embed_tokens.weight")
    for value in [1, 2, 4] as [Float] { addOne(value, to: head, isWholeBatch: false) }
    #expect(totals.takeMagnitude() == 7)
    #expect(try gradient(head.name)[0] == 7)
  }

  @Test("rows of an embedding go where their ids say, the same id several times, exactly")
  func embeddingRows() throws {
    let table = try parameter("model.embed_tokens.weight")
    let ids: [Int32] = [3, 0, 3, 36, 3]
    let rows = Tensor(named: "rows", [5, 30])
    totals.addRows(rows, ids: ids, to: table)
    var expected = [Int64](repeating: 0, count: model.parameterCount)
    var bound: Float = 0
    for (row, id) in ids.enumerated() {
      let elements = rows.rows(row..<row + 1).elements
      bound += elements.map(\.magnitude).max() ?? 0
      for (channel, element) in elements.enumerated() {
        expected[table.offset + Int(id) * 30 + channel] += Int64(
          (Double(element) * 0x1p40).rounded(.toNearestOrEven))
      }
    }
    #expect(totals.sums == expected)
    #expect(totals.takeMagnitude() == bound)
  }

  @Test(
    "what is not finite is told once, wherever it was, and goes with the totals",
    arguments: [
      Float.nan, .infinity, -.infinity,
    ])
  func notFinite(value: Float) throws {
    let (gate, norm) = (
      try parameter("model.layers.0.mlp.gate_proj.weight"), try parameter("model.norm.weight")
    )
    let embedding = try parameter("model.embed_tokens.weight")
    let ways: [() -> Void] = [
      { addOne(value, to: gate) }, { addOne(value, to: embedding, isWholeBatch: false) },
      { add(value, toVector: norm) },
      {
        totals.addRows(Tensor([Float](repeating: value, count: 30), shape: [1, 30]), ids: [2], to: embedding)
      },
    ]
    for way in ways {
      addOne(1, to: gate)
      way()
      addOne(1, to: gate)
      totals.closeBatch()
      addOne(1, to: gate)
      #expect(!totals.takeMagnitude().isFinite)
      totals.clear(0..<model.parameterCount)
      #expect(totals.sums.allSatisfy { $0 == 0 })
      addOne(2, to: gate)
      add(1, toVector: norm)
      #expect(totals.takeMagnitude() == 2)
      #expect(try gradient(norm.name)[4] == 1)
      totals.clear(0..<model.parameterCount)
    }
  }

  @Test("a range is cleared, and nothing else")
  func clearing() throws {
    let all = Tensor(named: "everything", [model.parameterCount])
    _ = foldGradient(all, scale: totals.scale, into: totals.integers)
    let before = totals.sums
    let range = 5..<model.parameterCount - 3
    totals.clear(range)
    #expect(totals.sums == before.enumerated().map { range.contains($0.offset) ? 0 : $0.element })
  }

  @Test("the reported magnitude bounds what every total grew by", arguments: Variant.odd)
  func bound(variant: Variant) throws {
    let (model, _, weights) = try variant.make()
    let totals = GradientTotals(model, scale: 0x1p36)
    let workspace = model.makeWorkspace(.all)
    let (rows, vocabulary) = (40, model.configuration.vocabularySize)
    let tokens = namedTokens("tokens", rows, vocabulary: 3)
    for _ in 0..<2 {
      let segment = KeyValueSegment(pool: model.makeKeyValuePool(), positions: rows)
      let batch = TokenBatch(tokens: tokens, sequences: [SequenceRows(rows: 0..<rows, own: segment)])
      let hidden = model.forward(batch, weights: weights, workspace: workspace)
      let (normed, logits) = (Tensor(zeros: hidden.shape), Tensor(named: "slopes", [rows, vocabulary]))
      let dHidden = Tensor(zeros: hidden.shape)
      model.logits(hidden, normed: normed, weights: weights, into: Tensor(zeros: [rows, vocabulary]))
      model.logitsBackward(
        logits, hidden: hidden, normed: normed, weights: weights, gradients: totals, addingTo: dHidden)
      model.backward(
        batch, dHidden: dHidden, weights: weights, workspace: workspace, gradients: totals, trunk: nil,
        trunkRows: 0)
    }
    let largest = totals.gradient.reduce(0) { max($0, $1.magnitude) }
    let magnitude = totals.takeMagnitude()
    #expect(largest > 0 && largest <= magnitude)
  }

  /// Adds `value` to the first element of a matrix.
  private func addOne(_ value: Float, to parameter: Parameter, isWholeBatch: Bool = true) {
    let left = Tensor(
      [value] + [Float](repeating: 0, count: parameter.shape[0] - 1), shape: [parameter.shape[0]])
    let right = Tensor(
      [1] + [Float](repeating: 0, count: parameter.shape[1] - 1), shape: [parameter.shape[1]])
    totals.addProduct(
      MatrixView(left, rows: left.count, rowLength: 1, columns: 1),
      MatrixView(right, rows: 1, rowLength: right.count, columns: right.count), to: parameter,
      isWholeBatch: isWholeBatch)
  }

  /// Adds `value` to element 4 of a vector.
  private func add(_ value: Float, toVector parameter: Parameter) {
    let vector = totals.vector(parameter)
    var elements = vector.mutableSpan
    elements[4] += value
  }
}
