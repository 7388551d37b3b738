import Randomness

/// A text over a, b, c that is rewritten by the first rule that applies, until none does or a text comes again.
///
/// Levels have texts of 4, 6, 9, 13, 18 letters and 3, 3, 4, 6, 8 rules.
enum StringManipulation: PuzzleTask {
  static let name = "string_manipulation"

  private typealias Rule = (text: String, apply: @Sendable ([UInt8]) -> [UInt8]?)

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// `old` at the beginning gives way to `new`.
  private static func prefix(_ old: String, _ new: String) -> @Sendable ([UInt8]) -> [UInt8]? {
    { $0.starts(with: bytes(old)) ? bytes(new) + Array($0.dropFirst(old.utf8.count)) : nil }
  }

  /// `old` at the end gives way to `new`.
  private static func suffix(_ old: String, _ new: String) -> @Sendable ([UInt8]) -> [UInt8]? {
    {
      $0.suffix(old.utf8.count).elementsEqual(old.utf8)
        ? Array($0.dropLast(old.utf8.count)) + bytes(new) : nil
    }
  }

  /// The first `old` gives way to `new`.
  private static func first(_ old: String, _ new: String) -> @Sendable ([UInt8]) -> [UInt8]? {
    { text in
      let part = bytes(old)
      guard let place = text.indices.first(where: { text[$0...].starts(with: part) }) else { return nil }
      return Array(text[..<place]) + bytes(new) + Array(text[(place + part.count)...])
    }
  }

  private static let rules: [Rule] = [
    ("If it begins with ab, replace that by ca.", prefix("ab", "ca")),
    ("If it ends with ac, replace that by cb.", suffix("ac", "cb")),
    ("If it begins with bc, delete that and append aa.", { prefix("bc", "")($0).map { $0 + bytes("aa") } }),
    ("If it ends with bb, delete that.", suffix("bb", "")),
    (
      "If it begins with cb, replace that by aa and delete the last letter.",
      { prefix("cb", "aa")($0).map { Array($0.dropLast()) } }
    ),
    (
      "If it begins with ca, replace that by bb and append c.",
      { prefix("ca", "bb")($0).map { $0 + bytes("c") } }
    ),
    (
      "If it ends with cc, replace that by b and put an a in front.",
      { suffix("cc", "b")($0).map { bytes("a") + $0 } }
    ),
    ("If it begins with aa, delete the first letter.", prefix("aa", "a")),
    ("If it contains abc, replace the first one by cab.", first("abc", "cab")),
    ("If it contains bca, delete the first one.", first("bca", "")),
    ("If it ends with ba, replace that by ab.", suffix("ba", "ab")),
    ("If it begins with cc, delete that.", prefix("cc", "")),
    ("If it contains acb, replace the first one by bca.", first("acb", "bca")),
    ("If it ends with ca, delete the last letter.", suffix("ca", "c")),
    ("If it begins with bb, delete the second letter.", prefix("bb", "b")),
    ("If it ends with aa, replace that by cc.", suffix("aa", "cc")),
    (
      "If it is longer than 15 letters, delete the middle one, of an even number the one right of the middle.",
      { $0.count > 15 ? Array($0[..<($0.count / 2)]) + Array($0[($0.count / 2 + 1)...]) : nil }
    ),
  ]

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let start = (0..<at(level, 4, 6, 9, 13, 18)).map { _ in UInt8(97 + generator.next(below: 3)) }
    let chosen = generator.choose(at(level, 3, 3, 4, 6, 8), of: rules)
    var (text, seen) = (start, Set([start]))
    // No rule makes a text longer twice, so texts are few; the bound is never reached.
    for _ in 0..<10000 {
      guard let next = chosen.lazy.compactMap({ $0.apply(text) }).first, seen.insert(next).inserted else {
        break
      }
      text = next
    }
    // An empty answer would be none.
    guard !text.isEmpty else { return draw(level: level, from: &generator) }
    let list = chosen.enumerated().map { "\($0 + 1). \($1.text)" }.joined(separator: "\n")
    let (string, solution) = (String(decoding: start, as: UTF8.self), String(decoding: text, as: UTF8.self))
    return Puzzle(
      question: """
        A text is changed by the first of these rules that applies to it, again and again:
        \(list)
        It ends when no rule applies, or when the next text would be one that was there before; that one is not \
        taken any more. What is the last text, starting from \(string)? Answer with the text only.
        """,
      answer: solution,
      metadata: [
        "string": .text(string), "solution": .text(solution),
        "selected_rules": PuzzleValue(chosen.map(\.text)), "num_rules": .integer(chosen.count),
      ])
  }
}
