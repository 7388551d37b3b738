/// What is wrong with an instruction, found when it is read and never when a response is scored.
public enum InstructionFault: Error, Sendable, Equatable, CustomStringConvertible {
  /// No instruction is called `id`.
  case unknown(id: String)

  /// An argument without which the instruction says nothing.
  case missing(id: String, argument: String)

  /// An argument of the wrong kind, or outside its range; it must be `demand`.
  case unusable(id: String, argument: String, demand: String)

  /// The lists of a row differ in length.
  case uneven(instructions: Int, arguments: Int)

  /// What an operator should read.
  public var description: String {
    switch self {
    case .unknown(let id):
      "`\(id)` is no IFEval instruction; known are \(Instruction.knownIDs.joined(separator: ", "))"
    case .missing(let id, let argument): "`\(id)` needs the argument `\(argument)`"
    case .unusable(let id, let argument, let demand): "`\(argument)` of `\(id)` must be \(demand)"
    case .uneven(let instructions, let arguments):
      "a row has \(instructions) instruction ids and \(arguments) objects of arguments; give one for each"
    }
  }
}
