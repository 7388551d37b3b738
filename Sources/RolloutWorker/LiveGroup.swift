import Experience
import Kernels
import Messages
import Randomness
import Tokenization

/// A response in the making.
struct LiveResponse {
  /// The random numbers of its tokens, by position.
  let name: RandomName
  var tokens: [Int32] = []
  var logProbabilities: [Float] = []
  var entropySum = 0.0
  var nonFiniteLogits = 0
  var finish: FinishReason?
  /// Keys and values of its tokens but the last; grows as it does.
  var segment: KeyValueSegment?
  private var decoder: StreamingDecoder
  private(set) var text = ""

  init(name: RandomName, tokenizer: Tokenizer) {
    self.name = name
    decoder = StreamingDecoder(tokenizer, skipSpecialTokens: true)
  }

  /// Takes over a drawn token and decides whether it is the last.
  mutating func append(_ draw: Draw, limits: ResponseLimits) {
    tokens.append(draw.token)
    logProbabilities.append(draw.logProbability)
    entropySum += Double(draw.entropy)
    nonFiniteLogits += Int(draw.nonFinite)
    if limits.endTokens.contains(draw.token) {
      text += decoder.finish()
      finish = .endOfSequence
      return
    }
    let searched = text.unicodeScalars.count
    text += decoder.feed(draw.token)
    if cutAtStopString(limits.stopStrings, searched: searched) {
      finish = .stopString
    } else if tokens.count >= limits.maximumTokens {
      text += decoder.finish()
      finish = .length
    }
  }

  /// Whether the text contains a stop string; the text then ends before the first one.
  private mutating func cutAtStopString(_ stops: [String], searched: Int) -> Bool {
    guard let longest = stops.map(\.unicodeScalars.count).max() else { return false }
    let scalars = Array(text.unicodeScalars)
    // Only the new end can complete a stop string.
    let start = max(0, searched - longest)
    for position in start..<max(start, scalars.count) {
      for stop in stops where scalars[position...].starts(with: stop.unicodeScalars) {
        text = String(String.UnicodeScalarView(scalars[..<position]))
        return true
      }
    }
    return false
  }
}

/// What ends a response.
struct ResponseLimits {
  let endTokens: Set<Int32>
  let stopStrings: [String]
  let maximumTokens: Int
}

/// A group in the making.
final class LiveGroup {
  let assignment: Assignment
  let policyVersion: Int
  let promptTokens: [Int32]
  let trunk: KeyValueSegment
  let limits: ResponseLimits
  var responses: [LiveResponse]

  init(
    _ assignment: Assignment, policyVersion: Int, promptTokens: [Int32], trunk: KeyValueSegment,
    limits: ResponseLimits, responses: [LiveResponse]
  ) {
    self.assignment = assignment
    self.policyVersion = policyVersion
    self.promptTokens = promptTokens
    self.trunk = trunk
    self.limits = limits
    self.responses = responses
  }

  var isFinished: Bool { responses.allSatisfy { $0.finish != nil } }
}
