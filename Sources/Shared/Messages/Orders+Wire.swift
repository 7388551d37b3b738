import Experience
import PolicyOptimization
import Tasks

/// The version of the wire format; the first byte of every message.
public let wireVersion: UInt8 = 2

extension Assignment: WireCodable {
  /// Appends the assignment's bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(use.rawValue)
    bytes.write(Int64(step))
    bytes.write(Int64(ordinal))
    bytes.write(Int64(policyVersion))
    bytes.write(Int64(samples))
    sampling.write(to: &bytes)
    problem.write(to: &bytes)
  }

  /// Reads an assignment.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      use: try SamplingUse(from: &bytes), step: try bytes.int(), ordinal: try bytes.int(),
      policyVersion: try bytes.int(), samples: try bytes.int(),
      sampling: try SamplingParameters(from: &bytes), problem: try Problem(from: &bytes))
  }
}

extension SamplingUse {
  init(from bytes: inout ByteReader) throws(MessageError) {
    let code = try bytes.integer(UInt8.self)
    guard let use = SamplingUse(rawValue: code) else { throw bytes.invalid("use \(code)") }
    self = use
  }
}

extension LossSettings: WireCodable {
  /// Appends the settings' bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(klCoefficient)
    bytes.write(entropyCoefficient)
    bytes.write(normalizerRatio)
    bytes.write(Int64(stage))
  }

  /// Reads settings.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      klCoefficient: try bytes.double(), entropyCoefficient: try bytes.double(),
      normalizerRatio: try bytes.double(), stage: try bytes.int())
  }
}

extension ScoreOrder: WireCodable {
  /// Appends the order's bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(Int64(ordinal))
    bytes.write(promptTokens)
    bytes.write(Int64(responses.count))
    for tokens in responses { bytes.write(tokens) }
    bytes.write(Int64(stage))
    bytes.write(wantsPolicy)
    bytes.write(wantsReference)
  }

  /// Reads an order.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      ordinal: try bytes.int(), promptTokens: try bytes.int32s(),
      responses: try bytes.lists { bytes throws(MessageError) in try bytes.int32s() }, stage: try bytes.int(),
      wantsPolicy: try bytes.bool(), wantsReference: try bytes.bool())
  }
}

extension GroupScores: WireCodable {
  /// Appends the scores' bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(Int64(ordinal))
    bytes.write(Int64(policyVersion))
    for lists in [policy, entropies, reference] {
      bytes.write(Int64(lists.count))
      for list in lists { bytes.write(list) }
    }
  }

  /// Reads scores.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(ordinal: try bytes.int(), policyVersion: try bytes.int())
    policy = try bytes.lists { bytes throws(MessageError) in try bytes.floats() }
    entropies = try bytes.lists { bytes throws(MessageError) in try bytes.floats() }
    reference = try bytes.lists { bytes throws(MessageError) in try bytes.floats() }
  }
}

extension UpdateOrder: WireCodable {
  /// Appends the order's bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(Int64(step))
    bytes.write(Int64(miniBatch))
    bytes.write(normalizer)
    bytes.write(learningRate)
    bytes.write(isSkipped)
  }

  /// Reads an order.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      step: try bytes.int(), miniBatch: try bytes.int(), normalizer: try bytes.double(),
      learningRate: try bytes.double(), isSkipped: try bytes.bool())
  }
}

extension ResetOrder: WireCodable {
  /// Appends the order's bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(reinitializesOptimizer)
    bytes.write(checkpoint)
    bytes.write(share)
  }

  /// Reads an order.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      reinitializesOptimizer: try bytes.bool(), checkpoint: try bytes.string(), share: try bytes.double())
  }
}

extension GroupReport: WireCodable {
  /// Appends the report's bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(Int64(ordinal))
    sums.write(to: &bytes)
    bytes.write(largestMagnitude)
    bytes.write(probabilityDifference.largest)
    bytes.write(probabilityDifference.sum)
    bytes.write(trouble)
  }

  /// Reads a report.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      ordinal: try bytes.int(), sums: try GroupSums(from: &bytes), largestMagnitude: try bytes.float(),
      probabilityDifference: (try bytes.double(), try bytes.double()), trouble: try bytes.string())
  }
}

extension UpdateReport: WireCodable {
  /// Appends the report's bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(Int64(step))
    bytes.write(Int64(miniBatch))
    bytes.write(gradientNorm)
    bytes.write(checksum)
  }

  /// Reads a report.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      step: try bytes.int(), miniBatch: try bytes.int(), gradientNorm: try bytes.double(),
      checksum: try bytes.integer(UInt64.self))
  }
}

extension Order {
  /// The message's bytes.
  public var bytes: [UInt8] {
    var bytes = ByteWriter()
    bytes.write(wireVersion)
    bytes.write(code)
    switch self {
    case .sample(let assignments): bytes.write(assignments)
    case .cancel(let use, let step):
      bytes.write(use.rawValue)
      bytes.write(Int64(step))
    case .train(let group, let settings):
      group.write(to: &bytes)
      settings.write(to: &bytes)
    case .score(let order): order.write(to: &bytes)
    case .update(let order): order.write(to: &bytes)
    case .resetReference(let order): order.write(to: &bytes)
    case .publish(let version, let oldestNeeded):
      bytes.write(Int64(version))
      bytes.write(Int64(oldestNeeded))
    case .save(let directory): bytes.write(directory)
    case .stop: break
    }
    return bytes.bytes
  }

  private var code: UInt8 {
    switch self {
    case .sample: 0
    case .cancel: 1
    case .train: 2
    case .update: 3
    case .resetReference: 4
    case .publish: 5
    case .save: 6
    case .stop: 7
    case .score: 8
    }
  }

  /// Reads a message.
  public init(bytes message: [UInt8]) throws(MessageError) {
    var bytes = ByteReader(message, kind: "order")
    try bytes.checkVersion()
    switch try bytes.integer(UInt8.self) {
    case 0: self = .sample(try bytes.list(of: Assignment.self))
    case 1: self = .cancel(use: try SamplingUse(from: &bytes), step: try bytes.int())
    case 2: self = .train(try TrainingGroup(from: &bytes), try LossSettings(from: &bytes))
    case 3: self = .update(try UpdateOrder(from: &bytes))
    case 4: self = .resetReference(try ResetOrder(from: &bytes))
    case 5: self = .publish(version: try bytes.int(), oldestNeeded: try bytes.int())
    case 6: self = .save(directory: try bytes.string())
    case 7: self = .stop
    case 8: self = .score(try ScoreOrder(from: &bytes))
    case let code: throw bytes.invalid("code \(code)")
    }
    try bytes.finish()
  }
}

extension Report {
  /// The message's bytes.
  public var bytes: [UInt8] {
    var bytes = ByteWriter()
    bytes.write(wireVersion)
    bytes.write(code)
    switch self {
    case .wants(let responses): bytes.write(Int64(responses))
    case .group(let use, let step, let group):
      bytes.write(use.rawValue)
      bytes.write(Int64(step))
      group.write(to: &bytes)
    case .trained(let report): report.write(to: &bytes)
    case .updated(let report): report.write(to: &bytes)
    case .scores(let scores): scores.write(to: &bytes)
    case .saved, .left: break
    }
    return bytes.bytes
  }

  private var code: UInt8 {
    switch self {
    case .wants: 0
    case .group: 1
    case .trained: 2
    case .updated: 3
    case .saved: 4
    case .left: 5
    case .scores: 6
    }
  }

  /// Reads a message.
  public init(bytes message: [UInt8]) throws(MessageError) {
    var bytes = ByteReader(message, kind: "report")
    try bytes.checkVersion()
    switch try bytes.integer(UInt8.self) {
    case 0: self = .wants(responses: try bytes.int())
    case 1:
      self = .group(
        use: try SamplingUse(from: &bytes), step: try bytes.int(), try ScoredGroup(from: &bytes))
    case 2: self = .trained(try GroupReport(from: &bytes))
    case 3: self = .updated(try UpdateReport(from: &bytes))
    case 4: self = .saved
    case 5: self = .left
    case 6: self = .scores(try GroupScores(from: &bytes))
    case let code: throw bytes.invalid("code \(code)")
    }
    try bytes.finish()
  }
}

extension ByteReader {
  mutating func checkVersion() throws(MessageError) {
    let found = try integer(UInt8.self)
    guard found == wireVersion else { throw .version(found: found, expected: wireVersion) }
  }
}
