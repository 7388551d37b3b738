public import Experience
import Kernels
public import Messages
public import Models
import Randomness
public import Tasks
import Timing
public import Tokenization

/// Samples groups: continuous batching within a budget of pages.
///
/// Every pass takes one token of every response that has a seat (``Seating``) through the model, together with
/// parts of prompts that are new (``PassPlan``); a prompt's keys and values are there once for all its
/// responses. Responses join and leave between passes, lose their pages and get them back; by the row law none
/// of this changes a bit of any response, and by the draw law no token.
///
/// A response is handed to the scorer as it ends; a group is finished when all its verdicts are there. A slow reward
/// delays its own group and no other.
public final class RolloutEngine {
  private let model: LanguageModel
  private let tokenizer: Tokenizer
  private let template: ChatTemplate
  private let seed: UInt64
  private let contextLength: Int
  private let endTokens: [Int32]
  private let workspace: Workspace
  private let picker: TokenPicker
  private let scoring: Scoring
  private var seating: Seating
  private var plan = PassPlan()

  /// What it has done so far.
  private(set) var counts = RolloutCounts()

  /// An engine with no groups.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - tokenizer: Its tokenizer.
  ///   - template: How messages become a prompt.
  ///   - seed: The run's seed.
  ///   - contextLength: The longest sequence, prompt and response together.
  ///   - limits: How much is sampled at a time.
  ///   - scorer: What scores responses; used by nobody else.
  public init(
    model: LanguageModel, tokenizer: Tokenizer, template: ChatTemplate, seed: UInt64, contextLength: Int,
    limits: RolloutLimits = RolloutLimits(), scorer: RewardScorer = RewardScorer()
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.template = template
    self.seed = seed
    self.contextLength = contextLength
    endTokens = endOfResponse(model: model, tokenizer: tokenizer, template: template)
    workspace = model.makeWorkspace(.none)
    picker = TokenPicker(model)
    scoring = Scoring(scorer)
    seating = Seating(limits: limits, shape: model.keyValueShape, contextLength: contextLength)
  }

  /// How many responses have not ended, those that wait included.
  public var liveResponses: Int { seating.groups.reduce(0) { $0 + $1.unfinished } }

  /// How many groups are not handed in, those that wait for seats or verdicts included.
  public var liveGroups: Int { seating.groups.count + scoring.groups.count }

  /// How many responses it would sample at once beside those it has; 0 as long as some of them wait.
  public var freeSeats: Int { seating.freeSeats }

  /// Whether responses wait for others to end.
  public var isFull: Bool { seating.waiting > 0 }

  /// Forgets the groups of `use` and `step`.
  public func cancel(use: SamplingUse, step: Int) {
    let isLeaving = { (group: LiveGroup) in group.assignment.use == use && group.assignment.step == step }
    scoring.forget(seating.groups.filter(isLeaving))
    scoring.forget(scoring.groups.filter(isLeaving))
    seating.remove(where: isLeaving)
  }

  /// Takes in a group; it is sampled behind older ones, by step, use and ordinal.
  ///
  /// - Parameters:
  ///   - assignment: The prompt and how to sample it.
  ///   - policyVersion: The version of the weights that all passes until it is done will use.
  /// - Throws: ``RolloutError`` if the prompt is empty or leaves no room for a response.
  public func admit(_ assignment: Assignment, policyVersion: Int) throws {
    let problem = assignment.problem
    let prompt = tokenizer.encode(promptText(problem.prompt, template: template))
    guard !prompt.isEmpty else { throw RolloutError.emptyPrompt(origin: problem.origin) }
    guard prompt.count < contextLength else {
      throw RolloutError.promptTooLong(origin: problem.origin, tokens: prompt.count, limit: contextLength)
    }
    let limits = ResponseLimits(
      endTokens: endTokens, stopStrings: StopStrings(assignment.sampling.stopStrings),
      maximumTokens: min(assignment.sampling.maximumTokens, contextLength - prompt.count))
    seating.insert(
      LiveGroup(
        assignment, policyVersion: policyVersion, promptTokens: prompt, limits: limits,
        sampler: Sampler(parameters: assignment.sampling, fallback: endTokens.first ?? 0),
        responses: (0..<assignment.samples).map {
          LiveResponse(name: name(assignment, sample: $0), tokenizer: tokenizer)
        }))
  }

  /// Runs one pass: a token of every response that has a seat, and at most ``PassPlan/prefillRows`` rows of
  /// prompts.
  ///
  /// With nothing to pass it waits for verdicts, two milliseconds at the most.
  ///
  /// - Returns: The groups that are finished, oldest first.
  public func step(weights: ModelWeights) -> [(use: SamplingUse, step: Int, group: ScoredGroup)] {
    seating.giveSeats()
    plan.fill(from: &seating)
    PhaseClock.stage(plan.isMostlyPrefill ? .prefill : .decode) { pass(weights: weights) }
    counts.add(plan, seating)
    for group in seating.removeFinished() { scoring.add(group) }
    if plan.batch.tokens.isEmpty { PhaseClock.stage(.idle) { scoring.wait(seconds: 0.002) } }
    return PhaseClock.part(.scoring) {
      scoring.removeFinished().map { ($0.assignment.use, $0.assignment.step, $0.scored) }
    }
  }

  private func pass(weights: ModelWeights) {
    guard !plan.batch.tokens.isEmpty else { return }
    let hidden = model.forward(plan.batch, weights: weights, workspace: workspace)
    picker.draw(plan.draws, hidden: hidden, weights: weights) { planned, draw in take(draw, for: planned) }
  }

  private func take(_ draw: Draw, for planned: PassPlan.PlannedDraw) {
    let (group, index) = (planned.group, planned.response)
    group.responses[index].append(draw, limits: group.limits)
    guard group.responses[index].finish != nil else { return }
    seating.leave(group, index)
    PhaseClock.part(.scoring) { scoring.submit(group, index) }
  }

  private func name(_ assignment: Assignment, sample: Int) -> RandomName {
    let purpose: RandomPurpose =
      switch assignment.use {
      case .training, .baseline: .sampling
      case .validation: .validationSampling
      case .generation: .generation
      }
    return RandomName(
      seed: seed, purpose: purpose, step: assignment.step, ordinal: assignment.ordinal, sample: sample)
  }
}

/// What an engine has done.
struct RolloutCounts: Equatable {
  /// Forward passes.
  var passes = 0
  /// Rows that went through the layers.
  var rows = 0
  /// Rows that went through the output projection.
  var logitRows = 0
  /// Tokens drawn.
  var draws = 0
  /// Responses that lost their pages.
  var preemptions = 0
  /// The most pages, and the most rows of one pass.
  var (mostPages, mostRows) = (0, 0)

  fileprivate mutating func add(_ plan: PassPlan, _ seating: Seating) {
    let rows = plan.batch.tokens.count
    passes += rows > 0 ? 1 : 0
    self.rows += rows
    logitRows += plan.drawnRows
    draws += plan.draws.count
    preemptions = seating.preemptions
    (mostPages, mostRows) = (max(mostPages, seating.pages), max(mostRows, rows))
  }
}

extension LiveGroup {
  /// The group with its verdicts.
  fileprivate var scored: ScoredGroup {
    ScoredGroup(
      ordinal: assignment.ordinal, policyVersion: policyVersion, promptTokens: promptTokens,
      responses: responses.map { response in
        let verdict = response.verdict
        let score = verdict?.score ?? 0
        return Response(
          tokens: response.tokens, logProbabilities: response.logProbabilities,
          entropySum: response.entropySum, finish: response.finish ?? .length, text: response.text,
          score: score,
          reward: score, nonFiniteLogits: response.nonFiniteLogits, verdict: verdict?.kind.rawValue ?? "",
          answer: verdict?.extracted ?? "", reason: verdict?.reason ?? "", extras: verdict?.numbers ?? [:])
      })
  }
}
