import Randomness

/// Intervals that touch become one.
struct MergeIntervals: ProblemTemplate {
  static let kind = "intervals"
  let gap: Int
  let least: Int

  init(_ generator: inout NamedGenerator) {
    gap = generator.integer(in: 0...6)
    least = generator.integer(in: 0...8)
  }

  var numbers: String { "\(gap) \(least)" }
  var names: [String] { ["merge", "join_intervals", "unite"] }
  var parameters: [String] { ["intervals"] }

  var statement: String {
    "intervals is a list of lists [a, b] of integers with a <= b. Unite those that overlap, or have at most \(gap) between the end of one and the beginning of the next, until there are none such left. Return those with b - a of \(least) or more, sorted by a."
  }

  var body: [String] {
    [
      "out = []", "for a, b in sorted(intervals):", "    if out and a - out[-1][1] <= \(gap):",
      "        out[-1][1] = max(out[-1][1], b)", "    else:", "        out.append([a, b])",
      "return [p for p in out if p[1] - p[0] >= \(least)]",
    ]
  }

  var edges: [[CodeValue]] {
    [
      [], [[0, 0]], [[0, 9]], [[5, 8], [1, 2]], [[0, 30], [3, 4]],
      [[1, 4], [4 + gap, 12], [13 + gap + 12, 60]],
    ]
    .map { [.list($0.map { .list($0) })] }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    let count = generator.integer(in: 2...7)
    let pairs = (0..<count).map { _ -> CodeValue in
      let start = generator.integer(in: 0...60)
      return .list([start, start + generator.integer(in: 0...14)])
    }
    return [.list(pairs)]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let pairs = arguments[0].elements.map { ($0.integers[0], $0.integers[1]) }.sorted { $0 < $1 }
    var merged: [(Int, Int)] = []
    for pair in pairs {
      if let last = merged.last, pair.0 - last.1 <= gap {
        merged[merged.count - 1].1 = max(last.1, pair.1)
      } else {
        merged.append(pair)
      }
    }
    return .list(merged.filter { $0.1 - $0.0 >= least }.map { .list([$0.0, $0.1]) })
  }
}

/// Brackets that must match.
struct Brackets: ProblemTemplate {
  static let kind = "brackets"
  let pairs: String
  let asDepth: Bool
  let extra: Int

  private static let sets = ["()", "()[]", "()<>", "[]{}", "()[]{}", "{}<>"]

  init(_ generator: inout NamedGenerator) {
    pairs = Self.sets[generator.next(below: Self.sets.count)]
    asDepth = generator.next(below: 3) > 0
    extra = asDepth ? generator.integer(in: 0...9) : 0
  }

  var numbers: String { "\(pairs) \(asDepth) \(extra)" }
  var names: [String] { ["brackets", "check_nesting", "nesting"] }
  var parameters: [String] { ["text"] }

  var statement: String {
    let what =
      asDepth
      ? "return how deep they are nested" + (extra == 0 ? "" : ", plus \(extra)") + "; otherwise return -1"
      : "return True, otherwise False"
    return
      "Only the brackets \(pairs.map(String.init).joined(separator: " ")) of the string text count. If each is closed by its partner, and what is opened last is closed first, \(what)."
  }

  var body: [String] {
    [
      "opening, closing = \(quoted(half(0))), \(quoted(half(1)))", "open_ones, deepest = [], 0",
      "for c in text:",
      "    if c in opening:", "        open_ones.append(c)", "        deepest = max(deepest, len(open_ones))",
      "    elif c in closing:",
      "        if not open_ones or opening.index(open_ones.pop()) != closing.index(c):",
      "            return \(asDepth ? "-1" : "False")",
      asDepth ? "return -1 if open_ones else deepest + \(extra)" : "return not open_ones",
    ]
  }

  private func half(_ parity: Int) -> String {
    String(pairs.enumerated().filter { $0.offset % 2 == parity }.map(\.element))
  }

  var edges: [[CodeValue]] {
    let (first, last) = (String(half(0).prefix(1)), String(half(1).prefix(1)))
    return ["", "x", first + last, first, last, last + first, first + first + last + last].map { [.text($0)] }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    var text = ""
    var stack: [Int] = []
    let (opening, closing) = (Array(half(0)), Array(half(1)))
    for _ in 0..<generator.integer(in: 4...14) {
      if stack.isEmpty || generator.next(below: 5) < 3 {
        stack.append(generator.next(below: opening.count))
        text.append(opening[stack[stack.count - 1]])
      } else if let last = stack.popLast() {
        text.append(generator.next(below: 14) == 0 ? "a" : closing[last])
      }
    }
    for kind in stack.reversed() where generator.next(below: 12) > 0 { text.append(closing[kind]) }
    return [.text(text)]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let (opening, closing) = (Array(half(0).utf8), Array(half(1).utf8))
    var stack: [Int] = []
    var deepest = 0
    for character in arguments[0].characters {
      if let kind = opening.firstIndex(of: character) {
        stack.append(kind)
        deepest = max(deepest, stack.count)
      } else if let kind = closing.firstIndex(of: character), stack.popLast() != kind {
        return asDepth ? .integer(-1) : .boolean(false)
      }
    }
    if asDepth { return .integer(stack.isEmpty ? deepest + extra : -1) }
    return .boolean(stack.isEmpty)
  }
}

/// Ways to pay an amount, or the fewest coins for it.
struct Coins: ProblemTemplate {
  static let kind = "coins"
  let values: [Int]
  let limit: Int
  let asWays: Bool

  init(_ generator: inout NamedGenerator) {
    let all = [1, 2, 3, 4, 5, 7, 9]
    let count = generator.integer(in: 2...3)
    values = generator.choose(count, of: all).sorted()
    limit = generator.integer(in: 2...5)
    asWays = generator.next(below: 2) == 0
  }

  var numbers: String { "\(values) \(limit) \(asWays)" }
  var names: [String] { ["coins", "pay", "change_for"] }
  var parameters: [String] { ["amount"] }

  var statement: String {
    let what =
      asWays
      ? "in how many ways exactly amount can be paid; the order of coins does not matter"
      : "the fewest coins that make exactly amount, or -1 if there are none"
    return
      "There are coins of \(values.map(String.init).joined(separator: ", ")), and at most \(limit) of each may be used. Return \(what)."
  }

  var body: [String] {
    asWays
      ? [
        "ways = [1] + [0] * amount", "for c in \(values):",
        "    ways = [sum(ways[v - k * c] for k in range(\(limit + 1)) if k * c <= v) for v in range(amount + 1)]",
        "return ways[amount]",
      ]
      : [
        "few = [0] + [10 ** 9] * amount", "for c in \(values):",
        "    few = [min(few[v - k * c] + k for k in range(\(limit + 1)) if k * c <= v) for v in range(amount + 1)]",
        "return few[amount] if few[amount] < 10 ** 9 else -1",
      ]
  }

  var edges: [[CodeValue]] {
    [0, 1, values[0], values.reduce(0, +), values.reduce(0, +) * limit, values.reduce(0, +) * limit + 1]
      .map { [.integer($0)] }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [.integer(generator.integer(in: 2...values.reduce(0, +) * limit))]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let amount = arguments[0].number
    var ways = [1] + Array(repeating: 0, count: amount)
    var fewest = [0] + Array(repeating: Int.max / 2, count: amount)
    for value in values {
      let (oldWays, oldFewest) = (ways, fewest)
      for sum in 0...amount {
        let counts = (0...limit).filter { $0 * value <= sum }
        ways[sum] = counts.reduce(0) { $0 + oldWays[sum - $1 * value] }
        fewest[sum] = counts.map { oldFewest[sum - $0 * value] + $0 }.min() ?? 0
      }
    }
    return .integer(asWays ? ways[amount] : fewest[amount] < Int.max / 2 ? fewest[amount] : -1)
  }
}

/// Paths through a grid with walls.
struct GridPaths: ProblemTemplate {
  static let kind = "grid_paths"
  let diagonal: Bool
  let modulus: Int
  let wall: String

  init(_ generator: inout NamedGenerator) {
    diagonal = generator.next(below: 2) == 0
    modulus = [0, 3, 5, 7, 11, 100][generator.next(below: 6)]
    wall = ["#", "x", "@", "*"][generator.next(below: 4)]
  }

  var numbers: String { "\(diagonal) \(modulus) \(wall)" }
  var names: [String] { ["paths", "count_paths", "routes"] }
  var parameters: [String] { ["grid"] }

  var statement: String {
    let moves = diagonal ? "right, down, or right and down at once" : "right or down"
    let end = modulus == 0 ? "" : " modulo \(modulus)"
    return
      "grid is a list of strings of the same length, and \(quoted(wall)) is a wall. Each move goes one cell \(moves). Return the number of ways from the first cell of the first row to the last cell of the last row that meet no wall\(end). A wall at either end leaves none, and so does an empty grid."
  }

  var body: [String] {
    let more = diagonal ? ["        if i and j:", "            n += ways[i - 1][j - 1]"] : []
    return [
      "ways = []", "for i, row in enumerate(grid):", "    ways.append([])", "    for j, c in enumerate(row):",
      "        n = 1 if i == j == 0 else 0", "        if i:", "            n += ways[i - 1][j]",
      "        if j:",
      "            n += ways[i][j - 1]",
    ] + more + [
      "        ways[i].append(0 if c == \(quoted(wall)) else n)",
      "return ways[-1][-1]\(modulus == 0 ? "" : " % \(modulus)") if grid else 0",
    ]
  }

  var edges: [[CodeValue]] {
    [[], ["."], [wall], ["....", "....", "...."], ["." + wall, ".."], ["..", wall + wall, ".."]]
      .map { [.list($0.map { .text($0) })] }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    let (height, width) = (generator.integer(in: 2...6), generator.integer(in: 2...6))
    let rows = (0..<height).map { _ -> CodeValue in
      .text((0..<width).map { _ in generator.next(below: 6) == 0 ? wall : "." }.joined())
    }
    return [.list(rows)]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let grid = arguments[0].elements.map(\.characters)
    let wall = Array(wall.utf8)[0]
    var ways = grid.map { $0.map { _ in 0 } }
    for (i, row) in grid.enumerated() {
      for (j, cell) in row.enumerated() where cell != wall {
        var count = i == 0 && j == 0 ? 1 : 0
        if i > 0 { count += ways[i - 1][j] }
        if j > 0 { count += ways[i][j - 1] }
        if diagonal, i > 0, j > 0 { count += ways[i - 1][j - 1] }
        ways[i][j] = count
      }
    }
    let count = ways.last?.last ?? 0
    return .integer(modulus == 0 ? count : count % modulus)
  }
}

/// The longest part of a list in which neighbours keep a rule.
struct LongestChain: ProblemTemplate {
  static let kind = "longest_chain"
  let rises: Bool
  let least: Int
  let asLength: Bool

  init(_ generator: inout NamedGenerator) {
    rises = generator.next(below: 2) == 0
    least = generator.integer(in: 0...6)
    asLength = generator.next(below: 2) == 0
  }

  var numbers: String { "\(rises) \(least) \(asLength)" }
  var names: [String] { ["chain", "longest_part", "best_stretch"] }
  var parameters: [String] { ["xs"] }

  var statement: String {
    let rule =
      "each next element is \(rises ? "larger" : "smaller") than the one before it by \(least) or more"
    let equal = least == 0 ? " (it may be equal)" : ""
    let what = asLength ? "Return its length (0 for an empty list)." : "Return it; of several, the first."
    return "Find the longest part of neighbouring elements of the list xs in which \(rule)\(equal). \(what)"
  }

  var body: [String] {
    let step = rises ? "xs[j] - xs[j - 1]" : "xs[j - 1] - xs[j]"
    return [
      "best, i = [], 0", "while i < len(xs):", "    j = i + 1",
      "    while j < len(xs) and \(step) >= \(least):", "        j += 1",
      "    if j - i > len(best):", "        best = xs[i:j]", "    i = j",
      "return \(asLength ? "len(best)" : "best")",
    ]
  }

  var edges: [[CodeValue]] {
    [[], [4], [1, 1, 1], [1, 10, 20, 30], [30, 20, 10, 1], [5, 9, 4, 8, 3, 7]].map { [.list($0)] }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [.list((0..<generator.integer(in: 5...14)).map { _ in generator.integer(in: -15...15) })]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let list = arguments[0].integers
    var best = list[..<0]
    var start = 0
    while start < list.count {
      var end = start + 1
      while end < list.count, (list[end] - list[end - 1]) * (rises ? 1 : -1) >= least { end += 1 }
      if end - start > best.count { best = list[start..<end] }
      start = end
    }
    return asLength ? .integer(best.count) : .list(Array(best))
  }
}

/// A matrix turned and changed.
struct TurnMatrix: ProblemTemplate {
  static let kind = "matrix"
  let turn: Int
  let term: Int
  let factor: Int

  init(_ generator: inout NamedGenerator) {
    turn = generator.next(below: 5)
    term = generator.integer(in: -5...5)
    factor = [1, 2, 3, -1][generator.next(below: 4)]
  }

  var numbers: String { "\(turn) \(term) \(factor)" }
  var names: [String] { ["turn", "change_matrix", "reshaped"] }
  var parameters: [String] { ["rows"] }

  var statement: String {
    let turns = [
      "Make its rows columns and its columns rows (the first row becomes the first column)",
      "Turn it a quarter clockwise", "Turn it a quarter counterclockwise", "Turn it by half a circle",
      "Mirror it, so that each row runs backwards",
    ]
    return
      "rows is a matrix of integers as a list of rows, all of the same length, possibly without any. \(turns[turn]), then replace each element v by \(factor) * v + (\(term)). Return the new matrix."
  }

  var body: [String] {
    let turned = [
      "zip(*rows)", "zip(*rows[::-1])", "list(zip(*rows))[::-1]", "[row[::-1] for row in rows[::-1]]",
      "[row[::-1] for row in rows]",
    ][turn]
    return ["return [[\(factor) * v + (\(term)) for v in row] for row in \(turned)]"]
  }

  var edges: [[CodeValue]] {
    [[], [[1]], [[1, 2, 3]], [[1], [2], [3]], [[1, 2], [3, 4]], [[0, 0], [0, 0]]]
      .map { [.list($0.map { .list($0) })] }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    let (height, width) = (generator.integer(in: 2...4), generator.integer(in: 2...4))
    return [
      .list((0..<height).map { _ in .list((0..<width).map { _ in generator.integer(in: -9...9) }) })
    ]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let rows = arguments[0].elements.map(\.integers)
    let width = rows.first?.count ?? 0
    let columns = (0..<width).map { column in rows.map { $0[column] } }
    let turned: [[Int]] =
      switch turn {
      case 0: columns
      case 1: columns.map { $0.reversed() }
      case 2: columns.reversed()
      case 3: rows.reversed().map { $0.reversed() }
      default: rows.map { $0.reversed() }
      }
    return .list(turned.map { .list($0.map { factor * $0 + term }) })
  }
}
