import Experience
import Messages
import PolicyOptimization
import Randomness
import Tasks
import TestSupport
import Testing

/// What one rank writes another reads, to the bit; whatever else comes is an error.
@Suite("Messages")
struct MessagesTests {
  /// A message of either direction, with the way to read it.
  struct Kind: Sendable, CustomTestStringConvertible {
    let name: String
    let messages: @Sendable (inout RandomContents) -> [[UInt8]]
    /// Reads a message and writes it again.
    let rewrite: @Sendable ([UInt8]) throws -> [UInt8]

    var testDescription: String { name }
  }

  static let kinds = [
    Kind(name: "order", messages: { $0.orders().map(\.bytes) }, rewrite: { try Order(bytes: $0).bytes }),
    Kind(name: "report", messages: { $0.reports().map(\.bytes) }, rewrite: { try Report(bytes: $0).bytes }),
  ]

  /// These, and the file of a checkpoint that is written alike.
  static let kindsAndFiles =
    kinds + [
      Kind(
        name: "sampled-steps", messages: { [$0.sampledRecords().bytes, SampledRecords().bytes] },
        rewrite: { try SampledRecords(bytes: $0).bytes })
    ]

  @Test("an order that arrives is the one that was sent", arguments: 0..<60)
  func orders(number: Int) throws {
    var contents = RandomContents("orders \(number)")
    for order in contents.orders() { #expect(try Order(bytes: order.bytes) == order) }
  }

  @Test("a report that arrives is the one that was sent", arguments: 0..<60)
  func reports(number: Int) throws {
    var contents = RandomContents("reports \(number)")
    for report in contents.reports() { #expect(try Report(bytes: report.bytes) == report) }
  }

  @Test("steps that were sampled and not trained come out of their file as they went in", arguments: 0..<60)
  func sampledRecords(number: Int) throws {
    var contents = RandomContents("sampled \(number)")
    let records = contents.sampledRecords()
    #expect(try SampledRecords(bytes: records.bytes) == records)
    #expect(SampledRecords().isEmpty && records.isEmpty == (records == SampledRecords()))
  }

  @Test("NaNs keep their bits on the way")
  func notANumber() throws {
    let sample = TrainingGroup.Sample(
      tokens: [1], oldLogProbabilities: [Float(bitPattern: 0x7FC1_2345)], advantages: [.nan],
      importanceWeights: [.nan])
    let order = Order.train(
      TrainingGroup(ordinal: 1, policyVersion: 2, promptTokens: [3], samples: [sample]),
      LossSettings(klCoefficient: -Double.nan, entropyCoefficient: .nan))
    #expect(try Order(bytes: order.bytes).bytes == order.bytes)
    guard case .train(let group, _) = try Order(bytes: order.bytes) else { throw NotTheSameCase() }
    #expect(group.samples[0].oldLogProbabilities[0].bitPattern == 0x7FC1_2345)
    let report = Report.updated(UpdateReport(step: 1, miniBatch: 0, gradientNorm: .nan, checksum: .max))
    #expect(try Report(bytes: report.bytes).bytes == report.bytes)
  }

  @Test("every beginning of a message is refused", arguments: kindsAndFiles, 0..<6)
  func truncated(kind: Kind, number: Int) {
    var contents = RandomContents("truncated \(number)")
    for message in kind.messages(&contents) {
      for length in message.indices {
        #expect(throws: MessageError.self, "\(length) of \(message.count) bytes") {
          try kind.rewrite(Array(message[..<length]))
        }
      }
    }
  }

  @Test("a message with anything behind it is refused", arguments: kindsAndFiles, [UInt8(0), 1, 7, 255])
  func extended(kind: Kind, byte: UInt8) {
    var contents = RandomContents("extended \(byte)")
    for message in kind.messages(&contents) {
      let error = MessageError.truncated(kind: kind.name, bytes: message.count + 1)
      #expect(throws: error) { try kind.rewrite(message + [byte]) }
    }
  }

  @Test("another version of the format is named", arguments: kindsAndFiles, [UInt8(0), 1, 255])
  func version(kind: Kind, version: UInt8) {
    var contents = RandomContents("version \(version)")
    for message in kind.messages(&contents) {
      #expect(throws: MessageError.version(found: version, expected: wireVersion)) {
        try kind.rewrite([version] + message.dropFirst())
      }
    }
    #expect(
      "\(MessageError.version(found: version, expected: wireVersion))".contains("run one build on all ranks"))
  }

  @Test("a code that no message has is named", arguments: kinds, [UInt8(9), 10, 128, 255])
  func unknownCode(kind: Kind, code: UInt8) {
    #expect(throws: MessageError.invalid(kind: kind.name, value: "code \(code)")) {
      try kind.rewrite([wireVersion, code])
    }
  }

  @Test("a lie about any length is refused or harmless, wherever it stands", arguments: kindsAndFiles)
  func wildLengths(kind: Kind) {
    for number in 0..<4 {
      var contents = RandomContents("lengths \(number)")
      for message in kind.messages(&contents) {
        for place in stride(from: 2, through: message.count - 8, by: 1) {
          for length in wildNumbers { expectHarmless(replacing(message, at: place, with: length), kind) }
        }
      }
    }
  }

  @Test("any change of bytes is refused or harmless", arguments: kindsAndFiles, 0..<20)
  func damaged(kind: Kind, number: Int) {
    var contents = RandomContents("damaged \(number)")
    var draw = namedGenerator("damage \(number)")
    for message in kind.messages(&contents) {
      for _ in 0..<30 {
        var bytes = message
        for _ in 0...draw.next(below: 3) {
          bytes[draw.next(below: bytes.count)] = UInt8(truncatingIfNeeded: draw.next())
        }
        expectHarmless(bytes, kind)
      }
    }
  }

  /// The first count of each message that has one, which is wrong by one or wild.
  @Test("a wrong count of what follows is refused", arguments: [-1, Int.min, 1 << 60, .max, 3, 1])
  func wrongCounts(count: Int) {
    let response = Response(
      tokens: [4, 5], logProbabilities: [-1, -2], entropySum: 0, finish: .length, text: "ab", score: 0,
      reward: 0,
      nonFiniteLogits: 0)
    let group = ScoredGroup(
      ordinal: 0, policyVersion: 0, promptTokens: [1, 2], responses: [response, response])
    let training = TrainingGroup(group, advantages: [[1], [-1]])
    let orders: [(Order, place: Int)] = [
      (.sample([]), 2), (.train(training, LossSettings()), 18), (.save(directory: "ab"), 2),
    ]
    for (order, place) in orders {
      let bytes = replacing(order.bytes, at: place, with: count)
      #expect(throws: MessageError.self, "\(order)") { try Order(bytes: bytes) }
    }
    let report = Report.group(use: .training, step: 0, group)
    // The prompt's tokens, then the responses, then the first response's tokens and log-probabilities.
    for place in [27, 27 + 16, 27 + 24, 27 + 40] {
      #expect(throws: MessageError.self, "place \(place)") {
        try Report(bytes: replacing(report.bytes, at: place, with: count))
      }
    }
  }

  @Test("values that the format does not have are named")
  func invalidValues() throws {
    let group = ScoredGroup(
      ordinal: 0, policyVersion: 0, promptTokens: [],
      responses: [
        Response(
          tokens: [], logProbabilities: [], entropySum: 0, finish: .length, text: "", score: 0, reward: 0,
          nonFiniteLogits: 0)
      ])
    var bytes = Report.group(use: .training, step: 0, group).bytes
    bytes[2] = 9
    #expect(throws: MessageError.invalid(kind: "report", value: "use 9")) { try Report(bytes: bytes) }
    bytes[2] = 0
    // Version, code, use, step, ordinal, policy version, no prompt, one response, no tokens, no numbers,
    // entropy.
    let finish = 3 + 8 * 8
    #expect(bytes[finish] == FinishReason.length.rawValue)
    bytes[finish] = 3
    #expect(throws: MessageError.invalid(kind: "report", value: "finish reason 3")) {
      try Report(bytes: bytes)
    }
    #expect(throws: MessageError.invalid(kind: "order", value: "use 9")) {
      try Order(bytes: [wireVersion, 1, 9] + [UInt8](repeating: 0, count: 8))
    }
  }

  /// Two tokens, with lists of other lengths.
  static let unequalSamples = [
    TrainingGroup.Sample(tokens: [1, 2], oldLogProbabilities: [-1], advantages: [0]),
    .init(tokens: [1, 2], oldLogProbabilities: [-1, -1, -1], advantages: [0]),
    .init(tokens: [1, 2], oldLogProbabilities: [-1, -1], advantages: []),
    .init(tokens: [1, 2], oldLogProbabilities: [-1, -1], advantages: [0, 0, 0]),
    .init(tokens: [1, 2], oldLogProbabilities: [-1, -1], advantages: [0], isCounted: [true]),
    .init(tokens: [1, 2], oldLogProbabilities: [-1, -1], advantages: [0], importanceWeights: [1, 1, 1]),
    .init(tokens: [1, 2], oldLogProbabilities: [-1, -1], advantages: [0], isSelected: [false]),
  ]

  @Test("what is told of each token must be as long as the response", arguments: unequalSamples)
  func unequalCounts(sample: TrainingGroup.Sample) {
    let order = Order.train(
      TrainingGroup(ordinal: 0, policyVersion: 0, promptTokens: [], samples: [sample]), LossSettings())
    #expect(throws: MessageError.self) { try Order(bytes: order.bytes) }
  }

  @Test("a reward or prompt of another build is named")
  func otherBuilds() {
    let problem = Problem(
      dataSource: "", prompt: .text("p"), groundTruth: "", reward: RewardRule(.gsm8k), origin: "")
    let assignment = Assignment(
      use: .training, step: 0, ordinal: 0, policyVersion: 0, samples: 1,
      sampling: SamplingParameters(maximumTokens: 1),
      problem: problem)
    let bytes = Order.sample([assignment]).bytes
    var renamed = bytes
    for place in bytes.indices where Array(bytes[place...].prefix(5)) == Array("gsm8k".utf8) {
      renamed[place] = UInt8(ascii: "h")
    }
    #expect(throws: MessageError.invalid(kind: "order", value: "reward `hsm8k`")) {
      try Order(bytes: renamed)
    }
    var prompts = bytes
    // Version, code, count, use, 4 whole numbers, 4 + 8 + 4 + 4 + 8 + 8 of sampling, an empty data source.
    let kind = 2 + 8 + 1 + 32 + 36 + 8
    #expect(bytes[kind] == 0 && bytes[kind + 1] == 1)
    prompts[kind] = 2
    #expect(throws: MessageError.invalid(kind: "order", value: "prompt kind 2")) { try Order(bytes: prompts) }
  }

  @Test("messages have the documented bytes")
  func knownBytes() {
    #expect(Order.stop.bytes == [2, 7])
    #expect(
      Order.publish(version: 258, oldestNeeded: 3).bytes
        == [2, 5, 2, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0])
    #expect(Order.save(directory: "é").bytes == [2, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0xC3, 0xA9])
    #expect(Report.saved.bytes == [2, 4])
    #expect(Report.left.bytes == [2, 5])
    #expect(Report.wants(responses: -1).bytes == [2, 0] + [UInt8](repeating: 255, count: 8))
    let reset = ResetOrder(reinitializesOptimizer: true, checkpoint: "a", share: 1)
    #expect(
      Order.resetReference(reset).bytes
        == [2, 4, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0x61, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    let settings = LossSettings(klCoefficient: 1, entropyCoefficient: 0, normalizerRatio: 0, stage: 2)
    let group = TrainingGroup(ordinal: 3, policyVersion: 4, promptTokens: [], samples: [])
    #expect(
      Order.train(group, settings).bytes
        == [2, 2, 3] + zeros(7) + [4] + zeros(7) + zeros(16) + zeros(6) + [0xF0, 0x3F] + zeros(16) + [2]
        + zeros(7))
    let score = ScoreOrder(
      ordinal: 3, promptTokens: [], responses: [], stage: 1, wantsPolicy: true, wantsReference: false)
    #expect(Order.score(score).bytes == [2, 8, 3] + zeros(7) + zeros(16) + [1] + zeros(7) + [1, 0])
    #expect(
      Report.scores(GroupScores(ordinal: 5, policyVersion: 6)).bytes
        == [2, 6, 5] + zeros(7) + [6] + zeros(7) + zeros(24))
  }

  private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  private struct NotTheSameCase: Error {}

  private let wildNumbers = [-1, 1 << 60, .max, .min]

  private func replacing(_ bytes: [UInt8], at place: Int, with number: Int) -> [UInt8] {
    var bytes = bytes
    for i in 0..<8 { bytes[place + i] = UInt8(truncatingIfNeeded: number >> (8 * i)) }
    return bytes
  }

  /// Reading ends in a ``MessageError``, or in a message that can be sent on.
  private func expectHarmless(_ bytes: [UInt8], _ kind: Kind) {
    do {
      let again = try kind.rewrite(bytes)
      #expect(try kind.rewrite(again) == again)
    } catch {
      #expect(error is MessageError, "\(error)")
    }
  }
}
