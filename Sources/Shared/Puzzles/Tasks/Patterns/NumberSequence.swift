import Randomness

/// The next number of a sequence that some operations make, each term from the last.
///
/// The rule drawn is the first, in the order in which rules are tried, that explains the terms shown, so that no
/// simpler one gives another answer. Levels have rules of 1, 1, 2, 2, 3 operations, shown on 6, 5, 6, 5, 6 terms.
enum NumberSequence: PuzzleTask {
  static let name = "number_sequence"

  private enum Operation: Equatable {
    case add(Int)
    case multiply(Int)
    case square
    case halve
    case addPrevious

    func apply(_ term: Int, previous: Int) -> Int {
      switch self {
      case .add(let number): term + number
      case .multiply(let number): term * number
      case .square: term * term
      case .halve: (term - modulo(term, 2)) / 2
      case .addPrevious: term + previous
      }
    }
  }

  private static let operations: [Operation] =
    (1...10).flatMap { [.add($0), .add(-$0)] } + [.addPrevious, .multiply(2), .multiply(-1), .halve]
    + [.multiply(3), .multiply(-2), .multiply(4), .multiply(5), .multiply(-3), .square]

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let length = at(level, 1, 1, 2, 2, 3)
    let shown = at(level, 6, 5, 6, 5, 6)
    let usable = level == 1 ? Array(operations.prefix(21)) : operations
    while true {
      let rule = (0..<length).map { _ in generator.element(of: usable) }
      let start = generator.integer(in: -10...10)
      let terms = sequence(rule, from: [start], count: shown + 1)
      guard terms.allSatisfy({ abs($0) <= 1000 }), Set(terms).count > 3 else { continue }
      guard isPlain(Array(terms.prefix(shown)), next: terms[shown], length: length) else { continue }
      return Puzzle(
        question: """
          Every number of this sequence is made from the one before it in the same way: \
          \(terms.prefix(shown).map(String.init).joined(separator: ", ")), ... Which number comes next? Answer with the \
          number only.
          """,
        answer: "\(terms[shown])", metadata: ["complexity": .integer(length), "sequence": PuzzleValue(terms)])
    }
  }

  private static func sequence(_ rule: [Operation], from start: [Int], count: Int) -> [Int] {
    var terms = start
    while terms.count < count {
      let previous = terms.count > 1 ? terms[terms.count - 2] : 0
      var next = terms[terms.count - 1]
      for operation in rule where abs(next) <= 100_000 { next = operation.apply(next, previous: previous) }
      if abs(next) > 100_000 { break }
      terms.append(next)
    }
    // Padded, so that too large a sequence is one that no other equals.
    return terms + Array(repeating: .max, count: max(0, count - terms.count))
  }

  /// Whether every rule of up to two operations, and no longer than `length`, that gives `terms` goes on with
  /// `next`.
  private static func isPlain(_ terms: [Int], next: Int, length: Int) -> Bool {
    func agrees(_ rule: [Operation]) -> Bool {
      let made = sequence(rule, from: [terms[0]], count: terms.count + 1)
      return !made.starts(with: terms) || made[terms.count] == next
    }
    guard operations.allSatisfy({ agrees([$0]) }) else { return false }
    return length < 2
      || operations.allSatisfy { first in operations.allSatisfy { agrees([first, $0]) } }
  }
}
