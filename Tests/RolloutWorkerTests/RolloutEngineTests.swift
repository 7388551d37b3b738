import Experience
import Kernels
import LearnerWorker
import Messages
import Models
import Randomness
import RolloutWorker
import Tasks
import Tensors
import TestSupport
import Testing
import Tokenization

/// A response depends on its weights, its prompt and its name; on nothing else.
@Suite("Rollout engine", .serialized)
struct RolloutEngineTests {
  static let models = ["qwen2-tiny", "gpt2-tiny", "llama3-tiny", "qwen3-tiny"]

  // MARK: The laws

  @Test(
    "one group at a time, all together, in any order, joining when they like: the same bits",
    arguments: models, Precision.allCases)
  func company(name: String, precision: Precision) throws {
    let bench = try Bench(name, precision: precision)
    ThreadPool.configure(threads: 1)
    var alone: [Int: ScoredGroup] = [:]
    for assignment in mixedAssignments {
      alone.merge(try bench.sample([assignment], with: bench.engine())) { $1 }
    }
    #expect(alone.count == mixedAssignments.count)
    #expect(try bench.sample(mixedAssignments, with: bench.engine()) == alone)
    #expect(try bench.sample(mixedAssignments.reversed(), with: bench.engine()) == alone)
    for number in 0..<3 {
      #expect(try sampleStaggered("company \(number)", bench) == alone, "schedule \(number)")
    }
  }

  @Test("any number of threads gives the same bits", arguments: models, Precision.allCases)
  func threads(name: String, precision: Precision) throws {
    let bench = try Bench(name, precision: precision)
    var groups: [[Int: ScoredGroup]] = []
    for threads in [1, 2, 3] {
      ThreadPool.configure(threads: threads)
      groups.append(try bench.sample(mixedAssignments, with: bench.engine()))
    }
    ThreadPool.configure(threads: 1)
    #expect(groups[0] == groups[1] && groups[0] == groups[2])
  }

  @Test("recorded log-probabilities are the learner's, to the bit", arguments: models, Precision.allCases)
  func sameAsLearner(name: String, precision: Precision) throws {
    let bench = try Bench(name, precision: precision)
    let groups = try bench.sample(mixedAssignments, with: bench.engine())
    for assignment in mixedAssignments {
      let group = try #require(groups[assignment.ordinal])
      let pass = TreePass(
        model: bench.model, temperature: assignment.sampling.scoringTemperature, pieceTokens: 50,
        retention: .none)
      let tree = TokenTree(
        trunk: group.promptTokens, branches: group.responses.map { TokenTree.Branch(tokens: $0.tokens) })
      for (sample, scores) in pass.score(tree, weights: bench.weights).enumerated() {
        expectSameBits(
          group.responses[sample].logProbabilities, scores,
          "log-probability of response \(sample) to \(assignment.ordinal)")
      }
    }
  }

  @Test("more responses than rows of logits change no bit", arguments: Precision.allCases)
  func manyResponses(precision: Precision) throws {
    let bench = try Bench("qwen2-tiny", precision: precision)
    let many = (0..<5).map { assignment("Group \($0)", ordinal: $0, samples: 33) }
    let together = try bench.sample(many, with: bench.engine())
    for assignment in many {
      #expect(
        try bench.sample([assignment], with: bench.engine())[assignment.ordinal]
          == together[assignment.ordinal])
    }
  }

  @Test("seed, step, ordinal, sample and use each name other tokens")
  func names() throws {
    let bench = try Bench("qwen2-tiny")
    let tokens = { (assignment: Assignment, seed: UInt64) in
      try bench.sample([assignment], with: bench.engine(seed: seed)).values.flatMap {
        $0.responses.map(\.tokens)
      }
    }
    let text = "Name"
    let all =
      try tokens(assignment(text), 1) + tokens(assignment(text), 2) + tokens(assignment(text, step: 6), 1)
      + tokens(assignment(text, ordinal: 1), 1) + tokens(assignment(text, use: .validation), 1)
    #expect(all.count == 15 && Set(all).count == 15)
    #expect(try tokens(assignment(text), 1) == Array(all[..<3]))
  }

  // MARK: Ends

  @Test("every response ends for the reason it gives")
  func finishReasons() throws {
    let bench = try Bench("qwen2-tiny")
    let sampling = SamplingParameters(maximumTokens: 60, stopStrings: ["the"])
    let group = try #require(
      try bench.sample([assignment("Once", samples: 60, sampling: sampling)], with: bench.engine())[0])
    for response in group.responses {
      let last = try #require(response.tokens.last)
      let whole = bench.tokenizer.decode(response.tokens, skipSpecialTokens: true)
      switch response.finish {
      case .endOfSequence: #expect([0, 2].contains(last) && response.text == whole)
      case .stopString: #expect(whole.hasPrefix(response.text + "the") && !response.text.contains("the"))
      case .length: #expect(response.tokens.count == 60 && response.text == whole)
      }
      #expect(!response.tokens.dropLast().contains { [0, 2].contains($0) })
      #expect(response.logProbabilities.count == response.tokens.count && response.entropySum > 0)
      #expect(response.nonFiniteLogits == 0 && response.reward == response.score)
      #expect(response.score == (response.text.contains("q") ? 1 : 0))
    }
    #expect(Set(group.responses.map(\.finish)) == Set(FinishReason.allCases))
    #expect(Set(group.responses.map(\.score)) == [0, 1])
    #expect(group.policyVersion == 3 && group.promptTokens == bench.tokenizer.encode("Once"))
  }

  @Test("a response ends where the context does", arguments: [1, 2, 7])
  func context(room: Int) throws {
    let bench = try Bench("qwen2-tiny")
    let count = bench.tokenizer.encode("Once upon a time").count
    let groups = try bench.sample(
      [assignment("Once upon a time", sampling: SamplingParameters(topK: 3, maximumTokens: 40))],
      with: bench.engine(contextLength: count + room))
    for response in try #require(groups[0]).responses {
      #expect(response.tokens.count == room && response.finish == .length)
    }
  }

  @Test("a prompt without room for a response is named with its lengths", arguments: [0, 1, 3])
  func promptTooLong(excess: Int) throws {
    let bench = try Bench("qwen2-tiny")
    let prompt = "Once upon a time"
    let count = bench.tokenizer.encode(prompt).count
    let engine = bench.engine(contextLength: count - excess)
    let error = RolloutError.promptTooLong(origin: "prompts.jsonl:8", tokens: count, limit: count - excess)
    #expect(throws: error) {
      try engine.admit(assignment(prompt, ordinal: 8), policyVersion: 0)
    }
    #expect(engine.liveGroups == 0)
    let sentence = "\(error)"
    #expect(sentence.hasPrefix("prompts.jsonl:8: ") && sentence.contains("\(count) tokens"))
    #expect(sentence.contains("shorten or remove it"))
  }

  @Test("a prompt of nothing is refused, unless the template adds to it")
  func emptyPrompt() throws {
    let bench = try Bench("qwen2-tiny")
    let engine = bench.engine()
    #expect(throws: RolloutError.emptyPrompt(origin: "prompts.jsonl:0")) {
      try engine.admit(assignment(""), policyVersion: 0)
    }
    #expect("\(RolloutError.emptyPrompt(origin: "a:1"))".hasPrefix("a:1: the prompt is empty"))
    let rendered = bench.engine(template: .chatml(defaultSystemPrompt: nil))
    try rendered.admit(assignment(""), policyVersion: 0)
    #expect(rendered.liveGroups == 1)
  }

  @Test("a prompt is rendered by the chat template")
  func template() throws {
    let bench = try Bench("qwen2-tiny")
    let groups = try bench.sample(
      [assignment("Hi")], with: bench.engine(template: .chatml(defaultSystemPrompt: nil)))
    let text = bench.tokenizer.decode(try #require(groups[0]).promptTokens, skipSpecialTokens: false)
    #expect(text == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")
    let messages = [Message(role: "system", content: "Be brief."), Message(role: "user", content: "Hi")]
    #expect(
      promptText(.messages(messages), template: .chatml(defaultSystemPrompt: nil))
        == "<|im_start|>system\nBe brief.<|im_end|>\n" + text)
  }

  // MARK: Joining and leaving

  @Test("a cancelled step leaves and the others go on")
  func cancel() throws {
    let bench = try Bench("qwen2-tiny")
    let engine = bench.engine()
    try engine.admit(assignment("a", ordinal: 1, step: 1), policyVersion: 0)
    try engine.admit(assignment("b", ordinal: 2, step: 2), policyVersion: 0)
    try engine.admit(
      assignment("c", ordinal: 3, use: .validation, step: 1), policyVersion: 0)
    #expect(engine.liveGroups == 3 && engine.liveResponses == 9)
    engine.cancel(use: .training, step: 1)
    #expect(engine.liveGroups == 2)
    var finished: [Int] = []
    while engine.liveGroups > 0 { finished += engine.step(weights: bench.weights).map(\.group.ordinal) }
    #expect(finished.sorted() == [2, 3])
    #expect(engine.step(weights: bench.weights).isEmpty)
  }

  @Test("weights of which nothing is finite end every response at once, without an answer")
  func brokenWeights() throws {
    let bench = try Bench("qwen2-tiny")
    let count = bench.model.parameterCount
    bench.weights.install(Tensor([Float](repeating: .nan, count: count), shape: [count]).storage)
    let group = try #require(try bench.sample([assignment("Once")], with: bench.engine())[0])
    for response in group.responses {
      #expect(response.tokens == [0] && response.finish == .endOfSequence && response.text.isEmpty)
      #expect(response.nonFiniteLogits == 1024 && response.logProbabilities == [0])
    }
  }

  /// Samples with groups that join in random order between random numbers of steps.
  private func sampleStaggered(_ name: String, _ bench: Bench) throws -> [Int: ScoredGroup] {
    var draw = namedGenerator(name)
    var waiting = mixedAssignments
    draw.shuffle(&waiting)
    let engine = bench.engine()
    var groups: [Int: ScoredGroup] = [:]
    while !waiting.isEmpty || engine.liveGroups > 0 {
      for _ in 0..<min(waiting.count, draw.next(below: 3)) {
        try engine.admit(waiting.removeLast(), policyVersion: 3)
      }
      for _ in 0...draw.next(below: 20) {
        for (_, _, group) in engine.step(weights: bench.weights) { groups[group.ordinal] = group }
      }
    }
    return groups
  }
}
