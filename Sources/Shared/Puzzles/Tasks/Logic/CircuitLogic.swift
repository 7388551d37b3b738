import Randomness

/// The output of a circuit of gates, given its inputs.
///
/// The reference scores 1; with white space around it, the share of the answer that it makes up.
///
/// Levels have 2, 2, 3, 4, 5 terms of up to 2, 3, 3, 4, 5 inputs.
enum CircuitLogic: PuzzleTask {
  static let name = "circuit_logic"

  private static let gates: [(String, String, @Sendable ([Bool]) -> Bool)] = [
    ("AND", "&", { !$0.contains(false) }), ("NAND", "↑", { $0.contains(false) }),
    ("XOR", "⊕", { $0.count(where: { $0 }) % 2 == 1 }), ("OR", "+", { $0.contains(true) }),
    ("NOR", "↓", { !$0.contains(true) }),
  ]

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let names = ["A", "B", "C", "D", "E", "F"].prefix(at(level, 2, 3, 4, 5, 6))
    let inputs = names.map { ($0, generator.chance(0.5)) }
    var (lines, terms, values) = ([String](), [String](), [Bool]())
    for index in 1...at(level, 2, 2, 3, 4, 5) {
      let gate = gates[generator.next(below: 3)]
      let count = generator.integer(in: 2...min(inputs.count, at(level, 2, 3, 3, 4, 5)))
      let wires = generator.choose(count, of: inputs).map { ($0.0, $0.1, generator.chance(0.3)) }
      lines.append(
        "G\(index) = \(gate.0)(\(wires.map { ($0.2 ? "NOT " : "") + $0.0 }.joined(separator: ", ")))")
      terms.append(wires.map { $0.0 + ($0.2 ? "'" : "") }.joined(separator: gate.1))
      values.append(gate.2(wires.map { $0.1 != $0.2 }))
    }
    let last = generator.element(of: [gates[0], gates[2], gates[3], gates[4]])
    let output = last.2(values) ? "1" : "0"
    let assigned = inputs.map { "\($0.0) = \($0.1 ? 1 : 0)" }.joined(separator: ", ")
    return Puzzle(
      question: """
        A circuit has the inputs \(assigned) and these gates:
        \(lines.joined(separator: "\n"))
        OUT = \(last.0)(\((1...lines.count).map { "G\($0)" }.joined(separator: ", ")))
        XOR is 1 if an odd number of its inputs are 1, NAND the opposite of AND, NOR the opposite of OR. What is OUT? \
        Answer 0 or 1.
        """,
      answer: output,
      metadata: [
        "expression": .text(terms.map { "(\($0))" }.joined(separator: last.1)),
        "assignments": .object(inputs.map { PuzzleMember($0.0, .integer($0.1 ? 1 : 0)) }),
        "term_strings": PuzzleValue(terms), "final_gate": .text(last.0), "inputs": PuzzleValue(Array(names)),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let expected = try key.answer
    if answer == expected { return .correct() }
    guard answer.trimmed == expected else { return answer.fields.isEmpty ? .unparsed("no answer") : .wrong() }
    return .share(Double(expected.count) / Double(answer.count), "with white space around it")
  }
}
