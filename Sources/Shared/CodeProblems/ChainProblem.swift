import Randomness

/// A list goes through steps, one after the other; difficulty n has n - 1 steps or one, and an end.
struct ChainProblem: ProblemTemplate {
  static let kind = "chain"
  let steps: [ListStep]
  let end: ListEnd

  init(_ difficulty: Int, _ generator: inout NamedGenerator) {
    let count = max(1, difficulty - 1)
    var steps: [ListStep] = []
    while steps.count < count {
      let step = ListStep(&generator)
      // Two of a kind in a row could be one.
      if steps.last?.family != step.family { steps.append(step) }
    }
    self.steps = steps
    end = difficulty == 1 ? .list : ListEnd.allCases[generator.next(below: ListEnd.allCases.count)]
  }

  var numbers: String { (steps.map { "\($0)" } + ["\(end)"]).joined(separator: " ") }
  var names: [String] { ["transform", "process", "pipeline", "reshape", "work_through"] }
  var parameters: [String] { ["xs"] }

  var statement: String {
    let lines = steps.enumerated().map { "\($0 + 1). \($1.words)" }
    return """
      xs is a list of integers, possibly empty. Begin with xs, and apply in this order:
      \(lines.joined(separator: "\n"))
      Then return \(end.words). xs itself stays as it is.
      """
  }

  var body: [String] { ["ys = list(xs)"] + steps.map(\.python) + ["return \(end.python)"] }

  var edges: [[CodeValue]] {
    [[], [0], [7], [-5], [4, 4, 4, 4], [-9, -3, -3, -1, -12, -6]].map { [.list($0)] }
      + [[.list((0..<240).map { ($0 * 37) % 101 - 50 })]]
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    let count = generator.integer(in: 3...12)
    return [.list((0..<count).map { _ in generator.integer(in: -30...30) })]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    end.result(steps.reduce(arguments[0].integers) { $1.apply($0) })
  }
}

/// One step from a list to a list.
enum ListStep: Sendable, Equatable {
  case affine(Int, Int)
  case keep(Int, Int)
  case drop(Int, Int)
  case everyNth(Int, Int)
  case skip(Int)
  case clip(Int, Int)
  case rotate(Int)
  case reverse
  case sort
  case distinct
  case differences
  case sums
  case squares(Int)
  case neighbours

  /// The cases without their numbers; ``affine(_:_:)`` twice, as it has the most.
  private static let familyCount = 14

  init(_ generator: inout NamedGenerator) {
    self =
      switch generator.next(below: Self.familyCount) {
      case 0: .affine([-3, -2, 2, 3, 4, 5][generator.next(below: 6)], generator.integer(in: -9...9))
      case 1: Self.remainder(&generator) { .keep($0, $1) }
      case 2: Self.remainder(&generator) { .drop($0, $1) }
      case 3: .everyNth(generator.integer(in: 2...4), generator.next(below: 2))
      case 4: .skip(generator.integer(in: 1...4))
      case 5: .clip(-generator.integer(in: 1...20), generator.integer(in: 1...20))
      case 6: .rotate(generator.integer(in: 1...5))
      case 7: .reverse
      case 8: .sort
      case 9: .distinct
      case 10: .differences
      case 11: .sums
      case 12: .squares(generator.integer(in: 5...40))
      default: .neighbours
      }
  }

  private static func remainder(
    _ generator: inout NamedGenerator, _ make: (Int, Int) -> ListStep
  ) -> ListStep {
    let modulus = generator.integer(in: 2...5)
    return make(modulus, generator.next(below: modulus))
  }

  /// Steps of one family are not put in a row.
  var family: Int {
    switch self {
    case .affine: 0
    case .keep, .drop: 1
    case .everyNth, .skip: 2
    case .clip: 3
    case .rotate, .reverse, .sort: 4
    case .distinct: 5
    case .differences, .sums, .neighbours: 6
    case .squares: 7
    }
  }

  var words: String {
    switch self {
    case .affine(let factor, let term):
      "Multiply each element by \(factor)" + (term == 0 ? "." : ", then add \(term) to it.")
    case .keep(let modulus, let rest):
      "Keep only elements whose remainder modulo \(modulus) is \(rest) (Python's %)."
    case .drop(let modulus, let rest):
      "Remove all elements whose remainder modulo \(modulus) is \(rest) (Python's %)."
    case .everyNth(let stride, let first):
      "Take every element number \(first), \(first + stride), \(first + 2 * stride), ..., counted from 0."
    case .skip(let count): "Leave out the first \(count) (all, where there are fewer)."
    case .clip(let low, let high):
      "Raise what is below \(low) to \(low), and lower what is above \(high) to \(high)."
    case .rotate(let count): "Move the first element to the end, \(count) time\(count == 1 ? "" : "s")."
    case .reverse: "Turn the order round."
    case .sort: "Sort ascending."
    case .distinct: "Of equal elements keep only the first."
    case .differences:
      "Replace the list by the differences of each element minus the one before it (one element fewer)."
    case .sums: "Replace each element by the sum of all up to and including it."
    case .squares(let modulus): "Replace each element by its square modulo \(modulus)."
    case .neighbours: "Replace the list by the sums of each two neighbours (one element fewer)."
    }
  }

  var python: String {
    switch self {
    case .affine(let factor, let term): "ys = [\(factor) * y + (\(term)) for y in ys]"
    case .keep(let modulus, let rest): "ys = [y for y in ys if y % \(modulus) == \(rest)]"
    case .drop(let modulus, let rest): "ys = [y for y in ys if y % \(modulus) != \(rest)]"
    case .everyNth(let stride, let first): "ys = ys[\(first)::\(stride)]"
    case .skip(let count): "ys = ys[\(count):]"
    case .clip(let low, let high): "ys = [min(max(y, \(low)), \(high)) for y in ys]"
    case .rotate(let count): "ys = ys[\(count) % len(ys):] + ys[:\(count) % len(ys)] if ys else []"
    case .reverse: "ys = ys[::-1]"
    case .sort: "ys = sorted(ys)"
    case .distinct: "ys = list(dict.fromkeys(ys))"
    case .differences: "ys = [b - a for a, b in zip(ys, ys[1:])]"
    case .sums: "ys = [sum(ys[:i + 1]) for i in range(len(ys))]"
    case .squares(let modulus): "ys = [y * y % \(modulus) for y in ys]"
    case .neighbours: "ys = [a + b for a, b in zip(ys, ys[1:])]"
    }
  }

  func apply(_ list: [Int]) -> [Int] {
    switch self {
    case .affine(let factor, let term): return list.map { factor * $0 + term }
    case .keep(let modulus, let rest):
      return list.filter { pythonDivision($0, by: modulus).remainder == rest }
    case .drop(let modulus, let rest):
      return list.filter { pythonDivision($0, by: modulus).remainder != rest }
    case .everyNth(let stride, let first):
      return Swift.stride(from: first, to: list.count, by: stride).map { list[$0] }
    case .skip(let count): return Array(list.dropFirst(count))
    case .clip(let low, let high): return list.map { min(max($0, low), high) }
    case .rotate(let count):
      guard !list.isEmpty else { return [] }
      return Array(list[(count % list.count)...] + list[..<(count % list.count)])
    case .reverse: return list.reversed()
    case .sort: return list.sorted()
    case .distinct:
      var seen: Set<Int> = []
      return list.filter { seen.insert($0).inserted }
    case .differences: return zip(list, list.dropFirst()).map { $1 - $0 }
    case .sums:
      var sum = 0
      return list.map {
        sum += $0
        return sum
      }
    case .squares(let modulus): return list.map { ($0 * $0) % modulus }
    case .neighbours: return zip(list, list.dropFirst()).map { $0 + $1 }
    }
  }
}

/// What is returned of the list.
enum ListEnd: String, Sendable, CaseIterable {
  case list, sum, largest, smallest, count, different, middle, alternating, last

  var words: String {
    switch self {
    case .list: "the list"
    case .sum: "the sum of the list (0 for an empty one)"
    case .largest: "its largest element (None for an empty one)"
    case .smallest: "its smallest element (None for an empty one)"
    case .count: "how many elements it has"
    case .different: "how many different elements it has"
    case .middle: "the middle one of its sorted elements, the lower of two (None for an empty list)"
    case .alternating: "the first element minus the second plus the third and so on (0 for an empty list)"
    case .last: "its last element (None for an empty list)"
    }
  }

  var python: String {
    switch self {
    case .list: "ys"
    case .sum: "sum(ys)"
    case .largest: "max(ys) if ys else None"
    case .smallest: "min(ys) if ys else None"
    case .count: "len(ys)"
    case .different: "len(set(ys))"
    case .middle: "sorted(ys)[(len(ys) - 1) // 2] if ys else None"
    case .alternating: "sum(ys[0::2]) - sum(ys[1::2])"
    case .last: "ys[-1] if ys else None"
    }
  }

  func result(_ list: [Int]) -> CodeValue {
    switch self {
    case .list: .list(list)
    case .sum: .integer(list.reduce(0, +))
    case .largest: list.max().map { .integer($0) } ?? .none
    case .smallest: list.min().map { .integer($0) } ?? .none
    case .count: .integer(list.count)
    case .different: .integer(Set(list).count)
    case .middle: list.isEmpty ? .none : .integer(list.sorted()[(list.count - 1) / 2])
    case .alternating:
      .integer(list.indices.reduce(0) { $1.isMultiple(of: 2) ? $0 + list[$1] : $0 - list[$1] })
    case .last: list.last.map { .integer($0) } ?? .none
    }
  }
}
