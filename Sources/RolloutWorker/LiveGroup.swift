import Experience
import Kernels
import Messages
import Randomness
import Tasks
import Tokenization

/// A response in the making.
struct LiveResponse {
  /// The random numbers of its tokens, by position.
  let name: RandomName
  private(set) var tokens: [Int32] = []
  private(set) var logProbabilities: [Float] = []
  private(set) var entropySum = 0.0
  private(set) var nonFiniteLogits = 0
  private(set) var finish: FinishReason?
  /// What its reward came to; nil until it has ended and its verdict is there.
  var verdict: Verdict?
  /// Whether it may take pages and decode.
  var hasSeat = false
  /// Keys and values of its first `stored` tokens; nil while it has none.
  var segment: KeyValueSegment?
  /// How many of its tokens have keys and values: all but the last, unless it lost its pages.
  var stored = 0
  private var content: ResponseText

  init(name: RandomName, tokenizer: Tokenizer) {
    self.name = name
    content = ResponseText(tokenizer)
  }

  /// The text so far, without end-of-sequence token and stop string.
  var text: String { content.text }

  /// How many scalars were looked at for stop strings.
  var inspectedScalars: Int { content.inspected }

  /// Whether it needs a seat and has none.
  var waits: Bool { finish == nil && !hasSeat }

  /// Takes over a drawn token and decides whether it is the last.
  mutating func append(_ draw: Draw, limits: ResponseLimits) {
    tokens.append(draw.token)
    logProbabilities.append(draw.logProbability)
    entropySum += Double(draw.entropy)
    nonFiniteLogits += Int(draw.nonFinite)
    if limits.endTokens.contains(draw.token) {
      content.finish()
      finish = .endOfSequence
    } else if content.feed(draw.token, stops: limits.stopStrings) {
      finish = .stopString
    } else if tokens.count >= limits.maximumTokens {
      content.finish()
      finish = .length
    }
  }
}

/// What ends a response.
struct ResponseLimits {
  let endTokens: [Int32]
  let stopStrings: StopStrings
  let maximumTokens: Int
}

/// A group in the making: one prompt, whose keys and values are there once, and its responses.
final class LiveGroup {
  let assignment: Assignment
  let policyVersion: Int
  let promptTokens: [Int32]
  let limits: ResponseLimits
  let sampler: Sampler
  var responses: [LiveResponse]
  /// Keys and values of the prompt; nil while no response has a seat.
  var trunk: KeyValueSegment?
  /// How many tokens of the prompt have keys and values.
  var trunkStored = 0
  /// How many responses have a seat.
  var seats = 0
  /// How many responses have not ended.
  var unfinished: Int
  /// How many responses have no verdict.
  var unjudged: Int

  init(
    _ assignment: Assignment, policyVersion: Int, promptTokens: [Int32], limits: ResponseLimits,
    sampler: Sampler, responses: [LiveResponse]
  ) {
    self.assignment = assignment
    self.policyVersion = policyVersion
    self.promptTokens = promptTokens
    self.limits = limits
    self.sampler = sampler
    self.responses = responses
    unfinished = responses.count
    unjudged = responses.count
  }

  /// How many responses wait for a seat.
  var waiting: Int { unfinished - seats }

  /// Whether the whole prompt has keys and values.
  var hasTrunk: Bool { trunkStored == promptTokens.count }

  /// Whether no token was drawn yet.
  var isUntouched: Bool { responses.indices.allSatisfy { responses[$0].tokens.isEmpty } }

  /// Whether this group is older than `other`: earlier step, then use, then ordinal.
  ///
  /// By what they are, not by when they came.
  func isOlder(than other: LiveGroup) -> Bool { age < other.age }

  private var age: (Int, UInt8, Int) { (assignment.step, assignment.use.rawValue, assignment.ordinal) }
}
