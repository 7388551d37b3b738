import Yams

/// Turns what Yams reports about a text into a place and one sentence.
struct YAMLProblem {
  /// The text that was read.
  let text: String

  /// The file to name.
  let file: String

  /// The same fault with its place in `file`.
  func translated(_ error: YamlError) -> ConfigurationError {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      return .malformed(place: place(mark), reason: sentence(problem, context, at: mark))
    case .duplicatedKeysInMapping(let keys, let context):
      return duplicate(keys.first ?? "", first: context.mark)
    case .reader(let problem, let offset, let value, _):
      let name = value >= 0 ? " (U+\(String(value, radix: 16, uppercase: true)))" : ""
      return .malformed(
        place: place(offset: offset), reason: "\(problem)\(name); save the file as plain UTF-8")
    case .memory:
      // The library's word for more levels than its own limit as well.
      return YAMLLimits.tooDeep(wholeFile)
    case .no, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      return .malformed(place: wholeFile, reason: "the file cannot be read as YAML")
    }
  }

  private var wholeFile: Place { Place(file: file, line: 0, column: 0) }

  private func place(_ mark: Mark) -> Place { Place(file: file, line: mark.line, column: mark.column) }

  private func place(offset: Int?) -> Place {
    guard let offset else { return wholeFile }
    let before = text.prefix(offset)
    let lastLine = before.reversed().prefix { !$0.isNewline }
    return Place(
      file: file, line: 1 + before.count { $0.isNewline },
      column: 1 + lastLine.reduce(0) { $0 + $1.unicodeScalars.count })
  }

  private func sentence(_ problem: String, _ context: YamlError.Context?, at mark: Mark) -> String {
    if isIndentedWithTab(mark.line) { return "the line is indented with a tab; YAML takes only spaces" }
    if problem.contains("another document") {
      return "a second document starts here; a configuration is one document"
    }
    if problem.hasPrefix("mapping values are not allowed") {
      return "a `:` is not expected here; put a text that contains `: ` in quotes, or correct the indentation"
    }
    guard let context, context.mark.line > 0 else { return problem }
    let start = context.mark.line == mark.line ? "" : ", which starts in line \(context.mark.line)"
    return "\(problem) \(context.text)\(start)"
  }

  private func isIndentedWithTab(_ line: Int) -> Bool {
    self.line(line).prefix { $0 == " " || $0 == "\t" }.contains("\t")
  }

  private func line(_ number: Int) -> Substring {
    let lines = text.split(maxSplits: number, omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return lines.indices.contains(number - 1) ? lines[number - 1] : ""
  }
}

// Yams names the first of two equal keys only, hence the search for the second.
extension YAMLProblem {
  private func duplicate(_ key: String, first: Mark) -> ConfigurationError {
    let second = nextInBlock(key, after: first) ?? nextInFlow(key, after: first)
    return .duplicateKey(place: second ?? place(first), key: key, first: place(first))
  }

  /// The next line with `key` in the same column, where all keys of one block stand.
  private func nextInBlock(_ key: String, after first: Mark) -> Place? {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard let index = lines.indices.dropFirst(first.line - 1).first,
      lines[index].unicodeScalars.prefix(first.column - 1).allSatisfy({ " -?".unicodeScalars.contains($0) })
    else { return nil }
    for (number, line) in zip((first.line + 1)..., lines.dropFirst(first.line)) {
      let indentation = line.unicodeScalars.prefix { $0 == " " }.count
      if indentation == first.column - 1, startsWithKey(line.dropFirst(indentation), key) {
        return Place(file: file, line: number, column: first.column)
      }
    }
    return nil
  }

  /// The next `key` between braces: before it `{`, `,` or space, after it a colon.
  private func nextInFlow(_ key: String, after first: Mark) -> Place? {
    var place = Place(file: file, line: 1, column: 1)
    var rest = text[...]
    var before: Character = "\n"
    while let character = rest.first {
      let isLater = (place.line, place.column) > (first.line, first.column)
      if isLater, "{, \n\"'".contains(before), startsWithKey(rest, key) { return place }
      before = character
      rest = rest.dropFirst()
      place.line += character.isNewline ? 1 : 0
      place.column = character.isNewline ? 1 : place.column + character.unicodeScalars.count
    }
    return nil
  }

  private func startsWithKey(_ text: Substring, _ key: String) -> Bool {
    for written in [key, "\"\(key)\"", "'\(key)'"] where text.hasPrefix(written) {
      if text.dropFirst(written.count).first(where: { $0 != " " }) == ":" { return true }
    }
    return false
  }
}
