/// What a random number is for; numbers for different purposes never meet.
///
/// The raw values are part of every name, hence of every bit a run computes, and of what a checkpoint
/// promises: a case is added at the end and never renumbered. They fit in 8 bits.
public enum RandomPurpose: UInt32, Sendable, CaseIterable {
  /// The order in which a data set's rows are asked; `step` is the epoch.
  case promptOrder = 1

  /// The tokens of training rollouts; `position` is the token's index in the response.
  case sampling = 2

  /// The tokens of validation rollouts.
  case validationSampling = 3

  /// The tokens of text generated on request, outside training.
  case generation = 4

  /// The built-in problems.
  case problems = 5

  /// The demonstrations for supervised fine-tuning.
  case demonstrations = 6

  /// Any other shuffle.
  case shuffle = 7

  /// The first weights of a new model; `ordinal` is the tensor, `position` the element.
  case initialization = 8

  /// Inputs that tests make up.
  case test = 9

  /// The tokens that a loss picks out of a mini-batch; `ordinal` is the mini-batch of the step.
  case tokenSelection = 10

  /// Which prompts a curriculum draws.
  case curriculum = 11
}
