import Experience
import Kernels
import Messages
import Models
import Randomness
import TestSupport
import Testing
import Tokenization

@testable import RolloutWorker

/// Memory, waves and the order of arrival change when a token is drawn, never which.
@Suite("Continuous batching", .serialized)
struct ContinuousBatchingTests {
  /// Limits in pages of the model's keys and values.
  private func limits(_ bench: Bench, responses: Int = 512, pages: Int = 1 << 20) -> RolloutLimits {
    RolloutLimits(
      responses: responses, cacheBytes: pages * KeyValuePool.pageBytes(bench.model.keyValueShape))
  }

  // MARK: The same bits

  @Test("any budget of pages gives the same bits", arguments: RolloutEngineTests.models, [0, 1, 5, 9, 20])
  func budgets(name: String, pages: Int) throws {
    let bench = try Bench(name)
    let plenty = bench.engine()
    let expected = bytes(try bench.sample(mixedAssignments, with: plenty))
    let tight = bench.engine(limits: limits(bench, pages: pages))
    #expect(bytes(try bench.sample(mixedAssignments, with: tight)) == expected)
    #expect(plenty.counts.preemptions == 0 && plenty.counts.draws == tight.counts.draws)
    // Nobody shares memory with the oldest when it goes beyond the budget.
    let alone = mixedAssignments.count + 200 / KeyValuePool.pagePositions + 1
    #expect(tight.counts.mostPages <= max(pages, alone))
    #expect(tight.counts.passes > plenty.counts.passes)
  }

  @Test("in bf16, too, neither memory nor places change a bit")
  func bf16() throws {
    let bench = try Bench("llama3-tiny", precision: .bf16)
    let expected = bytes(try bench.sample(mixedAssignments, with: bench.engine()))
    for (responses, pages) in [(512, 5), (3, 1 << 20), (7, 12)] {
      let engine = bench.engine(limits: limits(bench, responses: responses, pages: pages))
      #expect(bytes(try bench.sample(mixedAssignments, with: engine)) == expected, "\(responses), \(pages)")
    }
  }

  @Test("what lost its pages is computed again less than once on average, however few there are")
  func recomputation() throws {
    let bench = try Bench("qwen2-tiny")
    let short = (0..<4).map {
      assignment("s\($0)", ordinal: $0, samples: 8, sampling: SamplingParameters(maximumTokens: 2))
    }
    let long = (4..<12).map {
      assignment("long \($0)", ordinal: $0, samples: 8, sampling: SamplingParameters(maximumTokens: 180))
    }
    let plenty = bench.engine()
    _ = try bench.sample(short + long, with: plenty)
    for pages in [8, 16, 32, 64, 128] {
      let engine = bench.engine(limits: limits(bench, pages: pages))
      _ = try bench.sample(short + long, with: engine)
      #expect(engine.counts.preemptions > 0 || pages > 64)
      #expect(engine.counts.rows < 2 * plenty.counts.rows, "\(pages) pages")
    }
  }

  @Test("responses that lose their pages again and again stay the same to the bit")
  func preemption() throws {
    let bench = try Bench("qwen2-tiny")
    // Short ones first, which make the engine expect short ones.
    let short = (0..<8).map {
      assignment("s\($0)", ordinal: $0, samples: 8, sampling: SamplingParameters(maximumTokens: 3))
    }
    let long = (8..<14).map {
      assignment("long \($0)", ordinal: $0, samples: 5, sampling: SamplingParameters(maximumTokens: 150))
    }
    let expected = bytes(try bench.sample(short + long, with: bench.engine()))
    for pages in [3, 11, 17, 40] {
      let engine = bench.engine(limits: limits(bench, pages: pages))
      #expect(bytes(try bench.sample(short + long, with: engine)) == expected, "\(pages) pages")
      #expect(engine.counts.preemptions > 0, "\(pages) pages")
    }
  }

  @Test("any number of responses together gives the same bits", arguments: [1, 2, 3, 7, 32])
  func seats(responses: Int) throws {
    let bench = try Bench("llama3-tiny")
    let expected = bytes(try bench.sample(mixedAssignments, with: bench.engine()))
    let engine = bench.engine(limits: limits(bench, responses: responses))
    #expect(bytes(try bench.sample(mixedAssignments, with: engine)) == expected)
    // Decoding rows, and the last part of a prompt.
    #expect(engine.counts.mostRows <= responses + PassPlan.prefillRows)
    #expect(engine.counts.passes * responses >= engine.counts.draws - 48)
  }

  @Test("groups that come when they like, in any order, with any limits: the same bits", arguments: 0..<12)
  func arrival(number: Int) throws {
    let bench = try Bench(RolloutEngineTests.models[number % 4])
    let expected = bytes(try bench.sample(mixedAssignments, with: bench.engine()))
    var draw = namedGenerator("arrival \(number)")
    var waiting = mixedAssignments
    draw.shuffle(&waiting)
    let engine = bench.engine(
      limits: limits(bench, responses: draw.integer(in: 1...40), pages: draw.integer(in: 1...60)))
    var groups: [Int: ScoredGroup] = [:]
    while !waiting.isEmpty || engine.liveGroups > 0 {
      for _ in 0..<min(waiting.count, draw.next(below: 3)) {
        try engine.admit(waiting.removeLast(), policyVersion: 3)
      }
      for _ in 0...draw.next(below: 20) {
        for (_, _, group) in engine.step(weights: bench.weights) { groups[group.ordinal] = group }
      }
    }
    #expect(bytes(groups) == expected)
  }

  // MARK: Passes

  @Test("short prompts are read in one pass, with one row of logits each")
  func promptsTogether() throws {
    let bench = try Bench("qwen2-tiny")
    let engine = bench.engine()
    let prompt = String(repeating: "#1", count: 32)
    #expect(bench.tokenizer.encode(prompt).count == 64)
    for ordinal in 0..<8 {
      try engine.admit(assignment(prompt, ordinal: ordinal, samples: 8), policyVersion: 0)
    }
    _ = engine.step(weights: bench.weights)
    #expect(
      engine.counts == RolloutCounts(passes: 1, rows: 512, logitRows: 8, draws: 64, mostRows: 512, pages: 16))
  }

  @Test("a long prompt is read in parts while others go on decoding")
  func longPrompts() throws {
    let bench = try Bench("gpt2-tiny")
    let engine = bench.engine(contextLength: 128)
    try engine.admit(
      assignment(
        "x", ordinal: 0, samples: 1, sampling: SamplingParameters(temperature: 0, maximumTokens: 30)),
      policyVersion: 0)
    _ = engine.step(weights: bench.weights)
    // More than two passes' worth of prompts, together.
    let prompt = String(repeating: "#1", count: 45)
    for ordinal in 1...13 { try engine.admit(assignment(prompt, ordinal: ordinal), policyVersion: 0) }
    var before = engine.counts
    #expect(before.rows == 1)
    for prefilled in [512, 512, 13 * 90 - 1024] {
      _ = engine.step(weights: bench.weights)
      #expect(engine.counts.rows - before.rows >= prefilled + 1)
      #expect(engine.counts.mostRows <= 512 + 40)
      #expect(engine.counts.draws > before.draws)
      before = engine.counts
    }
  }

  @Test("the output projection sees as many rows as tokens are drawn, less those that share a prompt's end")
  func logitRows() throws {
    let bench = try Bench("qwen2-tiny")
    let engine = bench.engine()
    let groups = try bench.sample(mixedAssignments, with: engine)
    let tokens = groups.values.reduce(0) { $0 + $1.tokenCount }
    let responses = mixedAssignments.reduce(0) { $0 + $1.samples }
    let prompts = groups.values.reduce(0) { $0 + $1.promptTokens.count }
    #expect(engine.counts.draws == tokens)
    #expect(engine.counts.logitRows == tokens - responses + mixedAssignments.count)
    #expect(engine.counts.rows == prompts + tokens - responses)
  }

  @Test("a place that becomes free is taken in the next pass, and older groups end first")
  func placesAreTaken() throws {
    let bench = try Bench("qwen2-tiny")
    let engine = bench.engine(limits: limits(bench, responses: 4))
    for ordinal in 0..<6 {
      let sampling = SamplingParameters(topK: 1, maximumTokens: 7)
      try engine.admit(
        assignment("abcdef"[ordinal], ordinal: ordinal, samples: 2, sampling: sampling), policyVersion: 0)
    }
    var ended: [Int] = []
    while engine.liveGroups > 0 {
      let before = engine.counts
      ended += engine.step(weights: bench.weights).map(\.group.ordinal)
      // As long as there are enough of them, four draw in every pass.
      if engine.liveResponses > 4 { #expect(engine.counts.draws - before.draws >= 4) }
    }
    #expect(ended == ended.sorted() && ended.count == 6)
  }
}

extension String {
  fileprivate subscript(_ index: Int) -> String { String(Array(self)[index]) }
}

extension RolloutCounts {
  fileprivate init(passes: Int, rows: Int, logitRows: Int, draws: Int, mostRows: Int, pages: Int) {
    self.init()
    self.passes = passes
    self.rows = rows
    self.logitRows = logitRows
    self.draws = draws
    (mostPages, self.mostRows) = (pages, mostRows)
  }
}
