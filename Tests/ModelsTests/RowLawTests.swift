import Kernels
import LearnerWorker
import Models
import Randomness
import Tensors
import TestSupport
import Testing

/// The bits of a row depend on the weights and on the tokens before it, on nothing else.
///
/// Every test compares with one sequence alone in one call on one thread.
@Suite("The row law", .serialized)
struct RowLawTests {
  private static let lengths = [70, 1 + 1, 9, 33, 45, 8]

  @Test("token by token and in chunks gives the bits of one call", arguments: Variant.all)
  func decoding(variant: Variant) throws {
    let law = try Law(variant)
    for chunk in [1, 2, 7, 8, 13, 32] {
      let schedule = stride(from: 0, to: 69, by: chunk).map { [Step(strand: 0, rows: min(chunk, 69 - $0))] }
      law.expect([law.strands[0]], schedule, gives: [law.reference[0]], "chunks of \(chunk)")
    }
  }

  @Test("neighbours and places in the batch change no bit", arguments: Variant.all)
  func neighbours(variant: Variant) throws {
    let law = try Law(variant)
    for order in [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [2, 0], [3, 5, 0, 1]] {
      let call = order.map { Step(strand: $0, rows: law.strands[$0].tokens.count - 1) }
      let found = law.pass.bits(law.strands, schedule: [call])
      for strand in order { #expect(found[strand] == law.reference[strand], "\(order): strand \(strand)") }
    }
  }

  @Test(
    "however prefill and decoding are packed into calls, no bit changes", arguments: Variant.all, 0..<4)
  func packing(variant: Variant, number: Int) throws {
    let law = try Law(variant)
    let schedule = randomSchedule("packing \(number)", rows: law.strands.map { $0.tokens.count - 1 })
    law.expect(law.strands, schedule, gives: law.reference, "schedule \(number)")
  }

  @Test("branches of a trunk of any length have the bits of whole sequences", arguments: Variant.all)
  func trunkAndBranches(variant: Variant) throws {
    let law = try Law(variant)
    let whole = law.strands[0].tokens
    for trunkLength in [1, 5, 8, 31, 64, 68] {
      // The segment holds more than the branches read, as that of a longer prompt does.
      let trunk = law.pass.segment(of: Array(whole.dropLast()), capacity: 75)
      let others = [12, 2, 5].map { count in
        Array(whole[..<trunkLength]) + namedTokens("branch \(count)", count, vocabulary: law.vocabulary)
      }
      let tokens = [whole] + others
      let strands = tokens.map { Strand($0, trunk: trunk, trunkLength: trunkLength) }
      let expected = tokens.map { Array(law.alone($0)[trunkLength...]) }
      let schedule = randomSchedule("trunk \(trunkLength)", rows: expected.map(\.count))
      law.expect(strands, schedule, gives: expected, "trunk of \(trunkLength)")
    }
  }

  @Test("a tree's scores are those of its sequences alone, whatever the pieces", arguments: Variant.all)
  func trees(variant: Variant) throws {
    let law = try Law(variant)
    let trunk = Array(law.strands[0].tokens[..<23])
    let branches = [30, 1, 2, 7, 18].map { namedTokens("branch \($0)", $0, vocabulary: law.vocabulary) }
    let expected = branches.map { law.alone(trunk + $0)[22...].map(\.logProbability) }
    for pieceTokens in [1, 19, 30, 1000] {
      for retention in [Workspace.Retention.none, .inputs, .all] {
        let pass = TreePass(model: law.model, temperature: 1, pieceTokens: pieceTokens, retention: retention)
        let tree = TokenTree(trunk: trunk, branches: branches.map { TokenTree.Branch(tokens: $0) })
        let found = pass.score(tree, weights: law.weights).map { $0.map(\.bitPattern) }
        #expect(found == expected, "pieces of \(pieceTokens)")
      }
    }
  }

  @Test("branches without a trunk are scored from their first target on", arguments: Variant.all)
  func treesWithoutTrunk(variant: Variant) throws {
    let law = try Law(variant)
    let firstTargets = [40, 1, 3, 32, 44, 20]
    let branches = zip(law.strands, firstTargets).map { TokenTree.Branch(tokens: $0.tokens, firstTarget: $1) }
    let expected = zip(law.reference, firstTargets).map { bits, first in
      bits.dropFirst(first - 1).map(\.logProbability)
    }
    let pass = TreePass(model: law.model, temperature: 1, pieceTokens: 50, retention: .none)
    let found = pass.score(TokenTree(trunk: [], branches: branches), weights: law.weights)
    #expect(found.map { $0.map(\.bitPattern) } == expected)
  }

  @Test("one thread and three give the same bits", arguments: Variant.all)
  func threads(variant: Variant) throws {
    let law = try Law(variant)
    let call = law.strands.indices.map { Step(strand: $0, rows: law.strands[$0].tokens.count - 1) }
    for threads in [3, 2] {
      ThreadPool.configure(threads: threads)
      for _ in 0..<3 { law.expect(law.strands, [call], gives: law.reference, "\(threads) threads") }
    }
    ThreadPool.configure(threads: 1)
  }

  @Test(
    "other processes, with narrower vectors or more threads, give the same logits and gradients",
    arguments: [("1", "AVX2"), ("3", "AVX2"), ("3", ""), ("8", "")])
  func processes(threads: String, limit: String) throws {
    let directories = Golden.names.map { Golden.path($0) }
    let reference = try kernelProbe(["1"] + directories, environment: ["PRORL_MAX_ISA": ""])
    let found = try kernelProbe([threads] + directories, environment: ["PRORL_MAX_ISA": limit])
    for name in Golden.names {
      for precision in Precision.allCases {
        let isWanted = { (line: String) in line.hasPrefix("\(name) \(precision) ") }
        let (expected, actual) = (reference.first(where: isWanted), found.first(where: isWanted))
        #expect(expected != nil && actual == expected)
      }
    }
  }

  /// Six sequences of a subject and what each says alone.
  private struct Law {
    let model: LanguageModel
    let weights: ModelWeights
    let pass: Strands
    let strands: [Strand]
    let reference: [[RowBits]]
    var vocabulary: Int { model.configuration.vocabularySize }

    init(_ variant: Variant) throws {
      let made = try variant.make()
      (model, weights) = (made.model, made.weights)
      let pass = Strands(made.model, made.weights)
      ThreadPool.configure(threads: 1)
      let strands = lengths.map {
        Strand(namedTokens("strand of \($0)", $0, vocabulary: made.model.configuration.vocabularySize))
      }
      (self.pass, self.strands) = (pass, strands)
      reference = strands.map { pass.bits([$0], schedule: [[Step(strand: 0, rows: $0.tokens.count - 1)]])[0] }
    }

    func alone(_ tokens: [Int32]) -> [RowBits] {
      pass.bits([Strand(tokens)], schedule: [[Step(strand: 0, rows: tokens.count - 1)]])[0]
    }

    func expect(_ strands: [Strand], _ schedule: [[Step]], gives expected: [[RowBits]], _ what: String) {
      for (strand, bits) in pass.bits(strands, schedule: schedule).enumerated() where bits != expected[strand]
      {
        let row =
          zip(bits, expected[strand]).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? -1
        Issue.record("\(what): strand \(strand) differs from row \(row) on, or in length")
      }
    }
  }

  /// Calls of strands in random order, each with one row, all that is left, or anything between.
  private func randomSchedule(_ name: String, rows: [Int]) -> [[Step]] {
    var draw = namedGenerator(name)
    var left = rows
    var schedule: [[Step]] = []
    while left.contains(where: { $0 > 0 }) {
      let waiting = left.indices.filter { left[$0] > 0 }
      let chosen = draw.choose(draw.integer(in: 1...waiting.count), of: waiting)
      schedule.append(
        chosen.map { strand in
          let count = [1, left[strand], draw.integer(in: 1...left[strand])][draw.next(below: 3)]
          left[strand] -= count
          return Step(strand: strand, rows: count)
        })
    }
    return schedule
  }
}
