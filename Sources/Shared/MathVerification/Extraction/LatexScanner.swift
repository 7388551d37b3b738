/// Finds formulas between LaTeX's signs: `$$…$$`, `\[…\]`, `$…$`, `\(…\)`, ` […] ` and a bare `\frac{…}{…}` of
/// numbers, each with a percent word that follows.
///
/// Every search is over lists of places made once, so that a flood of signs costs no more than its length.
/// Source: the patterns of math-verify 0.9.0, `parser.py`.
struct LatexScanner {
  /// A formula with its signs.
  struct Formula {
    var text: Range<Int>
    var isPercent: Bool
    /// Behind the signs, the percent word and white space.
    var end: Int
  }

  let text: Scalars
  private let doubleDollars: [Int]
  private let dollars: [Int]
  private let newlines: [Int]
  private let closingBrackets: [Int]
  private let closingParentheses: [Int]
  private let squares: [Int]
  private let boxes: [Int]
  private let closingBraces: [Int]

  init(_ text: Scalars) {
    self.text = text
    var doubleDollars: [Int] = []
    var dollars: [Int] = []
    var newlines: [Int] = []
    var brackets: [Int] = []
    var parentheses: [Int] = []
    var squares: [Int] = []
    var braces: [Int] = []
    for index in text.indices {
      switch text[index] {
      case "$":
        if index + 1 < text.count, text[index + 1] == "$" { doubleDollars.append(index) }
        if index == 0 || text[index - 1] != "\\" { dollars.append(index) }
      case "\n":
        newlines.append(index)
        squares.append(index)
      case "[": squares.append(index)
      case "]":
        squares.append(index)
        if index > 0, text[index - 1] == "\\" { brackets.append(index - 1) }
      case "}": braces.append(index)
      case ")": if index > 0, text[index - 1] == "\\" { parentheses.append(index - 1) }
      default: break
      }
    }
    self.doubleDollars = doubleDollars
    self.dollars = dollars
    self.newlines = newlines
    self.squares = squares
    closingBrackets = brackets
    closingParentheses = parentheses
    closingBraces = braces
    boxes = text.places(of: "\\boxed{".scalars)
  }

  /// Whether there is a box with its brace.
  var firstBox: Int? { boxes.first }

  /// The formula that begins exactly at `start`.
  func formula(at start: Int, boxed: Bool = false) -> Formula? {
    guard start < text.count, let body = body(at: start, boxed: boxed) else { return nil }
    var end = body.end
    while end < text.count, text[end].isSpace { end += 1 }
    let percent = percentWord(at: end)
    return Formula(text: body.text, isPercent: percent > 0, end: end + percent)
  }

  /// The formula at `start` and up to five more that "and", "or" or a comma connects to it.
  func formulas(at start: Int, boxed: Bool = false) -> [Formula]? {
    guard let first = formula(at: start, boxed: boxed) else { return nil }
    var all = [first]
    while all.count < 6, let last = all.last, let next = connected(after: last.end, boxed: boxed) {
      all.append(next)
    }
    return all
  }

  /// The places where a formula can begin, from `start` to `limit`.
  func openings(from start: Int, through limit: Int) -> [Int] {
    guard start < text.count else { return [] }
    return (start...max(start, min(limit, text.count - 1))).filter { isOpening($0) }
  }

  private func isOpening(_ index: Int) -> Bool {
    switch text[index] {
    case "$", "\\": true
    case "-": index + 1 < text.count && text[index + 1] == "\\"
    default: text[index].isSpace && index + 1 < text.count && text[index + 1] == "["
    }
  }

  private func connected(after end: Int, boxed: Bool) -> Formula? {
    var index = end
    while index < text.count, text[index].isSpace { index += 1 }
    let start = index
    if index < text.count, text[index] == "," { index += 1 }
    if text.has(Self.and, at: index) {
      index += 3
    } else if text.has(Self.or, at: index) {
      index += 2
    } else if index == start {
      return nil
    }
    while index < text.count, text[index].isSpace { index += 1 }
    if let formula = formula(at: index, boxed: boxed) { return formula }
    // ` [x] ` needs its blank, which may just have been walked over.
    return index > 0 && text[index - 1].isSpace ? formula(at: index - 1, boxed: boxed) : nil
  }

  private static let and = "and".scalars
  private static let or = "or".scalars

  private func body(at start: Int, boxed: Bool) -> (text: Range<Int>, end: Int)? {
    let isFree = start == 0 || text[start - 1] != "\\"
    let candidates: [(Range<Int>, Int)?] =
      switch text[start] {
      case "$" where isFree: [displayDollar(start), inlineDollar(start)]
      case "\\" where isFree: [bracket(start), parenthesis(start), fraction(start)]
      case "\\", "-": [fraction(start)]
      default: [square(start)]
      }
    for case (let range, let end)? in candidates where !boxed || hasBox(in: range) { return (range, end) }
    return nil
  }

  /// Whether a box with a content lies in `range`.
  private func hasBox(in range: Range<Int>) -> Bool {
    guard let box = Self.next(boxes, from: range.lowerBound),
      let brace = Self.next(closingBraces, from: box + 8)
    else { return false }
    return brace < range.upperBound
  }

  private func displayDollar(_ start: Int) -> (Range<Int>, Int)? {
    guard start + 1 < text.count, text[start + 1] == "$",
      let close = Self.next(doubleDollars, from: start + 2), close > start + 2, text[close - 1] != "\\"
    else { return nil }
    return ((start + 2)..<close, close + 2)
  }

  private func inlineDollar(_ start: Int) -> (Range<Int>, Int)? {
    guard start == 0 || !text[start - 1].isDigit, start + 1 < text.count, text[start + 1] != "$",
      let close = Self.next(dollars, from: start + 2), (Self.next(newlines, from: start + 1) ?? .max) > close
    else { return nil }
    return ((start + 1)..<close, close + 1)
  }

  private func bracket(_ start: Int) -> (Range<Int>, Int)? {
    guard start + 1 < text.count, text[start + 1] == "[",
      let close = Self.next(closingBrackets, from: start + 2),
      close > start + 2, text[close - 1] != "\\"
    else { return nil }
    return ((start + 2)..<close, close + 2)
  }

  private func parenthesis(_ start: Int) -> (Range<Int>, Int)? {
    guard start + 1 < text.count, text[start + 1] == "(",
      let close = Self.next(closingParentheses, from: start + 2), close > start + 2, text[close - 1] != "\\",
      (Self.next(newlines, from: start + 2) ?? .max) > close
    else { return nil }
    return ((start + 2)..<close, close + 2)
  }

  private func square(_ start: Int) -> (Range<Int>, Int)? {
    guard text[start].isSpace, start + 1 < text.count, text[start + 1] == "[",
      let close = Self.next(squares, from: start + 2), close > start + 2, text[close] == "]",
      close + 1 < text.count, text[close + 1].isSpace
    else { return nil }
    return ((start + 2)..<close, close + 2)
  }

  /// `\frac{1}{2}`, `-\frac{1,5}{-3}`: numbers only.
  private func fraction(_ start: Int) -> (Range<Int>, Int)? {
    var index = start
    if text[index] == "-" { index += 1 }
    guard text.has(Self.fracMark, at: index) else { return nil }
    index += Self.fracMark.count
    for _ in 0..<2 {
      guard index < text.count, text[index] == "{", let end = number(at: index + 1), end < text.count,
        text[end] == "}"
      else { return nil }
      index = end + 1
    }
    return (start..<index, index)
  }

  private static let fracMark = "\\frac".scalars

  private func number(at start: Int) -> Int? {
    var index = start
    if index < text.count, text[index] == "-" { index += 1 }
    let digits = index
    while index < text.count, text[index].isDigit { index += 1 }
    guard index > digits else { return nil }
    if index + 1 < text.count, text[index] == "." || text[index] == ",", text[index + 1].isDigit {
      index += 1
      while index < text.count, text[index].isDigit { index += 1 }
    }
    return index
  }

  /// The length of the percent sign or word at `index`.
  private func percentWord(at index: Int) -> Int {
    guard index < text.count else { return 0 }
    return Self.percentWords.first { text.has($0, at: index) }?.count ?? 0
  }

  private static let percentWords = ["\\%", "%", "percent", "Percent", "pct", "Pct"].map(\.scalars)

  /// The first of the sorted `places` that is not before `start`.
  static func next(_ places: [Int], from start: Int) -> Int? {
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if places[middle] < start { low = middle + 1 } else { high = middle }
    }
    return low < places.count ? places[low] : nil
  }
}
