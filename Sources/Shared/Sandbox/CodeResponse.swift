/// How the program is found in what a model wrote.
public enum CodeExtraction: String, Sendable, CaseIterable {
  /// Our own: behind the last `</think>`, the last fenced block that says it is Python or says nothing; without
  /// a fence, everything. A block without an end reaches to the end of the text.
  case lastBlock = "last_block"

  /// verl's prime_code: behind the last ```` ```python ````, up to the next fence; without one, from the start.
  ///
  /// A program found so gets the imports of usual modules before it, as there.
  case primeCode = "prime_code"

  /// verl's sandbox_fusion: the same, or else the first block, without a first line of letters; nil without a
  /// fence.
  case sandboxFusion = "sandbox_fusion"

  private static let fence = Array("```".utf8)
  private static let pythonFence = Array("```python".utf8)

  /// The program in `response`; nil where the rule finds none.
  public func program(in response: String) -> String? {
    let text = Array(response.utf8)
    let found: ArraySlice<UInt8>? =
      switch self {
      case .lastBlock: Self.lastBlock(text)
      case .primeCode: Self.afterPythonFence(text)
      case .sandboxFusion: Self.fusion(text)
      }
    return found.map { String(decoding: $0, as: UTF8.self) }
  }

  private static func afterPythonFence(_ text: [UInt8]) -> ArraySlice<UInt8> {
    let rest = text.lastPlace(of: pythonFence).map { text[($0 + pythonFence.count)...] } ?? text[...]
    return rest[..<(rest.place(of: fence) ?? rest.endIndex)]
  }

  private static func fusion(_ text: [UInt8]) -> ArraySlice<UInt8>? {
    if text[...].place(of: pythonFence) != nil { return afterPythonFence(text) }
    guard let opening = text[...].place(of: fence) else { return nil }
    let rest = text[(opening + fence.count)...]
    let block = rest[..<(rest.place(of: fence) ?? rest.endIndex)]
    guard let newline = block.firstIndex(of: 0x0a) else { return block }
    let line = String(decoding: block[..<newline], as: UTF8.self).filter { !$0.isWhitespace }
    return !line.isEmpty && line.allSatisfy(\.isLetter) ? block[(newline + 1)...] : block
  }

  private static func lastBlock(_ text: [UInt8]) -> ArraySlice<UInt8> {
    let thought = Array("</think>".utf8)
    let start = text.lastPlace(of: thought).map { $0 + thought.count } ?? 0
    var blocks = FencedBlocks(text: text, place: start)
    var found: [UInt8]?
    while let block = blocks.next() {
      if ["", "python", "python3", "py"].contains(block.language) { found = block.contents }
    }
    if let found { return found[...] }
    return blocks.sawFence ? [] : text[start...]
  }
}

/// Walks blocks between lines that begin with three backquotes or tildes, as Markdown has them.
private struct FencedBlocks {
  let text: [UInt8]
  var place: Int
  private(set) var sawFence = false

  init(text: [UInt8], place: Int) {
    self.text = text
    self.place = place
  }

  /// The language that a block's first line names, and its lines, without the blanks before its fence.
  mutating func next() -> (language: String, contents: [UInt8])? {
    while let line = takeLine() {
      guard let fence = Fence(line) else { continue }
      sawFence = true
      var contents: [UInt8] = []
      while let line = takeLine(), !fence.isClosed(by: line) {
        let blanks = line.prefix(fence.indentation).prefix { $0 == 0x20 }.count
        contents += line.dropFirst(blanks)
        contents.append(0x0a)
      }
      return (fence.language, contents)
    }
    return nil
  }

  /// The next line without its end; nil behind the last.
  private mutating func takeLine() -> ArraySlice<UInt8>? {
    guard place < text.count else { return nil }
    let end = text[place...].firstIndex(of: 0x0a) ?? text.count
    defer { place = end + 1 }
    return text[place..<end]
  }
}

/// A line that begins a block.
private struct Fence {
  let indentation: Int
  let language: String
  private let mark: UInt8
  private let length: Int

  init?(_ line: ArraySlice<UInt8>) {
    let words = line.drop { $0 == 0x20 }
    guard let mark = words.first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else { return nil }
    let rest = words.drop { $0 == mark }
    guard words.count - rest.count >= 3 else { return nil }
    self.mark = mark
    length = words.count - rest.count
    indentation = line.count - words.count
    language = String(decoding: rest.drop { $0 == 0x20 }.prefix { $0 > 0x20 }, as: UTF8.self).lowercased()
  }

  func isClosed(by line: ArraySlice<UInt8>) -> Bool {
    let words = line.drop { $0 == 0x20 }
    let rest = words.drop { $0 == mark }
    return words.count - rest.count >= length && rest.allSatisfy { $0 <= 0x20 }
  }
}

extension CodeTask {
  /// The program that `response` stands for: what `extraction` finds and, for HumanEval, the prompt before it; for
  /// one expression, the function around it.
  ///
  /// A HumanEval answer that defines the function itself follows what the prompt has before it, imports and
  /// helpers; any other is taken for the rest of the function. Nil where the rule finds no program, or blanks only.
  public func program(from response: String, extraction: CodeExtraction = .lastBlock) -> String? {
    guard let found = extraction.program(in: response), found.utf8.contains(where: { $0 > 0x20 }) else {
      return nil
    }
    if case .function(_, let signature?, _) = self {
      return Self.program(ofExpression: found, signature: signature)
    }
    guard case .humanEval(let prompt, _, let entryPoint) = self else {
      return extraction == .primeCode ? Self.withUsualImports(found) : found
    }
    guard Self.definition(of: entryPoint, in: found) != nil else { return prompt + found }
    let before = Self.definition(of: entryPoint, in: prompt).map { prompt.utf8.prefix($0) }
    return (before.flatMap { String($0) } ?? "") + found
  }

  /// What verl's prime_code puts before a program, as far as it comes with Python.
  private static let usualImports = String(decoding: PackageResources.usual_imports_py, as: UTF8.self)

  /// Nothing may stand before imports from the future.
  private static func withUsualImports(_ program: String) -> String {
    program.contains("from __future__") ? program : usualImports + program
  }

  /// How many bytes of `program` stand before the line, without indentation, that defines `name`.
  private static func definition(of name: String, in program: String) -> Int? {
    var place = 0
    for line in program.utf8.split(separator: 0x0a, omittingEmptySubsequences: false) {
      for opening in ["def \(name)", "async def \(name)", "class \(name)", "\(name) ="]
      where line.starts(with: opening.utf8) {
        let next = line.dropFirst(opening.utf8.count).first ?? 0x20
        let isLonger =
          next == 0x5f || next >= 0x80 || Unicode.Scalar(next).properties.isAlphabetic
          || (0x30...0x39).contains(next)
        if !isLonger { return place }
      }
      place += line.count + 1
    }
    return nil
  }
}

extension Collection<UInt8> where Index == Int {
  /// Where `part`, which is not empty, first begins.
  fileprivate func place(of part: [UInt8]) -> Int? {
    var start = startIndex
    while let first = self[start...].firstIndex(of: part[0]) {
      if self[first...].starts(with: part) { return first }
      start = first + 1
    }
    return nil
  }

  /// Where `part`, which is not empty, last begins without having begun within itself.
  fileprivate func lastPlace(of part: [UInt8]) -> Int? {
    var found: Int?
    var start = startIndex
    while let place = self[start...].place(of: part) {
      found = place
      start = place + part.count
    }
    return found
  }
}
