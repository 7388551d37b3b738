public import Experience
import Kernels
public import Messages
public import Models
import Randomness
public import Tasks
import Tensors
public import Tokenization

/// A prompt that cannot be sampled.
public enum RolloutError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The prompt leaves no room for a response.
  case promptTooLong(origin: String, tokens: Int, limit: Int)

  /// The prompt has no tokens, so that there is nothing to continue.
  case emptyPrompt(origin: String)

  /// Where, what, and what to do about it.
  public var description: String {
    switch self {
    case .promptTooLong(let origin, let tokens, let limit):
      """
      \(origin): the prompt has \(tokens) tokens, and \(limit) are the most (`data.max_prompt_length` and the \
      model's context); shorten or remove it, or set `data.filter_overlong_prompts`
      """
    case .emptyPrompt(let origin):
      "\(origin): the prompt is empty; write one, or set `data.chat_template` to a template that adds to it"
    }
  }
}

/// Samples groups: a prompt is prefilled once for all its responses, then every live response of every live
/// group decodes one token per pass.
///
/// Groups join and leave between passes. By the row law neither changes a bit of any response.
public final class RolloutEngine {
  private let model: LanguageModel
  private let tokenizer: Tokenizer
  private let template: ChatTemplate
  private let seed: UInt64
  private let contextLength: Int
  private let endTokens: [Int32]
  private let workspace: Workspace
  private let logits: Tensor
  private let normed: Tensor
  private let scratch: Tensor
  private let draws: Storage<Draw>
  private var groups: [LiveGroup] = []

  /// An engine with no groups.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - tokenizer: Its tokenizer.
  ///   - template: How messages become a prompt.
  ///   - seed: The run's seed.
  ///   - contextLength: The longest sequence, prompt and response together.
  public init(
    model: LanguageModel, tokenizer: Tokenizer, template: ChatTemplate, seed: UInt64, contextLength: Int
  ) {
    self.model = model
    self.tokenizer = tokenizer
    self.template = template
    self.seed = seed
    self.contextLength = contextLength
    endTokens = endOfResponse(model: model, tokenizer: tokenizer, template: template)
    workspace = model.makeWorkspace(.none)
    draws = Storage(zeros: logitRows)
    let vocabulary = model.configuration.vocabularySize
    logits = Tensor(zeros: [logitRows, vocabulary])
    scratch = Tensor(zeros: [logitRows, vocabulary])
    normed = Tensor(zeros: [logitRows, model.configuration.hiddenSize])
  }

  /// How many responses are being sampled.
  public var liveResponses: Int {
    groups.reduce(0) { $0 + $1.responses.count { $0.finish == nil } }
  }

  /// How many groups are being sampled.
  public var liveGroups: Int { groups.count }

  /// Forgets the groups of `use` and `step`.
  public func cancel(use: SamplingUse, step: Int) {
    groups.removeAll { $0.assignment.use == use && $0.assignment.step == step }
  }

  /// Starts a group: prefills its prompt and draws every response's first token.
  ///
  /// - Throws: ``RolloutError`` if the prompt leaves no room for a response.
  public func admit(_ assignment: Assignment, weights: ModelWeights, policyVersion: Int) throws {
    let prompt = promptTokens(assignment.problem)
    guard !prompt.isEmpty else { throw RolloutError.emptyPrompt(origin: assignment.problem.origin) }
    guard prompt.count < contextLength else {
      throw RolloutError.promptTooLong(
        origin: assignment.problem.origin, tokens: prompt.count, limit: contextLength)
    }
    let trunk = model.makeSegment(capacity: prompt.count)
    let batch = TokenBatch(tokens: prompt, sequences: [SequenceRows(rows: 0..<prompt.count, own: trunk)])
    let hidden = model.forward(batch, weights: weights, workspace: workspace)
    let limits = ResponseLimits(
      endTokens: Set(endTokens), stopStrings: assignment.sampling.stopStrings,
      maximumTokens: min(assignment.sampling.maximumTokens, contextLength - prompt.count))
    let group = LiveGroup(
      assignment, policyVersion: policyVersion, promptTokens: prompt, trunk: trunk, limits: limits,
      responses: (0..<assignment.samples).map {
        LiveResponse(name: name(assignment, sample: $0), tokenizer: tokenizer)
      })
    let (last, weightsRow) = (logits.rows(0..<1), scratch.rows(0..<1))
    model.logits(
      hidden.rows(prompt.count - 1..<prompt.count), normed: normed.rows(0..<1), weights: weights, into: last)
    for index in group.responses.indices {
      var weightsScratch = weightsRow.mutableSpan
      let draw = sampler(assignment).draw(
        last.span, uniform: group.responses[index].name.uniform(at: 0), weights: &weightsScratch)
      group.responses[index].append(draw, limits: limits)
    }
    groups.append(group)
  }

  /// Decodes one token of every live response.
  ///
  /// - Returns: The groups that are finished, in the order of their admission.
  public func step(weights: ModelWeights) -> [(use: SamplingUse, step: Int, group: ScoredGroup)] {
    var rows: [(group: LiveGroup, response: Int)] = []
    for group in groups {
      for index in group.responses.indices where group.responses[index].finish == nil {
        rows.append((group, index))
      }
    }
    if !rows.isEmpty {
      let hidden = model.forward(batch(rows), weights: weights, workspace: workspace)
      for start in stride(from: 0, to: rows.count, by: logitRows) {
        let end = min(rows.count, start + logitRows)
        drawTokens(Array(rows[start..<end]), hidden: hidden.rows(start..<end), weights: weights)
      }
    }
    let finished = groups.filter(\.isFinished)
    groups.removeAll(where: \.isFinished)
    return finished.map { ($0.assignment.use, $0.assignment.step, scored($0)) }
  }

  private func batch(_ rows: [(group: LiveGroup, response: Int)]) -> TokenBatch {
    var batch = TokenBatch(tokens: [], sequences: [])
    for (row, (group, index)) in rows.enumerated() {
      let stored = group.responses[index].tokens.count - 1
      batch.tokens.append(group.responses[index].tokens[stored])
      let segment = roomyEnough(
        group.responses[index].segment, for: stored + 1, at: stored, most: group.limits.maximumTokens)
      group.responses[index].segment = segment
      batch.sequences.append(
        SequenceRows(
          rows: row..<row + 1, trunk: group.trunk, trunkLength: group.promptTokens.count, own: segment,
          ownStart: stored))
    }
    return batch
  }

  /// `segment`, or a copy of its `filled` positions with twice the room.
  private func roomyEnough(
    _ segment: KeyValueSegment?, for count: Int, at filled: Int, most: Int
  ) -> KeyValueSegment {
    guard let segment else { return model.makeSegment(capacity: min(32, most)) }
    if segment.capacity >= count { return segment }
    let larger = model.makeSegment(capacity: max(count, min(2 * segment.capacity, most)))
    larger.copy(from: segment, positions: filled)
    return larger
  }

  private func drawTokens(
    _ rows: [(group: LiveGroup, response: Int)], hidden: Tensor, weights: ModelWeights
  ) {
    let logits = logits.rows(0..<rows.count)
    model.logits(hidden, normed: normed.rows(0..<rows.count), weights: weights, into: logits)
    let (draws, scratch) = (draws, scratch)
    let samplers = rows.map { sampler($0.group.assignment) }
    let uniforms = rows.map { row in
      let response = row.group.responses[row.response]
      return response.name.uniform(at: response.tokens.count)
    }
    forEachBlock(rows.count) { i in
      let (row, weightsRow) = (logits.rows(i..<i + 1), scratch.rows(i..<i + 1))
      var weights = weightsRow.mutableSpan
      var out = draws.mutableSpan
      out[i] = samplers[i].draw(row.span, uniform: uniforms[i], weights: &weights)
    }
    for (i, row) in rows.enumerated() {
      row.group.responses[row.response].append(draws.span[i], limits: row.group.limits)
    }
  }

  private func sampler(_ assignment: Assignment) -> Sampler {
    Sampler(parameters: assignment.sampling, fallback: endTokens.first ?? 0)
  }

  private func name(_ assignment: Assignment, sample: Int) -> RandomName {
    let purpose: RandomPurpose =
      switch assignment.use {
      case .training: .sampling
      case .validation: .validationSampling
      case .generation: .generation
      }
    return RandomName(
      seed: seed, purpose: purpose, step: assignment.step, ordinal: assignment.ordinal, sample: sample)
  }

  private func promptTokens(_ problem: Problem) -> [Int32] {
    tokenizer.encode(promptText(problem.prompt, template: template))
  }

  private func scored(_ group: LiveGroup) -> ScoredGroup {
    ScoredGroup(
      ordinal: group.assignment.ordinal, policyVersion: group.policyVersion, promptTokens: group.promptTokens,
      responses: group.responses.map { response in
        let finish = response.finish ?? .length
        let verdict = VerifierRegistry.score(
          response: response.text, problem: group.assignment.problem, finished: finish != .length)
        return Response(
          tokens: response.tokens, logProbabilities: response.logProbabilities,
          entropySum: response.entropySum,
          finish: finish, text: response.text, score: verdict.score, reward: verdict.score,
          nonFiniteLogits: response.nonFiniteLogits)
      })
  }
}

/// Rows whose logits are alive together.
private let logitRows = 128

/// The text that the policy continues.
public func promptText(_ prompt: Prompt, template: ChatTemplate) -> String {
  switch prompt {
  case .text(let text) where template == .none:
    text
  case .text(let text):
    template.render([ChatMessage(role: "user", content: text)], addGenerationPrompt: true)
  case .messages(let messages):
    template.render(
      messages.map { ChatMessage(role: $0.role, content: $0.content) }, addGenerationPrompt: true)
  }
}

/// The tokens that end a response: the model's, the template's and the tokenizer's.
func endOfResponse(model: LanguageModel, tokenizer: Tokenizer, template: ChatTemplate) -> [Int32] {
  var ids: [Int32] = []
  let all = model.configuration.endOfSequenceIds + template.stopIds(tokenizer) + tokenizer.endOfTextIds
  for id in all where !ids.contains(id) { ids.append(id) }
  return ids
}
