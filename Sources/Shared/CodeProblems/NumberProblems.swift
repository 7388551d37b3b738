import Randomness

/// Something of the elements between two bounds.
struct CountBetween: ProblemTemplate {
  static let kind = "between"
  let low: Int
  let high: Int
  let end: Int

  init(_ generator: inout NamedGenerator) {
    low = generator.integer(in: -15...5)
    high = low + generator.integer(in: 5...25)
    end = generator.next(below: 3)
  }

  var numbers: String { "\(low) \(high) \(end)" }
  var names: [String] { ["between", "in_range", "inside"] }
  var parameters: [String] { ["xs"] }

  var statement: String {
    let what = ["the sum", "the number", "the largest"][end]
    let none = end == 2 ? " Without such elements return None." : ""
    return
      "Return \(what) of those elements of the list xs that are from \(low) to \(high), both included.\(none)"
  }

  var body: [String] {
    let last = ["sum(ys)", "len(ys)", "max(ys) if ys else None"][end]
    return ["ys = [x for x in xs if \(low) <= x <= \(high)]", "return \(last)"]
  }

  var edges: [[CodeValue]] {
    [[], [low], [high], [low - 1, high + 1], [low, high, low, high], [-100, 100]].map { [.list($0)] }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [.list((0..<generator.integer(in: 3...12)).map { _ in generator.integer(in: -30...40) })]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let chosen = arguments[0].integers.filter { (low...high).contains($0) }
    switch end {
    case 0: return .integer(chosen.reduce(0, +))
    case 1: return .integer(chosen.count)
    default: return chosen.max().map { .integer($0) } ?? .none
    }
  }
}

/// Something of a number's digits.
struct Digits: ProblemTemplate {
  static let kind = "digits"
  let base: Int
  let parity: Int
  let end: Int

  init(_ generator: inout NamedGenerator) {
    base = generator.integer(in: 2...12)
    parity = generator.next(below: base == 2 ? 1 : 3)
    end = generator.next(below: 3)
  }

  var numbers: String { "\(base) \(parity) \(end)" }
  var names: [String] { ["digit_value", "digits_of", "by_digits"] }
  var parameters: [String] { ["n"] }

  var statement: String {
    let digits = ["digits", "even digits", "odd digits"][parity]
    let what = ["sum", "number", "largest"][end]
    return
      "Write the integer n, which is not negative, in base \(base). Return the \(what) of its \(digits), as an ordinary integer, or 0 if it has none of these. (Zero has one digit, 0.)"
  }

  var body: [String] {
    let last = ["sum(ds)", "len(ds)", "max(ds, default=0)"][end]
    let chosen = parity == 0 ? [] : ["ds = [d for d in ds if d % 2 == \(parity - 1)]"]
    return ["ds = [n % \(base)]", "while n >= \(base):", "    n //= \(base)", "    ds.append(n % \(base))"]
      + chosen + ["return \(last)"]
  }

  var edges: [[CodeValue]] { [0, 1, base - 1, base, base * base, base * base - 1].map { [.integer($0)] } }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [.integer(generator.integer(in: 10...99_999_999))]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    var rest = arguments[0].number
    var digits = [rest % base]
    while rest >= base {
      rest /= base
      digits.append(rest % base)
    }
    if parity > 0 { digits = digits.filter { $0 % 2 == parity - 1 } }
    return .integer([digits.reduce(0, +), digits.count, digits.max() ?? 0][end])
  }
}

/// A number written in another base.
struct InBase: ProblemTemplate {
  static let kind = "base"
  let base: Int
  let width: Int

  init(_ generator: inout NamedGenerator) {
    base = generator.integer(in: 2...16)
    width = generator.integer(in: 1...8)
  }

  var numbers: String { "\(base) \(width)" }
  var names: [String] { ["in_base", "write_number", "numeral"] }
  var parameters: [String] { ["n"] }

  var statement: String {
    let letters = base > 10 ? " Digits above 9 are small letters from a on." : ""
    return
      "Return the integer n as a string in base \(base), with zeros in front up to \(width) digit\(width == 1 ? "" : "s").\(letters) A negative number has a minus sign before all digits, which is not counted."
  }

  var body: [String] {
    [
      "digits, m = \"\", abs(n)", "while m or not digits:",
      "    digits = \"0123456789abcdef\"[m % \(base)] + digits", "    m //= \(base)",
      "return (\"-\" if n < 0 else \"\") + digits.zfill(\(width))",
    ]
  }

  var edges: [[CodeValue]] { [0, 1, -1, base, -base, base - 1, base * base - 1].map { [.integer($0)] } }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [.integer(generator.integer(in: -50_000...500_000))]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let number = arguments[0].number
    let digits = String(abs(number), radix: base)
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return .text((number < 0 ? "-" : "") + zeros + digits)
  }
}

/// Something of a number's divisors.
struct Divisors: ProblemTemplate {
  static let kind = "divisors"
  let least: Int
  let which: Int
  let end: Int

  init(_ generator: inout NamedGenerator) {
    least = generator.integer(in: 1...6)
    which = generator.next(below: 3)
    end = generator.next(below: 3)
  }

  var numbers: String { "\(least) \(which) \(end)" }
  var names: [String] { ["divisor_value", "divisors_of", "by_divisors"] }
  var parameters: [String] { ["n"] }

  var statement: String {
    let kind = ["", "odd ", "even "][which]
    let what = ["the list, ascending,", "the sum", "the number"][end]
    return
      "n is a positive integer. Return \(what) of its positive \(kind)divisors that are \(least) or more."
  }

  var body: [String] {
    let condition = ["", " and d % 2 == 1", " and d % 2 == 0"][which]
    let last = ["ds", "sum(ds)", "len(ds)"][end]
    return ["ds = [d for d in range(\(least), n + 1) if n % d == 0\(condition)]", "return \(last)"]
  }

  var edges: [[CodeValue]] { [1, 2, 3, 7, 12, 64, 97].map { [.integer($0)] } }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [.integer(generator.integer(in: 2...60) * generator.integer(in: 1...12))]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let number = arguments[0].number
    let divisors = (1...number).filter {
      $0 >= least && number % $0 == 0 && (which == 0 || $0 % 2 == (which == 1 ? 1 : 0))
    }
    return [.list(divisors), .integer(divisors.reduce(0, +)), .integer(divisors.count)][end]
  }
}

/// A term of a sequence, each made of the two before it.
struct Recurrence: ProblemTemplate {
  static let kind = "recurrence"
  let one: Int
  let two: Int
  let term: Int
  let first: Int
  let second: Int

  init(_ generator: inout NamedGenerator) {
    one = [-2, -1, 1, 2, 3][generator.next(below: 5)]
    two = [-2, -1, 1, 2][generator.next(below: 4)]
    term = generator.integer(in: -4...4)
    first = generator.integer(in: 0...5)
    second = generator.integer(in: 1...5)
  }

  var numbers: String { "\(one) \(two) \(term) \(first) \(second)" }
  var names: [String] { ["term", "sequence", "nth"] }
  var parameters: [String] { ["n"] }

  var statement: String {
    "A sequence begins with t(0) = \(first) and t(1) = \(second); after that t(n) = \(one) * t(n-1) + (\(two)) * t(n-2) + (\(term)). Return t(n) for the given n, which is 0 or more."
  }

  var body: [String] {
    [
      "a, b = \(first), \(second)", "for _ in range(n):",
      "    a, b = b, \(one) * b + (\(two)) * a + (\(term))", "return a",
    ]
  }

  var edges: [[CodeValue]] { [0, 1, 2, 3, 4, 5, 20].map { [.integer($0)] } }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [.integer(generator.integer(in: 3...24))]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    var (a, b) = (first, second)
    for _ in 0..<arguments[0].number { (a, b) = (b, one * b + two * a + term) }
    return .integer(a)
  }
}

/// Something of each window of a list.
struct Windows: ProblemTemplate {
  static let kind = "windows"
  let width: Int
  let stride: Int
  let end: Int

  init(_ generator: inout NamedGenerator) {
    width = generator.integer(in: 2...6)
    stride = generator.integer(in: 1...3)
    end = generator.next(below: 4)
  }

  var numbers: String { "\(width) \(stride) \(end)" }
  var names: [String] { ["windows", "slide", "over_windows"] }
  var parameters: [String] { ["xs"] }

  var statement: String {
    let what = ["sum", "largest element", "smallest element", "largest minus smallest element"][end]
    let step = stride == 1 ? "each" : "each \(stride) places after the one before"
    return
      "Look at all windows of \(width) neighbouring elements of the list xs that fit in it, the first at its beginning, \(step == "each" ? "one at each following place" : step). Return the list of their values: the \(what) of each window."
  }

  var body: [String] {
    let value = ["sum(w)", "max(w)", "min(w)", "max(w) - min(w)"][end]
    return [
      "out = []", "for i in range(0, len(xs) - \(width - 1), \(stride)):", "    w = xs[i:i + \(width)]",
      "    out.append(\(value))", "return out",
    ]
  }

  var edges: [[CodeValue]] {
    [[], [3], Array(repeating: 2, count: width), Array(-5 ..< -5 + width - 1), Array(1...15)].map {
      [.list($0)]
    }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [.list((0..<generator.integer(in: 4...14)).map { _ in generator.integer(in: -20...20) })]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let list = arguments[0].integers
    let starts = Swift.stride(from: 0, to: max(0, list.count - width + 1), by: stride)
    return .list(
      starts.map { start -> Int in
        let window = list[start..<start + width]
        let (low, high) = (window.min() ?? 0, window.max() ?? 0)
        return [window.reduce(0, +), high, low, high - low][end]
      })
  }
}

/// Where a number goes that is halved or multiplied.
struct Orbit: ProblemTemplate {
  static let kind = "orbit"
  let factor: Int
  let term: Int
  let limit: Int
  let end: Int

  init(_ generator: inout NamedGenerator) {
    factor = [3, 5][generator.next(below: 2)]
    term = [1, 3, 5, 7][generator.next(below: 4)]
    limit = generator.integer(in: 6...25)
    end = generator.next(below: 3)
  }

  var numbers: String { "\(factor) \(term) \(limit) \(end)" }
  var names: [String] { ["orbit", "walk", "halve_or_grow"] }
  var parameters: [String] { ["n"] }

  var statement: String {
    let what = [
      "how many steps were taken", "the largest number met, n included", "the list of all numbers, n first",
    ]
    return
      "n is a positive integer. In each step halve it if it is even, otherwise multiply it by \(factor) and add \(term). Stop as soon as it is 1, or after \(limit) steps. Return \(what[end])."
  }

  var body: [String] {
    let last = ["len(path) - 1", "max(path)", "path"][end]
    return [
      "path = [n]", "while path[-1] != 1 and len(path) <= \(limit):", "    n = path[-1]",
      "    path.append(n // 2 if n % 2 == 0 else n * \(factor) + \(term))", "return \(last)",
    ]
  }

  var edges: [[CodeValue]] { [1, 2, 3, 8, 27, 1024].map { [.integer($0)] } }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [.integer(generator.integer(in: 3...200))]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    var path = [arguments[0].number]
    while let last = path.last, last != 1, path.count <= limit {
      path.append(last.isMultiple(of: 2) ? last / 2 : last * factor + term)
    }
    return [.integer(path.count - 1), .integer(path.max() ?? 0), .list(path)][end]
  }
}
