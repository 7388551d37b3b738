import Randomness

/// Letters in alphabetical order.
///
/// | | `Sort k d j w` |
/// |---|---|
/// | careful | ` d j k w` |
/// | careless | ` d`: the first letter of the right answer |
///
/// A response must be the letters and nothing else.
struct Sorting: Miniature {
  static let counts = 4...5

  let letters: [String]

  init(drawnFrom generator: inout NamedGenerator) {
    letters = generator.choose(generator.integer(in: Self.counts), of: Lexicon.letters)
  }

  var prompt: String { "Sort " + letters.joined(separator: " ") + "\n" }

  var groundTruth: String { letters.sorted().joined(separator: " ") }

  var careful: String { " " + groundTruth }

  var careless: String { " " + groundTruth.prefix(1) }
}
