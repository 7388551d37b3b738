public import Experience
public import PolicyOptimization
public import Tasks

extension Response: WireCodable {
  /// Appends the response's bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(tokens)
    bytes.write(logProbabilities)
    bytes.write(entropySum)
    bytes.write(finish.rawValue)
    bytes.write(text)
    bytes.write(score)
    bytes.write(reward)
    bytes.write(Int64(nonFiniteLogits))
    bytes.write(verdict)
    bytes.write(answer)
    bytes.write(reason)
    bytes.write(Int64(extras.count))
    for (name, value) in extras.sorted(by: { $0.key < $1.key }) {
      bytes.write(name)
      bytes.write(value)
    }
  }

  /// Reads a response.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    let tokens = try bytes.int32s()
    let logProbabilities = try bytes.floats()
    let entropySum = try bytes.double()
    let code = try bytes.integer(UInt8.self)
    guard let finish = FinishReason(rawValue: code) else { throw bytes.invalid("finish reason \(code)") }
    self.init(
      tokens: tokens, logProbabilities: logProbabilities, entropySum: entropySum, finish: finish,
      text: try bytes.string(), score: try bytes.float(), reward: try bytes.float(),
      nonFiniteLogits: try bytes.int(), verdict: try bytes.string(), answer: try bytes.string(),
      reason: try bytes.string())
    let pairs = try bytes.lists { bytes throws(MessageError) in (try bytes.string(), try bytes.double()) }
    extras = Dictionary(pairs, uniquingKeysWith: { $1 })
  }
}

extension ScoredGroup: WireCodable {
  /// Appends the group's bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(Int64(ordinal))
    bytes.write(Int64(policyVersion))
    bytes.write(promptTokens)
    bytes.write(responses)
  }

  /// Reads a group.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      ordinal: try bytes.int(), policyVersion: try bytes.int(), promptTokens: try bytes.int32s(),
      responses: try bytes.list(of: Response.self))
  }
}

extension TrainingGroup.Sample: WireCodable {
  /// Appends the sample's bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(tokens)
    bytes.write(oldLogProbabilities)
    bytes.write(advantages)
    bytes.write(isCounted)
    bytes.write(importanceWeights)
    bytes.write(isSelected)
  }

  /// Reads a sample.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      tokens: try bytes.int32s(), oldLogProbabilities: try bytes.floats(), advantages: try bytes.floats(),
      isCounted: try bytes.bools(), importanceWeights: try bytes.floats(), isSelected: try bytes.bools())
    let isWhole =
      oldLogProbabilities.count == tokens.count && [1, tokens.count].contains(advantages.count)
      && [isCounted.count, importanceWeights.count, isSelected.count].allSatisfy {
        [0, tokens.count].contains($0)
      }
    guard isWhole else { throw bytes.invalid("a response whose lists have different lengths") }
  }
}

extension TrainingGroup: WireCodable {
  /// Appends the group's bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(Int64(ordinal))
    bytes.write(Int64(policyVersion))
    bytes.write(promptTokens)
    bytes.write(samples)
  }

  /// Reads a group.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      ordinal: try bytes.int(), policyVersion: try bytes.int(), promptTokens: try bytes.int32s(),
      samples: try bytes.list(of: Sample.self))
  }
}

extension SamplingParameters: WireCodable {
  /// Appends the parameters' bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(temperature)
    bytes.write(Int64(topK))
    bytes.write(topP)
    bytes.write(minP)
    bytes.write(Int64(maximumTokens))
    bytes.write(Int64(stopStrings.count))
    for text in stopStrings { bytes.write(text) }
  }

  /// Reads parameters.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(
      temperature: try bytes.float(), topK: try bytes.int(), topP: try bytes.float(), minP: try bytes.float(),
      maximumTokens: try bytes.int())
    let count = try bytes.int()
    guard (0...65_536).contains(count) else { throw bytes.invalid("\(count) stop strings") }
    for _ in 0..<count { stopStrings.append(try bytes.string()) }
  }
}

extension Message: WireCodable {
  /// Appends the message's bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(role)
    bytes.write(content)
  }

  /// Reads a message.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init(role: try bytes.string(), content: try bytes.string())
  }
}

extension Problem: WireCodable {
  /// Appends the problem's bytes.
  public func write(to bytes: inout ByteWriter) {
    bytes.write(dataSource)
    switch prompt {
    case .text(let text):
      bytes.write(UInt8(0))
      bytes.write(text)
    case .messages(let messages):
      bytes.write(UInt8(1))
      bytes.write(messages)
    }
    bytes.write(groundTruth)
    bytes.write(isGroundTruthJSON)
    bytes.write(reward.name.rawValue)
    bytes.write(Int64(reward.keywords.count))
    for keyword in reward.keywords { bytes.write(keyword) }
    bytes.write(extra)
    bytes.write(origin)
  }

  /// Reads a problem.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    let dataSource = try bytes.string()
    let prompt: Prompt
    switch try bytes.integer(UInt8.self) {
    case 0: prompt = .text(try bytes.string())
    case 1: prompt = .messages(try bytes.list(of: Message.self))
    case let code: throw bytes.invalid("prompt kind \(code)")
    }
    let (groundTruth, isJSON) = (try bytes.string(), try bytes.bool())
    let name = try bytes.string()
    guard let reward = RewardName(rawValue: name) else { throw bytes.invalid("reward `\(name)`") }
    let count = try bytes.int()
    guard (0...65_536).contains(count) else { throw bytes.invalid("\(count) keywords") }
    var keywords: [String] = []
    for _ in 0..<count { keywords.append(try bytes.string()) }
    self.init(
      dataSource: dataSource, prompt: prompt, groundTruth: groundTruth, isGroundTruthJSON: isJSON,
      reward: RewardRule(reward, keywords: keywords),
      extra: try bytes.string(), origin: try bytes.string())
  }
}

extension GroupSums: WireCodable {
  /// Appends the sums' bytes.
  public func write(to bytes: inout ByteWriter) {
    for count in [sequences, tokens, clippedTokens, dualClippedTokens] { bytes.write(Int64(count)) }
    for sum in [loss, policyLoss, klLoss, entropyLoss, kl, entropy, logRatio] { bytes.write(sum) }
  }

  /// Reads sums.
  public init(from bytes: inout ByteReader) throws(MessageError) {
    self.init()
    sequences = try bytes.int()
    tokens = try bytes.int()
    clippedTokens = try bytes.int()
    dualClippedTokens = try bytes.int()
    loss = try bytes.double()
    policyLoss = try bytes.double()
    klLoss = try bytes.double()
    entropyLoss = try bytes.double()
    kl = try bytes.double()
    entropy = try bytes.double()
    logRatio = try bytes.double()
  }
}
