import Randomness

/// Words and letters that texts are made of.
enum Vocabulary {
  static let words = [
    "amber", "basin", "cedar", "delta", "ember", "fable", "grove", "harbor", "island", "jade", "kite",
    "lantern",
    "meadow", "north", "oak", "pebble", "quiet", "river", "stone", "tide", "umber", "vale", "willow", "yarn",
    "ant", "bee", "sky", "dew", "moss", "fern",
  ]

  /// A few words with single blanks between.
  static func sentence(_ generator: inout NamedGenerator, _ count: ClosedRange<Int> = 2...8) -> String {
    let number = generator.integer(in: count)
    return (0..<number).map { _ in word(&generator) }.joined(separator: " ")
  }

  static func word(_ generator: inout NamedGenerator) -> String { words[generator.next(below: words.count)] }

  /// A text of `count` characters out of `letters`.
  static func text(
    of letters: String, count: ClosedRange<Int>, _ generator: inout NamedGenerator
  ) -> CodeValue {
    let letters = Array(letters)
    let number = generator.integer(in: count)
    return .text(String((0..<number).map { _ in letters[generator.next(below: letters.count)] }))
  }
}

/// How often a short text occurs in a longer one.
struct CountText: ProblemTemplate {
  static let kind = "count_text"
  let part: String
  let overlaps: Bool

  init(_ generator: inout NamedGenerator) {
    let letters = Array("ab")
    let count = generator.integer(in: 2...4)
    part = String((0..<count).map { _ in letters[generator.next(below: 2)] })
    overlaps = generator.next(below: 2) == 0
  }

  var numbers: String { "\(part) \(overlaps)" }
  var names: [String] { ["occurrences", "count_part", "how_often"] }
  var parameters: [String] { ["text"] }

  var statement: String {
    "Return how many times \(quoted(part)) occurs in the string text. "
      + (overlaps
        ? "Occurrences that overlap all count." : "Count from the left; occurrences must not overlap.")
  }

  var body: [String] {
    overlaps
      ? ["return sum(text.startswith(\(quoted(part)), i) for i in range(len(text)))"]
      : ["return text.count(\(quoted(part)))"]
  }

  var edges: [[CodeValue]] {
    ["", part, part + part, "a", "b", "aaaaaaaa", "bbbbbbb", "abababababab"].map { [.text($0)] }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [Vocabulary.text(of: "aab", count: 6...30, &generator)]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let text = arguments[0].characters
    let part = Array(part.utf8)
    var count = 0
    var place = 0
    while place + part.count <= text.count {
      let isHere = text[place..<place + part.count].elementsEqual(part)
      count += isHere ? 1 : 0
      place += isHere && !overlaps ? part.count : 1
    }
    return .integer(count)
  }
}

/// The words of a text that are long or short enough.
struct PickWords: ProblemTemplate {
  static let kind = "pick_words"
  let length: Int
  let isLeast: Bool
  let output: Int

  init(_ generator: inout NamedGenerator) {
    length = generator.integer(in: 3...7)
    isLeast = generator.next(below: 2) == 0
    output = generator.next(below: 3)
  }

  var numbers: String { "\(length) \(isLeast) \(output)" }
  var names: [String] { ["pick", "choose_words", "by_length"] }
  var parameters: [String] { ["text"] }

  var statement: String {
    let what = [
      "Return them as a list, in order.", "Return how many there are.",
      "Return them as one string, with a plus sign between each two.",
    ][output]
    return
      "The string text has words with blanks between. Take those of \(isLeast ? "at least" : "at most") \(length) characters. \(what)"
  }

  var body: [String] {
    let end = ["words", "len(words)", "\"+\".join(words)"][output]
    return [
      "words = [w for w in text.split() if len(w) \(isLeast ? ">=" : "<=") \(length)]", "return \(end)",
    ]
  }

  var edges: [[CodeValue]] {
    ["", "dew", "lantern", "oak oak oak", "  amber   basin ", "harbor island jade meadow"].map { [.text($0)] }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [.text(Vocabulary.sentence(&generator))]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let words = arguments[0].characters.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
    let chosen = words.filter { isLeast ? $0.count >= length : $0.count <= length }
    switch output {
    case 0: return .list(chosen.map { .text($0) })
    case 1: return .integer(chosen.count)
    default: return .text(chosen.joined(separator: "+"))
    }
  }
}

/// Letters of a set, changed for the first few times.
struct EditLetters: ProblemTemplate {
  static let kind = "edit_letters"
  let letters: String
  let action: Int
  let limit: Int

  private static let sets = ["aeiou", "st", "rn", "lmo", "eb", "dry"]

  init(_ generator: inout NamedGenerator) {
    letters = Self.sets[generator.next(below: Self.sets.count)]
    action = generator.next(below: 4)
    limit = generator.integer(in: 1...6)
  }

  var numbers: String { "\(letters) \(action) \(limit)" }
  var names: [String] { ["edit", "change_letters", "rework"] }
  var parameters: [String] { ["text"] }

  var statement: String {
    let what = ["leave it out", "write it twice", "write it as a capital", "write # instead"][action]
    return
      "Copy the string text, but where one of the letters of \(quoted(letters)) stands, \(what); do so for the first \(limit) of them only. Return the copy."
  }

  var body: [String] {
    let piece = ["\"\"", "c * 2", "c.upper()", "\"#\""][action]
    return [
      "out = []", "left = \(limit)", "for c in text:", "    if left > 0 and c in \(quoted(letters)):",
      "        left -= 1", "        c = \(piece)", "    out.append(c)", "return \"\".join(out)",
    ]
  }

  var edges: [[CodeValue]] {
    ["", String(letters.prefix(1)), letters, "zzz", letters + letters + letters, "Quiet River"].map {
      [.text($0)]
    }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [.text(Vocabulary.sentence(&generator))]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let set = Set(letters.utf8)
    var left = limit
    var copy: [UInt8] = []
    for character in arguments[0].characters {
      guard left > 0, set.contains(character) else {
        copy.append(character)
        continue
      }
      left -= 1
      copy += [[], [character, character], [character - 0x20], [UInt8(ascii: "#")]][action]
    }
    return .text(String(decoding: copy, as: UTF8.self))
  }
}

/// Letters moved along the alphabet.
struct ShiftLetters: ProblemTemplate {
  static let kind = "shift_letters"
  let shift: Int
  let which: Int

  init(_ generator: inout NamedGenerator) {
    shift = generator.integer(in: 1...25)
    which = generator.next(below: 3)
  }

  var numbers: String { "\(shift) \(which)" }
  var names: [String] { ["shift", "encode", "move_letters"] }
  var parameters: [String] { ["text"] }

  var statement: String {
    let letters = ["every letter", "every small letter", "every capital letter"][which]
    return
      "Replace \(letters) of the string text by the one \(shift) places later in the English alphabet, which begins again after its end. Small letters stay small and capitals capital; everything else stays. Return the new string."
  }

  var body: [String] {
    var lines = ["out = []", "for c in text:"]
    if which != 2 {
      lines += ["    if \"a\" <= c <= \"z\":", "        c = chr((ord(c) - 97 + \(shift)) % 26 + 97)"]
    }
    if which != 1 {
      let word = which == 0 ? "elif" : "if"
      lines += ["    \(word) \"A\" <= c <= \"Z\":", "        c = chr((ord(c) - 65 + \(shift)) % 26 + 65)"]
    }
    return lines + ["    out.append(c)", "return \"\".join(out)"]
  }

  var edges: [[CodeValue]] {
    ["", "a", "Z", "zZ aA", "12-34 !", "Wxyz Abc"].map { [.text($0)] }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [Vocabulary.text(of: "abcmnopxyzABCMNOXYZ -.5", count: 5...20, &generator)]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    let moved = arguments[0].characters.map { character -> UInt8 in
      switch character {
      case 0x61...0x7a where which != 2: (character - 0x61 + UInt8(shift)) % 26 + 0x61
      case 0x41...0x5a where which != 1: (character - 0x41 + UInt8(shift)) % 26 + 0x41
      default: character
      }
    }
    return .text(String(decoding: moved, as: UTF8.self))
  }
}

/// Runs of equal characters.
struct Runs: ProblemTemplate {
  static let kind = "runs"
  let least: Int
  let asText: Bool

  init(_ generator: inout NamedGenerator) {
    least = generator.integer(in: 1...4)
    asText = generator.next(below: 2) == 0
  }

  var numbers: String { "\(least) \(asText)" }
  var names: [String] { ["runs", "repeats", "same_in_a_row"] }
  var parameters: [String] { ["text"] }

  var statement: String {
    let what =
      asText
      ? "Return one string with, for each, the character and the length after it"
      : "Return a list with, for each, the list of the character and the length"
    return
      "Cut the string text into runs of the same character, each as long as can be, and keep those of length \(least) or more. \(what), in order."
  }

  var body: [String] {
    [
      "import itertools", "found = [[c, len(list(g))] for c, g in itertools.groupby(text)]",
      "found = [run for run in found if run[1] >= \(least)]",
      asText ? "return \"\".join(c + str(n) for c, n in found)" : "return found",
    ]
  }

  var edges: [[CodeValue]] {
    ["", "k", "kkkk", "kmkm", "kkmmmkkkkk", "mmmmmmmmmmmm"].map { [.text($0)] }
  }

  func arguments(_ generator: inout NamedGenerator) -> [CodeValue] {
    [Vocabulary.text(of: "kkm", count: 6...24, &generator)]
  }

  func result(_ arguments: [CodeValue]) -> CodeValue {
    var runs: [(UInt8, Int)] = []
    for character in arguments[0].characters {
      if let last = runs.last, last.0 == character {
        runs[runs.count - 1].1 += 1
      } else {
        runs.append((character, 1))
      }
    }
    let kept = runs.filter { $0.1 >= least }.map { (String(Unicode.Scalar($0.0)), $0.1) }
    return asText
      ? .text(kept.map { "\($0.0)\($0.1)" }.joined())
      : .list(kept.map { .list([.text($0.0), .integer($0.1)]) })
  }
}
