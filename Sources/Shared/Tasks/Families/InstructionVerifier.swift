import InstructionFollowing

/// Scores texts by the instructions they follow; see `Instruction`.
///
/// | `data_source` | score |
/// |---|---|
/// | `ifeval` | 1 if all are followed, else 0 |
/// | any other | the share that is followed |
///
/// The instructions, `instruction_id_list` and `kwargs`, are in the ground truth, an object, or in `extra_info`, with
/// `mode`, `strict` unless it says `loose`.
struct InstructionVerifier: Verifier {
  func score(response: String, problem: Problem, finished: Bool) -> Verdict {
    guard let row = try? Row(problem) else {
      return .failure(.error, "the row's instructions cannot be read")
    }
    let followed = row.check.followed(by: response, mode: row.mode)
    let count = followed.count { $0 }
    let isEverything = count == followed.count
    let share = Double(count) / Double(max(1, followed.count))
    let score = isEverything ? 1 : problem.dataSource == "ifeval" ? 0 : share
    let missed = zip(row.check.instructions, followed).filter { !$0.1 }.map(\.0.id)
    return Verdict(
      score: Float(score), extracted: response,
      reason: isEverything ? "all are followed" : "not followed: " + missed.joined(separator: ", "),
      kind: Verdict.Kind(accuracy: score))
  }

  func fault(of problem: Problem) -> String? {
    do {
      _ = try Row(problem)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Which instructions are followed, in the row's order; nil where the row cannot be read.
  static func followed(by response: String, _ problem: Problem) -> [Bool]? {
    guard let row = try? Row(problem) else { return nil }
    return row.check.followed(by: response, mode: row.mode)
  }

  /// What a row asks.
  private struct Row {
    let check: InstructionCheck
    let mode: InstructionCheck.Mode

    init(_ problem: Problem) throws(InstructionRowFault) {
      let truth = JSONText.value(problem.groundTruth)
      let extra = JSONText.value(problem.extra)
      guard
        let source = [truth, extra].lazy.compactMap({ $0 }).first(where: { $0["instruction_id_list"] != nil }
        ),
        let ids = source["instruction_id_list"]?.strings, !ids.isEmpty
      else { throw InstructionRowFault(description: "`instruction_id_list` is missing, or no list of names") }
      guard case .array(let values)? = source["kwargs"] ?? .array(ids.map { _ in .object([:]) }),
        values.count == ids.count
      else { throw InstructionRowFault(description: "`kwargs` is no list as long as `instruction_id_list`") }
      var instructions: [Instruction] = []
      for (id, value) in zip(ids, values) {
        var arguments: [String: ArgumentValue] = [:]
        if case .object(let members) = value { arguments = members.mapValues(\.argument) }
        do {
          instructions.append(try Instruction(id: id, arguments: arguments))
        } catch {
          throw InstructionRowFault(description: "\(error)")
        }
      }
      check = InstructionCheck(instructions: instructions)
      mode = (source["mode"] ?? extra?["mode"])?.string == "loose" ? .loose : .strict
    }
  }
}

/// Why a row's instructions cannot be read.
private struct InstructionRowFault: Error, CustomStringConvertible {
  let description: String
}

extension VerifierRegistry {
  /// Which of the row's instructions `response` follows, in their order; nil where the row has none.
  public static func followedInstructions(by response: String, problem: Problem) -> [Bool]? {
    problem.reward.name.rawValue == "instruction" ? InstructionVerifier.followed(by: response, problem) : nil
  }
}

extension JSONValue {
  /// The same as an instruction's argument.
  fileprivate var argument: ArgumentValue {
    switch self {
    case .null: .null
    case .bool(let bool): .bool(bool)
    case .integer(let integer): .integer(integer)
    case .number(let number): .number(Double("\(number)") ?? 0)
    case .string(let text): .string(text)
    case .array(let elements): .array(elements.map(\.argument))
    case .object(let members): .object(members.mapValues(\.argument))
    }
  }
}
