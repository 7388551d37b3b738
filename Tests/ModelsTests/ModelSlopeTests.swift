import Foundation
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
    let (model, weights) = try subject.make()
    let loss = OracleLoss(model)
    let pass = TreePass(model: model, temperature: Float(loss.temperature), pieceTokens: 9, retention: .none)
    let parameters = doubles(weights.parameters.elements)
    for tree in loss.trees {
      for (branch, found) in zip(tree.branches, pass.score(tree, weights: weights)) {
        let expected = loss.rows(tree, branch, parameters).map { $0.logProbabilities[$0.token] }
        expectClose(found, expected, absolute: 1e-5)
      }
    }
  }

  /// For each tensor: the slope along a random direction, which every element enters, and the slopes of the
  /// element with the largest gradient and of three others.
  @Test("every tensor's gradient, within 1e-5 of its largest element", arguments: Subject.odd)
  func gradients(subject: Subject) throws {
    let (model, weights) = try subject.make()
    let loss = OracleLoss(model)
    let gradient = loss.gradient(model, weights, pieceTokens: 9).elements
    let parameters = doubles(weights.parameters.elements)
    var draw = namedGenerator("elements")
    for parameter in model.table.parameters {
      let own = Array(gradient[parameter.range])
      let largest = try #require(own.indices.max { own[$0].magnitude < own[$1].magnitude })
      let tolerance = 1e-5 * Double(own[largest].magnitude)
      for place in [largest] + (0..<3).map({ _ in draw.next(below: parameter.count) }) {
        let slope = loss.slope(parameters) { $0[parameter.offset + place] += $1 }
        expectClose([own[place]], [slope], absolute: tolerance, relative: 0, "\(parameter.name)[\(place)]")
      }
      let direction = doubles(namedFloats("direction of " + parameter.name, parameter.count))
      let slope = loss.slope(parameters) { point, distance in
        for i in direction.indices { point[parameter.offset + i] += distance * direction[i] }
      }
      // Errors of elements add up like a random walk.
      expectClose(
        [Float(dot(doubles(own), direction))], [slope],
        absolute: tolerance * Double(parameter.count).squareRoot(),
        relative: 1e-6, "\(parameter.name) along a direction")
    }
  }

  @Test("gradients are added: accumulated twice, they are twice as large", arguments: Subject.odd)
  func added(subject: Subject) throws {
    let (model, weights) = try subject.make()
    let loss = OracleLoss(model)
    let once = loss.gradient(model, weights, pieceTokens: 9)
    let twice = loss.gradient(model, weights, pieceTokens: 9, times: 2)
    expectClose(
      twice.elements, once.elements.map { 2 * Double($0) }, absolute: 0, relative: 1e-5, ofLargest: 1e-6)
  }

  @Test("keeping activations or recomputing them gives the same bits", arguments: Subject.allCases)
  func retention(subject: Subject) throws {
    let (model, weights) = try subject.make()
    let loss = OracleLoss(model)
    let kept = loss.gradient(model, weights, pieceTokens: 9, retention: .all)
    let recomputed = loss.gradient(model, weights, pieceTokens: 9, retention: .inputs)
    expectSameBits(recomputed.elements, kept.elements)
    #expect(kept.elements.contains { $0 != 0 })
  }

  @Test(
    "the same pass gives the same bits again, after smaller and larger trees", arguments: Subject.allCases)
  func reuse(subject: Subject) throws {
    let (model, weights) = try subject.make()
    let loss = OracleLoss(model)
    let pass = TreePass(model: model, temperature: 1, pieceTokens: 9, retention: .inputs)
    let results = [0, 1, 0, 1].map { index in
      let gradients = Storage<Float>(zeros: model.parameterCount)
      pass.accumulate(loss.trees[index], weights: weights, gradients: gradients) {
        loss.derivative(index, $0)
      }
      return gradients.elements
    }
    expectSameBits(results[2], results[0])
    expectSameBits(results[3], results[1])
  }

  @Test("one thread and three give the same gradient bits", arguments: Subject.allCases)
  func threads(subject: Subject) throws {
    let (model, weights) = try subject.make()
    let loss = OracleLoss(model)
    let results = [1, 3, 2].map { threads in
      ThreadPool.configure(threads: threads)
      return loss.gradient(model, weights, pieceTokens: 30).elements
    }
    expectSameBits(results[1], results[0])
    expectSameBits(results[2], results[0])
  }

  @Test("the bounds of pieces move the gradient by rounding only", arguments: Subject.odd)
  func pieces(subject: Subject) throws {
    let (model, weights) = try subject.make()
    let loss = OracleLoss(model)
    let reference = loss.gradient(model, weights, pieceTokens: 1000).elements
    for pieceTokens in [1, 5, 9] {
      let found = loss.gradient(model, weights, pieceTokens: pieceTokens).elements
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
  ) -> Storage<Float> {
    let gradients = Storage<Float>(zeros: model.parameterCount)
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
