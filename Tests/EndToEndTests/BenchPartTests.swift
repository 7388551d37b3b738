import Foundation
import Models
import Tensors
import TestSupport
import Testing
import Tokenization

@testable import prorl_coordinator

/// What benchmarks are made of.
@Suite("Benchmark parts")
struct BenchPartTests {
  // MARK: Operations

  @Test(
    "a group's rows and keys are those that a walk over its tokens finds",
    arguments: [(1, 1, 1), (5, 3, 7), (64, 8, 128), (1, 4, 2), (9, 2, 1)])
  func lengths(prompt: Int, responses: Int, new: Int) {
    var (rows, keys, predicting) = (0, 0, 1)
    for position in 0..<prompt { (rows, keys) = (rows + 1, keys + position + 1) }
    for _ in 0..<responses {
      // The last token of a response is never an input.
      for token in 0..<new - 1 {
        (rows, keys, predicting) = (rows + 1, keys + prompt + token + 1, predicting + 1)
      }
    }
    let group = GroupLengths(promptTokens: prompt, responses: responses, newTokens: new)
    #expect((group.rows, group.keys, group.headRows) == (rows, keys, predicting))
  }

  @Test(
    "the built-in shapes have their models' parameters",
    arguments: [
      (BenchShape.gpt2, 124_439_808, 84_934_656, 38_597_376),
      (.qwen0B5, 494_032_768, 357_826_560, 136_134_656),
      (.qwen1B5, 1_543_714_304, 1_310_195_712, 233_373_696),
    ])
  func shapes(shape: BenchShape, parameters: Int, body: Int, head: Int) throws {
    let folder = try TemporaryDirectory()
    try folder.write("config.json", shape.configuration)
    let configuration = try ModelConfiguration(directory: folder.path)
    let cost = ModelCost(configuration)
    #expect(LanguageModel(configuration, contextLength: 1).parameterCount == parameters)
    #expect(cost.bodyParameters == body && cost.headParameters == head)
    #expect(configuration.endOfSequenceIds.isEmpty)
  }

  // MARK: Text

  @Test("every letter of a prompt is a token, and nothing ends a response", arguments: [1024, 50_257])
  func tokenizer(vocabularySize: Int) throws {
    let folder = try TemporaryDirectory()
    try BenchTokenizer(vocabularySize: vocabularySize, newTokens: 128).write(to: folder.path)
    let tokenizer = try Tokenizer(directory: folder.path)
    #expect(tokenizer.vocabularySize == vocabularySize && tokenizer.endOfTextIds.isEmpty)
    for (number, tokens) in [(0, 1), (1, 64), (2, 1000)] {
      let prompt = BenchModel.prompt(number, tokens: tokens, seed: 3)
      #expect(tokenizer.encode(prompt).count == tokens)
      #expect(prompt == BenchModel.prompt(number, tokens: tokens, seed: 3))
      #expect(prompt != BenchModel.prompt(number + 1, tokens: tokens, seed: 3) || tokens == 1)
    }
    let texts = (0..<vocabularySize).map { tokenizer.decode([Int32($0)], skipSpecialTokens: true) }
    #expect(Set(texts).count == vocabularySize && !texts.contains(""))
  }

  @Test("about half of all responses hold the coin", arguments: [1, 7, 32, 128, 1024])
  func coin(newTokens: Int) {
    let vocabularySize = 50_257
    let tokenizer = BenchTokenizer(vocabularySize: vocabularySize, newTokens: newTokens)
    let coins = (0..<vocabularySize).count { tokenizer.word($0).contains(BenchTokenizer.coin) }
    let none = pow(1 - Double(coins) / Double(vocabularySize), Double(newTokens))
    #expect((0.45...0.55).contains(none), "\(none)")
  }

  // MARK: Weights

  @Test("random weights have the deviation of first weights, and are the same in pieces")
  func weights() {
    func matrix(_ number: Int, seed: UInt64) -> RandomWeights {
      RandomWeights(named: "transformer.wte.weight", axes: 2, number: number, seed: seed)
    }
    let drawn = matrix(4, seed: 9)
    let whole = values(drawn, 0..<30_000)
    #expect(values(drawn, 0..<7777) + values(drawn, 7777..<30_000) == whole)
    #expect(values(matrix(5, seed: 9), 0..<100) != Array(whole[0..<100]))
    #expect(values(matrix(4, seed: 8), 0..<100) != Array(whole[0..<100]))
    var (sum, squares) = (0.0, 0.0)
    for value in whole { (sum, squares) = (sum + Double(value), squares + Double(value) * Double(value)) }
    let mean = sum / 30_000
    let deviation = (squares / 30_000 - mean * mean).squareRoot()
    // Five standard errors of either.
    #expect(abs(mean) < 5 * 0.02 / 173 && abs(deviation - 0.02) < 5 * 0.02 / 245)
    #expect(whole.max() ?? 0 > 0.05 && whole.min() ?? 0 < -0.05)
  }

  @Test("norms begin with one and biases with zero")
  func constants() {
    let norm = RandomWeights(named: "model.norm.weight", axes: 1, number: 0, seed: 1)
    let bias = RandomWeights(named: "model.layers.0.self_attn.q_proj.bias", axes: 1, number: 0, seed: 1)
    #expect(values(norm, 0..<8) == [Float](repeating: 1, count: 8))
    #expect(values(bias, 0..<8) == [Float](repeating: 0, count: 8))
  }

  private func values(_ weights: RandomWeights, _ range: Range<Int>) -> [Float] {
    let tensor = Tensor(zeros: [range.count])
    var span = tensor.mutableSpan
    weights.write(to: &span, first: range.lowerBound)
    return (0..<range.count).map { tensor.span[$0] }
  }

  // MARK: Tables

  @Test("columns are aligned: words to the left, numbers to the right")
  func table() {
    let table = TextTable(header: ["a", "part", "s"], rows: [["stage", "", "1.5"], ["", "x", "10.25"]])
    #expect(table.lines == ["a      part      s", "stage          1.5", "       x     10.25"])
  }

  @Test("the peak of memory holds what was touched, and can be forgotten")
  func memory() {
    do {
      let tensor = Tensor(zeros: [1 << 27])
      var values = tensor.mutableSpan
      for i in stride(from: 0, to: values.count, by: 1024) { values[i] = 1 }
    }
    let peak = ResidentMemory.peak
    #expect(peak > 1 << 29)
    ResidentMemory.resetPeak()
    #expect(ResidentMemory.peak < peak - 1 << 27)
  }

  @Test("numbers and names are written one way everywhere")
  func words() {
    #expect(snakeCase("weightGradient") == "weight_gradient" && snakeCase("fold") == "fold")
    #expect(decimal(1234.567, 1) == "1234.6" && decimal(.nan, 1) == "nan" && percent(0.5) == "50.0 %")
    #expect(gibibytes(3 << 29) == "1.50 GiB")
  }
}
