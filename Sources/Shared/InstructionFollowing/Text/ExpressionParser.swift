/// A regular expression as a tree.
indirect enum ExpressionNode {
  case empty
  case scalar(ScalarSet)
  case assertion(Expression.Assertion)
  case sequence([ExpressionNode])
  case choice([ExpressionNode])
  case repetition(ExpressionNode, least: Int, most: Int?, isGreedy: Bool)

  /// About how many instructions it takes, with a cap.
  var size: Int {
    let exact: Int
    switch self {
    case .empty: exact = 0
    case .scalar, .assertion: exact = 1
    case .sequence(let nodes): exact = nodes.reduce(0) { $0 + $1.size }
    case .choice(let nodes): exact = nodes.reduce(0) { $0 + $1.size + 2 }
    case .repetition(let node, let least, let most, _): exact = (node.size + 2) * ((most ?? least) + 1)
    }
    return min(exact, 1_000)
  }

  /// Appends its instructions.
  func compile(into program: inout [Expression.Operation]) {
    switch self {
    case .empty: break
    case .scalar(let set): program.append(.scalar(set))
    case .assertion(let assertion): program.append(.assert(assertion))
    case .sequence(let nodes): for node in nodes { node.compile(into: &program) }
    case .choice(let nodes): Self.compile(choice: nodes, into: &program)
    case .repetition(let node, let least, let most, let isGreedy):
      for _ in 0..<least { node.compile(into: &program) }
      if let most {
        for _ in least..<max(most, least) { node.compile(optional: isGreedy, loops: false, into: &program) }
      } else {
        node.compile(optional: isGreedy, loops: true, into: &program)
      }
    }
  }

  private static func compile(choice nodes: [ExpressionNode], into program: inout [Expression.Operation]) {
    var exits: [Int] = []
    for node in nodes.dropLast() {
      let fork = program.count
      program.append(.match)
      node.compile(into: &program)
      exits.append(program.count)
      program.append(.match)
      program[fork] = .split(fork + 1, program.count)
    }
    nodes.last?.compile(into: &program)
    for exit in exits { program[exit] = .jump(program.count) }
  }

  private func compile(optional isGreedy: Bool, loops: Bool, into program: inout [Expression.Operation]) {
    let fork = program.count
    program.append(.match)
    compile(into: &program)
    if loops { program.append(.jump(fork)) }
    program[fork] = isGreedy ? .split(fork + 1, program.count) : .split(program.count, fork + 1)
  }
}

/// Reads a regular expression of Python's kind.
struct ExpressionParser {
  private let source: Scalars
  private var place = 0
  private var depth = 0

  private static let lengthLimit = 300
  private static let depthLimit = 20

  init(_ source: String) { self.source = Scalars(source) }

  private var next: Unicode.Scalar? { place < source.count ? source[place] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    place += 1
    return true
  }

  /// The whole expression, or nil.
  mutating func parse() -> ExpressionNode? {
    guard source.count <= Self.lengthLimit, let node = choice(), place == source.count else { return nil }
    return node
  }

  private mutating func choice() -> ExpressionNode? {
    var nodes: [ExpressionNode] = []
    repeat {
      guard let node = sequence() else { return nil }
      nodes.append(node)
    } while take("|")
    return nodes.count == 1 ? nodes[0] : .choice(nodes)
  }

  private mutating func sequence() -> ExpressionNode? {
    var nodes: [ExpressionNode] = []
    while let next, next != "|", next != ")" {
      guard let atom = atom(), let node = repeated(atom) else { return nil }
      nodes.append(node)
    }
    return .sequence(nodes)
  }

  private mutating func atom() -> ExpressionNode? {
    guard let scalar = next else { return nil }
    place += 1
    switch scalar {
    case ".": return .scalar(.anything)
    case "^": return .assertion(.start)
    case "$": return .assertion(.end)
    case "[": return scalarClass()
    case "(": return group()
    case "*", "+", "?": return nil
    case "\\": return escape()
    default: return .scalar(ScalarSet(scalar))
    }
  }

  private mutating func group() -> ExpressionNode? {
    if take("?"), !take(":") { return nil }
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit, let node = choice(), take(")") else { return nil }
    return node
  }

  private mutating func escape() -> ExpressionNode? {
    if take("b") { return .assertion(.wordEdge(true)) }
    if take("B") { return .assertion(.wordEdge(false)) }
    return escapedMember().map { .scalar(ScalarSet(members: [$0])) }
  }

  /// What follows a backslash and stands for scalars.
  private mutating func escapedMember() -> ScalarSet.Member? {
    guard let scalar = next else { return nil }
    place += 1
    switch scalar {
    case "d": return .digit(true)
    case "D": return .digit(false)
    case "w": return .word(true)
    case "W": return .word(false)
    case "s": return .space(true)
    case "S": return .space(false)
    case "n": return .range(0x0A...0x0A)
    case "t": return .range(0x09...0x09)
    case "r": return .range(0x0D...0x0D)
    case "f": return .range(0x0C...0x0C)
    case "v": return .range(0x0B...0x0B)
    default:
      guard !scalar.isASCIILetter, !scalar.isASCIIDigit else { return nil }
      return .range(scalar.value...scalar.value)
    }
  }

  private mutating func scalarClass() -> ExpressionNode? {
    var set = ScalarSet(members: [], isNegated: take("^"))
    var isFirst = true
    while let scalar = next, isFirst || scalar != "]" {
      isFirst = false
      guard let member = classMember() else { return nil }
      guard case .range(let low) = member, next == .hyphen, place + 1 < source.count, source[place + 1] != "]"
      else {
        set.members.append(member)
        continue
      }
      place += 1
      guard case .range(let high)? = classMember(), low.lowerBound <= high.lowerBound else { return nil }
      set.members.append(.range(low.lowerBound...high.lowerBound))
    }
    return take("]") ? .scalar(set) : nil
  }

  private mutating func classMember() -> ScalarSet.Member? {
    guard let scalar = next else { return nil }
    place += 1
    return scalar == "\\" ? escapedMember() : .range(scalar.value...scalar.value)
  }

  /// `node` with the mark of repetition that follows it, if one does.
  private mutating func repeated(_ node: ExpressionNode) -> ExpressionNode? {
    var (least, most): (Int, Int?) = (1, 1)
    if take("*") {
      (least, most) = (0, nil)
    } else if take("+") {
      (least, most) = (1, nil)
    } else if take("?") {
      (least, most) = (0, 1)
    } else if let bounds = bounds() {
      (least, most) = bounds
    } else {
      return node
    }
    if case .assertion = node { return nil }
    let isGreedy = !take("?")
    // A second mark is an error in Python, or has a meaning of its own.
    guard next != "*", next != "+", next != "?", bounds() == nil, least <= (most ?? least) else { return nil }
    return .repetition(node, least: least, most: most, isGreedy: isGreedy)
  }

  /// `{m}`, `{m,}`, `{,n}` or `{m,n}`; anything else in braces is plain text.
  private mutating func bounds() -> (Int, Int?)? {
    let start = place
    guard take("{") else { return nil }
    let least = number()
    let hasComma = take(",")
    let most = hasComma ? number() : least
    guard take("}"), least != nil || (hasComma && most != nil) else {
      place = start
      return nil
    }
    return (least ?? 0, most)
  }

  private mutating func number() -> Int? {
    var digits: [UInt32] = []
    while let next, next.isASCIIDigit {
      digits.append(next.value - 0x30)
      place += 1
    }
    guard !digits.isEmpty else { return nil }
    return digits.reduce(0) { min($0 * 10 + Int($1), 100_000) }
  }
}
