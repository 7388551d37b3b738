import Experience
import PolicyOptimization
import Tasks

/// The version of the wire format; the first byte of every message.
public let wireVersion: UInt8 = 1

extension Assignment: WireCodable {
  /// Appends the assignment's bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(use.rawValue)
    bytes.write(Int64(step))
    bytes.write(Int64(ordinal))
    bytes.write(Int64(samples))
    sampling.write(to: &bytes)
    problem.write(to: &bytes)
  }

  /// Reads an assignment.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      use: try SamplingUse(from: &bytes), step: try bytes.int(), ordinal: try bytes.int(),
      samples: try bytes.int(),
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

extension Order {
  /// The message's bytes.
  public var bytes: [UInt8] {
    var bytes = ByteWriter()
    bytes.write(wireVersion)
    switch self {
    case .sample(let assignments):
      bytes.write(UInt8(0))
      bytes.write(assignments)
    case .cancel(let use, let step):
      bytes.write(UInt8(1))
      bytes.write(use.rawValue)
      bytes.write(Int64(step))
    case .train(let group, let klCoefficient):
      bytes.write(UInt8(2))
      group.write(to: &bytes)
      bytes.write(klCoefficient)
    case .update(let order):
      bytes.write(UInt8(3))
      bytes.write(Int64(order.step))
      bytes.write(Int64(order.miniBatch))
      bytes.write(order.normalizer)
      bytes.write(order.learningRate)
      bytes.write(order.isSkipped)
    case .resetReference(let reinitializing):
      bytes.write(UInt8(4))
      bytes.write(reinitializing)
    case .publish(let version):
      bytes.write(UInt8(5))
      bytes.write(Int64(version))
    case .save(let directory):
      bytes.write(UInt8(6))
      bytes.write(directory)
    case .stop:
      bytes.write(UInt8(7))
    }
    return bytes.bytes
  }

  /// Reads a message.
  public init(bytes message: [UInt8]) throws(MessageError) {
    var bytes = ByteReader(message, kind: "order")
    try bytes.checkVersion()
    switch try bytes.integer(UInt8.self) {
    case 0: self = .sample(try bytes.list(of: Assignment.self))
    case 1: self = .cancel(use: try SamplingUse(from: &bytes), step: try bytes.int())
    case 2: self = .train(try TrainingGroup(from: &bytes), klCoefficient: try bytes.double())
    case 3:
      self = .update(
        UpdateOrder(
          step: try bytes.int(), miniBatch: try bytes.int(), normalizer: try bytes.double(),
          learningRate: try bytes.double(), isSkipped: try bytes.bool()))
    case 4: self = .resetReference(reinitializingOptimizer: try bytes.bool())
    case 5: self = .publish(version: try bytes.int())
    case 6: self = .save(directory: try bytes.string())
    case 7: self = .stop
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
    switch self {
    case .wants(let responses):
      bytes.write(UInt8(0))
      bytes.write(Int64(responses))
    case .group(let use, let step, let group):
      bytes.write(UInt8(1))
      bytes.write(use.rawValue)
      bytes.write(Int64(step))
      group.write(to: &bytes)
    case .trained(let report):
      bytes.write(UInt8(2))
      bytes.write(Int64(report.ordinal))
      report.sums.write(to: &bytes)
      bytes.write(report.largestMagnitude)
      bytes.write(report.probabilityDifference.largest)
      bytes.write(report.probabilityDifference.sum)
    case .updated(let report):
      bytes.write(UInt8(3))
      bytes.write(Int64(report.step))
      bytes.write(Int64(report.miniBatch))
      bytes.write(report.gradientNorm)
      bytes.write(report.checksum)
    case .saved:
      bytes.write(UInt8(4))
    case .left:
      bytes.write(UInt8(5))
    }
    return bytes.bytes
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
    case 2:
      self = .trained(
        GroupReport(
          ordinal: try bytes.int(), sums: try GroupSums(from: &bytes), largestMagnitude: try bytes.float(),
          probabilityDifference: (try bytes.double(), try bytes.double())))
    case 3:
      self = .updated(
        UpdateReport(
          step: try bytes.int(), miniBatch: try bytes.int(), gradientNorm: try bytes.double(),
          checksum: try bytes.integer(UInt64.self)))
    case 4: self = .saved
    case 5: self = .left
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
