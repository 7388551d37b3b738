/// Whether responses follow a row's instructions.
///
/// ```swift
/// let check = try InstructionCheck(ids: row.instructionIDs, arguments: row.kwargs)
/// let followed = check.followed(by: response, mode: .strict)  // [true, false]
/// ```
///
/// | mode | an instruction is followed if it holds for |
/// |---|---|
/// | strict | the response |
/// | loose | the response, or it without its first line, its last line or both, each also without `*` |
///
/// A blank text follows nothing. Total: any text gets an answer, in time about proportional to its length.
public struct InstructionCheck: Sendable, Equatable {
  /// How a response is looked at.
  public enum Mode: Sendable, CaseIterable {
    /// As it is.
    case strict
    /// Also without what models put around an answer; IFEval's loose accuracy.
    case loose
  }

  /// Texts of more scalars follow nothing, so that no response can hold up a run.
  public static let lengthLimit = 2 << 20

  /// What is asked.
  public let instructions: [Instruction]

  /// A check of `instructions`.
  public init(instructions: [Instruction]) {
    self.instructions = instructions
  }

  /// Reads a row: one object of arguments for each id.
  public init(ids: [String], arguments: [[String: ArgumentValue]]) throws(InstructionFault) {
    guard ids.count == arguments.count else {
      throw .uneven(instructions: ids.count, arguments: arguments.count)
    }
    var instructions: [Instruction] = []
    for (id, arguments) in zip(ids, arguments) {
      instructions.append(try Instruction(id: id, arguments: arguments))
    }
    self.init(instructions: instructions)
  }

  /// For each instruction, whether `response` follows it.
  public func followed(by response: String, mode: Mode = .strict) -> [Bool] {
    let text = Scalars(response)
    guard text.count <= Self.lengthLimit else { return instructions.map { _ in false } }
    let variants = mode == .strict ? [text] : Self.looseVariants(text)
    let candidates = variants.filter { !$0.stripped.isEmpty }
    return instructions.map { instruction in candidates.contains { instruction.isFollowed(by: $0) } }
  }

  /// The up to eight different texts of the loose mode, the response first.
  static func looseVariants(_ text: Scalars) -> [Scalars] {
    let first = text.firstIndex(of: .newline)
    let last = text.lastIndex(of: .newline)
    let withoutFirst = first.map { Array(text[($0 + 1)...]) } ?? []
    let withoutLast = last.map { Array(text[..<$0]) } ?? []
    var inner: Scalars = []
    if let first, let last, first < last { inner = Array(text[(first + 1)..<last]) }
    let cut = [text, withoutFirst.stripped, withoutLast.stripped, inner.stripped]
    let bare = cut.map { $0.filter { $0 != .star } }
    var variants: [Scalars] = []
    for variant in cut + bare where !variants.contains(variant) { variants.append(variant) }
    return variants
  }
}
