import Foundation
import Kernels
import LearnerWorker
import Models
import Randomness
import Tensors
import TestSupport
import Testing

/// Models of odd extents against the same formulas in Double, whole loss, every parameter tensor.
@Suite("The gradient of a whole loss is its slope")
struct ModelSlopeTests {
  @Test("scores agree with the same model in Double", arguments: Subject.odd)
  func scores(subject: Subject) throws {
    let (model, parameters, weights) = try subject.make()
    let loss = OracleLoss(model)
    let pass = TreePass(model: model, temperature: Float(loss.temperature), pieceTokens: 9, retention: .none)
    let point = doubles(parameters.elements)
    for tree in loss.trees {
      for (branch, found) in zip(tree.branches, pass.score(tree, weights: weights)) {
        let expected = loss.rows(tree, branch, point).map { $0.logProbabilities[$0.token] }
        expectClose(found, expected, absolute: 1e-5)
      }
    }
  }

  /// Behind a log-probability lie nine products with two factors each, every factor off by up to 2^-9 of its
  /// size, and logits of size 5.
  @Test("scores in bf16 agree with the same model in Double, matrices rounded", arguments: Subject.odd)
  func scoresInBF16(subject: Subject) throws {
    let (model, _, weights) = try subject.make(.bf16)
    let loss = OracleLoss(model)
    let pass = TreePass(model: model, temperature: Float(loss.temperature), pieceTokens: 9, retention: .none)
    let point = doubles(weights.elements(of: model))
    for tree in loss.trees {
      for (branch, found) in zip(tree.branches, pass.score(tree, weights: weights)) {
        let expected = loss.rows(tree, branch, point).map { $0.logProbabilities[$0.token] }
        expectClose(found, expected, absolute: 0.1, relative: 0)
      }
    }
  }

  @Test("every tensor's gradient, within 1e-5 of its largest element", arguments: Subject.odd)
  func gradients(subject: Subject) throws {
    let (model, parameters, weights) = try subject.make()
    try expectSlopes(model, weights, at: doubles(parameters.elements), tolerance: 1e-5)
  }

  /// Of single elements; as for whole tensors below, with the scatter of one draw.
  @Test("in bf16 every tensor's gradient, within 8 % of its largest element", arguments: Subject.odd)
  func gradientsInBF16(subject: Subject) throws {
    let (model, _, weights) = try subject.make(.bf16)
    try expectSlopes(model, weights, at: doubles(weights.elements(of: model)), tolerance: 8e-2)
  }

  /// Behind a gradient lie some 54 roundings of 2^-9/√3, 0.8 % together, which softmax and small tensors whose
  /// terms cancel magnify.
  @Test("in bf16 the gradient is near that of the same matrices in fp32", arguments: Subject.odd)
  func precisions(subject: Subject) throws {
    let (model, _, weights) = try subject.make(.bf16)
    let (exactModel, _, exactWeights) = try subject.make(.fp32)
    exactWeights.install(Tensor(weights.elements(of: model), shape: [model.parameterCount]).storage)
    let loss = OracleLoss(model)
    let found = doubles(loss.gradient(model, weights, pieceTokens: 9).gradient)
    let expected = doubles(loss.gradient(exactModel, exactWeights, pieceTokens: 9).gradient)
    let whole = distance(found[...], expected[...])
    #expect(1e-3 < whole && whole < 0.05)
    for parameter in model.table.parameters {
      let own = distance(found[parameter.range], expected[parameter.range])
      #expect(own < 0.08, "\(parameter.name)")
    }
  }

  /// The length of the difference in units of the expected one's.
  private func distance(_ found: ArraySlice<Double>, _ expected: ArraySlice<Double>) -> Double {
    let difference = zip(found, expected).map { $0 - $1 }
    return (dot(difference, difference) / dot(Array(expected), Array(expected))).squareRoot()
  }

  /// Compares, for each tensor, the slopes of the element with the largest gradient and of three others, within
  /// `tolerance` of the largest, and the slope along a random direction, which every element enters.
  private func expectSlopes(
    _ model: LanguageModel, _ weights: ModelWeights, at point: [Double], tolerance: Double
  ) throws {
    let loss = OracleLoss(model)
    let gradient = loss.gradient(model, weights, pieceTokens: 9).gradient
    var draw = namedGenerator("elements")
    for parameter in model.table.parameters {
      let own = Array(gradient[parameter.range])
      let largest = try #require(own.indices.max { own[$0].magnitude < own[$1].magnitude })
      let bound = tolerance * Double(own[largest].magnitude)
      for place in [largest] + (0..<3).map({ _ in draw.next(below: parameter.count) }) {
        let slope = loss.slope(point) { $0[parameter.offset + place] += $1 }
        expectClose([own[place]], [slope], absolute: bound, relative: 0, "\(parameter.name)[\(place)]")
      }
      let direction = doubles(namedFloats("direction of " + parameter.name, parameter.count))
      let slope = loss.slope(point) { point, distance in
        for i in direction.indices { point[parameter.offset + i] += distance * direction[i] }
      }
      // Errors of elements add up like a random walk.
      expectClose(
        [Float(dot(doubles(own), direction))], [slope],
        absolute: bound * Double(parameter.count).squareRoot(),
        relative: 1e-6, "\(parameter.name) along a direction")
    }
  }

  @Test("gradients are added: accumulated twice, they are twice as large to the unit", arguments: Variant.odd)
  func added(variant: Variant) throws {
    let (model, _, weights) = try variant.make()
    let loss = OracleLoss(model)
    let once = loss.gradient(model, weights, pieceTokens: 9)
    let twice = loss.gradient(model, weights, pieceTokens: 9, times: 2)
    #expect(twice.sums == once.sums.map { 2 * $0 })
  }

  @Test("keeping activations or recomputing them gives the same bits", arguments: Variant.all)
  func retention(variant: Variant) throws {
    let (model, _, weights) = try variant.make()
    let loss = OracleLoss(model)
    let kept = loss.gradient(model, weights, pieceTokens: 9, retention: .all)
    // Of a batch of nine rows eight rows' activations are one layer's; of some shorter ones they are all.
    let eightRows = Workspace.Retention.layers(bytes: 8 * model.activationBytesPerRow)
    for retention in [.inputs, eightRows] {
      let recomputed = loss.gradient(model, weights, pieceTokens: 9, retention: retention)
      #expect(recomputed.sums == kept.sums, "\(retention)")
    }
    #expect(kept.sums.contains { $0 != 0 })
  }

  @Test("a tree adds the same integers whatever was computed or added before it", arguments: Variant.all)
  func reuse(variant: Variant) throws {
    let (model, _, weights) = try variant.make()
    let loss = OracleLoss(model)
    let pass = TreePass(model: model, temperature: 1, pieceTokens: 9, retention: .inputs)
    let totals = GradientTotals(model, scale: 0x1p40)
    var before = totals.sums
    var magnitudes: [Float] = []
    let added = [0, 1, 0, 1].map { index in
      pass.accumulate(loss.trees[index], weights: weights, gradients: totals) { loss.derivative(index, $0) }
      magnitudes.append(totals.takeMagnitude())
      defer { before = totals.sums }
      return zip(totals.sums, before).map { $0 &- $1 }
    }
    #expect(added[2] == added[0] && added[3] == added[1])
    #expect(magnitudes[2] == magnitudes[0] && magnitudes[3] == magnitudes[1])
  }

  @Test("one thread and three give the same gradient bits", arguments: Variant.all)
  func threads(variant: Variant) throws {
    let (model, _, weights) = try variant.make()
    let loss = OracleLoss(model)
    let results = [1, 3, 2].map { threads in
      ThreadPool.configure(threads: threads)
      return loss.gradient(model, weights, pieceTokens: 30).sums
    }
    #expect(results[1] == results[0] && results[2] == results[0])
  }

  @Test("the bounds of pieces move the gradient by rounding only", arguments: Variant.odd)
  func pieces(variant: Variant) throws {
    let (model, _, weights) = try variant.make()
    let loss = OracleLoss(model)
    let reference = loss.gradient(model, weights, pieceTokens: 1000).gradient
    for pieceTokens in [1, 5, 9] {
      let found = loss.gradient(model, weights, pieceTokens: pieceTokens).gradient
      for parameter in model.table.parameters {
        let (own, expected) = (found[parameter.range], reference[parameter.range])
        expectClose(Array(own), Array(expected), absolute: 0, ofLargest: 1e-5, parameter.name)
      }
    }
  }
}

/// A loss with made-up weights on the log-probability and the entropy of every target of two trees: a group
/// of three responses, and two examples without a shared beginning.
private struct OracleLoss {
  let temperature = 0.8
  let trees: [TokenTree]
  private let oracle: DoubleModel
  private let coefficients = namedFloats("coefficients", 200)

  init(_ model: LanguageModel) {
    oracle = DoubleModel(model)
    func tokens(_ name: String, _ count: Int) -> [Int32] {
      namedTokens(name, count, vocabulary: model.configuration.vocabularySize)
    }
    trees = [
      TokenTree(
        trunk: tokens("trunk", 5), branches: [6, 1, 4].map { .init(tokens: tokens("branch \($0)", $0)) }),
      TokenTree(
        trunk: [],
        branches: [
          .init(tokens: tokens("first", 7), firstTarget: 3),
          .init(tokens: tokens("second", 5), firstTarget: 1),
        ]),
    ]
  }

  func derivative(_ tree: Int, _ token: ScoredToken) -> TokenDerivative {
    derivative(tree, branch: token.branch, index: token.index)
  }

  private func derivative(_ tree: Int, branch: Int, index: Int) -> TokenDerivative {
    let place = tree * 100 + branch * 20 + index * 2
    return TokenDerivative(logProbability: coefficients[place], entropy: coefficients[place + 1])
  }

  /// The gradient of the model under test.
  func gradient(
    _ model: LanguageModel, _ weights: ModelWeights, pieceTokens: Int, retention: Workspace.Retention = .all,
    times: Int = 1
  ) -> GradientTotals {
    let gradients = GradientTotals(model, scale: 0x1p40)
    let pass = TreePass(
      model: model, temperature: Float(temperature), pieceTokens: pieceTokens, retention: retention)
    for _ in 0..<times {
      for (index, tree) in trees.enumerated() {
        pass.accumulate(tree, weights: weights, gradients: gradients) { derivative(index, $0) }
      }
    }
    return gradients
  }

  /// The slope of the loss in Double at `parameters`, as `move` moves them; its own error is near 1e-9.
  func slope(_ parameters: [Double], _ move: (_ point: inout [Double], _ distance: Double) -> Void) -> Double
  {
    let step = 1e-5
    let values = [step, -step].map { distance in
      var point = parameters
      move(&point, distance)
      return loss(point)
    }
    return (values[0] - values[1]) / (2 * step)
  }

  /// What the oracle says of each target of a branch, and which token the target is.
  func rows(
    _ tree: TokenTree, _ branch: TokenTree.Branch, _ parameters: [Double]
  ) -> [(logProbabilities: [Double], token: Int)] {
    let all = oracle.logProbabilities(
      tree.trunk + branch.tokens, parameters: parameters, temperature: temperature)
    return (branch.firstTarget..<branch.tokens.count).map {
      (all[tree.trunk.count + $0 - 1], Int(branch.tokens[$0]))
    }
  }

  private func loss(_ parameters: [Double]) -> Double {
    var sum = 0.0
    for (index, tree) in trees.enumerated() {
      for (number, branch) in tree.branches.enumerated() {
        for (i, row) in rows(tree, branch, parameters).enumerated() {
          let weight = derivative(index, branch: number, index: branch.firstTarget + i)
          let entropy = -row.logProbabilities.reduce(0) { $0 + exp($1) * $1 }
          sum +=
            Double(weight.logProbability) * row.logProbabilities[row.token] + Double(weight.entropy) * entropy
        }
      }
    }
    return sum
  }
}
