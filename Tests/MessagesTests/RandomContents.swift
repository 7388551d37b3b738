import Experience
import Messages
import PolicyOptimization
import Randomness
import Tasks
import TestSupport

/// Draws messages of any content by name.
struct RandomContents {
  private var draw: NamedGenerator

  init(_ name: String) { draw = namedGenerator(name) }

  /// One order of every case.
  mutating func orders() -> [Order] {
    [
      .sample(list(upTo: 3) { $0.assignment() }), .sample([]),
      .cancel(use: use(), step: int()),
      .train(trainingGroup(), settings()), .score(scoreOrder()),
      .update(
        UpdateOrder(
          step: int(), miniBatch: int(), normalizer: number(), learningRate: number(), isSkipped: bool())),
      .resetReference(ResetOrder(reinitializesOptimizer: bool(), checkpoint: text(), share: number())),
      .publish(version: int(), oldestNeeded: int()), .save(directory: text()), .stop,
    ]
  }

  /// One report of every case.
  mutating func reports() -> [Report] {
    [
      .wants(responses: int()),
      .group(use: use(), step: int(), scoredGroup()),
      .trained(
        GroupReport(
          ordinal: int(), sums: sums(), largestMagnitude: float(),
          probabilityDifference: (largest: number(), sum: number()), trouble: text())),
      .scores(scores()),
      .updated(
        UpdateReport(step: int(), miniBatch: int(), gradientNorm: number(), checksum: draw.next())),
      .saved, .left,
    ]
  }

  mutating func assignment() -> Assignment {
    Assignment(
      use: use(), step: int(), ordinal: int(), policyVersion: int(), samples: int(),
      sampling: SamplingParameters(
        temperature: float(), topK: int(), topP: float(), minP: float(), maximumTokens: int(),
        stopStrings: list(upTo: 3) { $0.text() }),
      problem: problem())
  }

  private mutating func problem() -> Problem {
    let rewards = RewardName.allCases
    return Problem(
      dataSource: text(),
      prompt: bool()
        ? .text(text()) : .messages(list(upTo: 3) { Message(role: $0.text(), content: $0.text()) }),
      groundTruth: text(), isGroundTruthJSON: draw.next(below: 2) == 1,
      reward: RewardRule(rewards[draw.next(below: rewards.count)], keywords: list(upTo: 3) { $0.text() }),
      extra: text(), origin: text())
  }

  private mutating func scoredGroup() -> ScoredGroup {
    ScoredGroup(
      ordinal: int(), policyVersion: int(), promptTokens: list(upTo: 5) { $0.token() },
      responses: list(upTo: 3) { $0.response() })
  }

  private mutating func response() -> Response {
    Response(
      tokens: list(upTo: 5) { $0.token() }, logProbabilities: list(upTo: 5) { $0.float() },
      entropySum: number(),
      finish: FinishReason.allCases[draw.next(below: FinishReason.allCases.count)], text: text(),
      score: float(), reward: float(), nonFiniteLogits: int(), verdict: text(), answer: text(),
      extras: Dictionary(list(upTo: 3) { ($0.text(), $0.number()) }, uniquingKeysWith: { $1 }))
  }

  private mutating func trainingGroup() -> TrainingGroup {
    TrainingGroup(
      ordinal: int(), policyVersion: int(), promptTokens: list(upTo: 5) { $0.token() },
      samples: list(upTo: 3) { contents in
        let tokens = contents.list(upTo: 5) { $0.token() }
        func some<Element>(_ element: (inout Self) -> Element) -> [Element] {
          contents.bool() ? tokens.map { _ in element(&contents) } : []
        }
        let advantages = some { $0.float() }
        return TrainingGroup.Sample(
          tokens: tokens, oldLogProbabilities: tokens.map { _ in contents.float() },
          advantages: advantages.isEmpty ? [contents.float()] : advantages, isCounted: some { $0.bool() },
          importanceWeights: some { $0.float() }, isSelected: some { $0.bool() })
      })
  }

  private mutating func settings() -> LossSettings {
    LossSettings(
      klCoefficient: number(), entropyCoefficient: number(), normalizerRatio: number(), stage: int())
  }

  private mutating func scoreOrder() -> ScoreOrder {
    ScoreOrder(
      ordinal: int(), promptTokens: list(upTo: 5) { $0.token() },
      responses: list(upTo: 3) { $0.list(upTo: 5) { $0.token() } }, stage: int(), wantsPolicy: bool(),
      wantsReference: bool())
  }

  private mutating func scores() -> GroupScores {
    GroupScores(
      ordinal: int(), policyVersion: int(), policy: floatLists(), entropies: floatLists(),
      reference: floatLists())
  }

  private mutating func floatLists() -> [[Float]] { list(upTo: 3) { $0.list(upTo: 5) { $0.float() } } }

  /// Steps that are sampled and not trained, of any content.
  mutating func sampledRecords() -> SampledRecords {
    SampledRecords(
      steps: list(upTo: 3) { contents in
        SampledRecord(
          step: contents.int(), policyVersion: contents.int(), stage: contents.int(),
          firstOrdinal: contents.int(), rounds: contents.list(upTo: 3) { $0.draw.next(below: 1 << 20) },
          carried: contents.list(upTo: 2) { $0.groupRecord() },
          groups: contents.list(upTo: 2) { $0.groupRecord() })
      }, carried: list(upTo: 2) { $0.groupRecord() })
  }

  private mutating func groupRecord() -> GroupRecord {
    GroupRecord(
      problem: problem(), row: int(), group: scoredGroup(), baseline: bool() ? .nan : number())
  }

  private mutating func sums() -> GroupSums {
    var sums = GroupSums()
    (sums.sequences, sums.tokens, sums.clippedTokens, sums.dualClippedTokens) = (int(), int(), int(), int())
    (sums.loss, sums.policyLoss, sums.klLoss, sums.entropyLoss) = (number(), number(), number(), number())
    (sums.kl, sums.entropy, sums.logRatio) = (number(), number(), number())
    return sums
  }

  private mutating func use() -> SamplingUse {
    SamplingUse.allCases[draw.next(below: SamplingUse.allCases.count)]
  }
  private mutating func bool() -> Bool { draw.next(below: 2) == 1 }
  private mutating func token() -> Int32 { Int32(truncatingIfNeeded: draw.next()) }

  /// Any 64 bits, or a number that is likely to matter.
  private mutating func int() -> Int {
    let likely = [0, 1, -1, Int.max, Int.min, 255, 256, 1 << 40]
    return bool() ? likely[draw.next(below: likely.count)] : Int(truncatingIfNeeded: draw.next())
  }

  /// Any finite bits, an infinity or a zero; no NaN, which would not equal itself.
  private mutating func float() -> Float {
    let likely: [Float] = [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, 1]
    let value =
      bool()
      ? likely[draw.next(below: likely.count)] : Float(bitPattern: UInt32(truncatingIfNeeded: draw.next()))
    return value.isNaN ? 0.5 : value
  }

  private mutating func number() -> Double {
    let value = bool() ? Double(float()) : Double(bitPattern: draw.next())
    return value.isNaN ? 0.5 : value
  }

  /// Characters of one to four bytes, zeros among them.
  private mutating func text() -> String {
    let alphabet: [Character] = ["a", "\0", "é", "線", "😀", "\n", "\"", "\u{301}", "🇩🇪"]
    return String(list(upTo: 8) { alphabet[$0.draw.next(below: alphabet.count)] })
  }

  private mutating func list<Element>(upTo most: Int, _ element: (inout Self) -> Element) -> [Element] {
    (0..<draw.next(below: most + 1)).map { _ in element(&self) }
  }
}
