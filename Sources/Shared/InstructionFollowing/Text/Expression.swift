/// A regular expression, run on all its alternatives at once, so that no text makes it slow.
///
/// A Pike machine: a list of threads, the preferred first, steps through the text together; a thread that
/// matches ends those behind it. The match is the one that Python's backtracking finds.
/// Source: Cox 2009, *Regular Expression Matching: the Virtual Machine Approach*, https://swtch.com/~rsc/regexp/.
struct Expression: Sendable {
  /// What a search may spend on one text, in steps of threads; beyond it nothing more is found.
  static let stepLimit = 20_000_000

  /// More instructions make a text no expression.
  private static let sizeLimit = 400

  private let program: [Operation]
  private let ignoresCase: Bool

  /// Reads an expression; nil if `source` is none, or has parts that are not understood.
  init?(_ source: String, ignoresCase: Bool) {
    var parser = ExpressionParser(source)
    guard let node = parser.parse(), node.size < Self.sizeLimit else { return nil }
    var program: [Operation] = []
    node.compile(into: &program)
    self.program = program + [.match]
    self.ignoresCase = ignoresCase
  }

  /// How often it matches in `text`, at most `limit` times.
  func count(in text: Scalars, limit: Int) -> Int {
    var search = Search(
      program: program, text: ignoresCase ? text.map(\.folded) : text, ignoresCase: ignoresCase)
    var (count, place) = (0, 0)
    while count < limit, place <= text.count, let match = search.first(from: place) {
      count += 1
      place = max(match.upperBound, match.lowerBound + 1)
    }
    return count
  }

  /// An instruction of the machine.
  enum Operation: Sendable {
    case scalar(ScalarSet)
    case assert(Assertion)
    /// Goes on at both places, the first preferred.
    case split(Int, Int)
    case jump(Int)
    case match
  }

  /// What is true between two scalars.
  enum Assertion: Sendable {
    case start
    case end
    case wordEdge(Bool)

    func holds(in text: Scalars, at place: Int) -> Bool {
      switch self {
      case .start: place == 0
      case .end: place == text.count || (place == text.count - 1 && text[place] == .newline)
      case .wordEdge(let isEdge): text.isWordEdge(place) == isEdge
      }
    }
  }
}

/// Scalars that one place of an expression takes.
struct ScalarSet: Sendable {
  enum Member: Sendable {
    case range(ClosedRange<UInt32>)
    case digit(Bool)
    case word(Bool)
    case space(Bool)
  }

  var members: [Member]
  var isNegated = false

  static let anything = ScalarSet(members: [.range(0x0A...0x0A)], isNegated: true)

  init(members: [Member], isNegated: Bool = false) {
    self.members = members
    self.isNegated = isNegated
  }

  init(_ scalar: Unicode.Scalar) {
    members = [.range(scalar.value...scalar.value)]
  }

  /// Whether it takes `scalar`, which is folded if case is ignored.
  func takes(_ scalar: Unicode.Scalar, ignoresCase: Bool) -> Bool {
    var isMember = has(scalar)
    if !isMember, ignoresCase, scalar.properties.changesWhenUppercased {
      let mapping = scalar.properties.uppercaseMapping.unicodeScalars
      if let capital = mapping.first, mapping.count == 1 { isMember = has(capital) }
    }
    return isMember != isNegated
  }

  private func has(_ scalar: Unicode.Scalar) -> Bool {
    members.contains { member in
      switch member {
      case .range(let range): range.contains(scalar.value)
      case .digit(let wanted): scalar.isDigit == wanted
      case .word(let wanted): scalar.isWord == wanted
      case .space(let wanted): scalar.isSpace == wanted
      }
    }
  }
}

/// The machine on one text.
private struct Search {
  let program: [Expression.Operation]
  let text: Scalars
  let ignoresCase: Bool
  private var steps = 0

  /// The place at which each instruction was last added, so that none is added twice.
  private var added: [Int]

  /// Instructions that `follow` has still to look at.
  private var open: [Int] = []

  private typealias Thread = (instruction: Int, start: Int)

  init(program: [Expression.Operation], text: Scalars, ignoresCase: Bool) {
    self.program = program
    self.text = text
    self.ignoresCase = ignoresCase
    added = Array(repeating: -1, count: program.count)
  }

  /// The leftmost match from `start` on.
  mutating func first(from start: Int) -> Range<Int>? {
    var (threads, following): ([Thread], [Thread]) = ([], [])
    var found: Range<Int>?
    for index in added.indices { added[index] = -1 }
    var place = start
    while place <= text.count, steps < Expression.stepLimit {
      if found == nil { follow(0, start: place, at: place, into: &threads) }
      guard !threads.isEmpty || found == nil else { break }
      following.removeAll(keepingCapacity: true)
      for thread in threads {
        steps += 1
        switch program[thread.instruction] {
        case .match:
          found = thread.start..<place
        case .scalar(let set):
          guard place < text.count, set.takes(text[place], ignoresCase: ignoresCase) else { continue }
          follow(thread.instruction + 1, start: thread.start, at: place + 1, into: &following)
          continue
        default: continue
        }
        // Threads behind one that matches are less preferred.
        break
      }
      swap(&threads, &following)
      place += 1
    }
    return found
  }

  /// Adds `instruction`, or what it leads to without taking a scalar, to the threads of `place`.
  private mutating func follow(_ instruction: Int, start: Int, at place: Int, into threads: inout [Thread]) {
    open.append(instruction)
    while let next = open.popLast() {
      guard added[next] != place else { continue }
      added[next] = place
      steps += 1
      switch program[next] {
      case .jump(let target): open.append(target)
      case .split(let first, let second):
        open.append(second)
        open.append(first)
      case .assert(let assertion): if assertion.holds(in: text, at: place) { open.append(next + 1) }
      case .scalar, .match: threads.append((next, start))
      }
    }
  }
}
