/// A request with instructions on its form, made by a generator, with a response that follows them.
public struct InstructionProblem: Sendable, Equatable {
  /// From 1 to 5.
  public let difficulty: Int

  /// What the policy is asked, instructions included.
  public let prompt: String

  /// The instructions' names, one to three, in the order of the prompt.
  public let instructionIDs: [String]

  /// Their arguments, one object for each.
  public let arguments: [[String: ArgumentValue]]

  /// A response that follows all of them strictly; a witness that they can be followed, not a good answer.
  public let reference: String

  /// The check that scores responses.
  public func check() throws(InstructionFault) -> InstructionCheck {
    try InstructionCheck(ids: instructionIDs, arguments: arguments)
  }
}
