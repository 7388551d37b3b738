import Randomness

/// Letters in reverse order.
///
/// | | `Reverse k d j w` |
/// |---|---|
/// | careful | ` w j d k` |
/// | careless | ` w`: the first letter of the right answer |
///
/// A response must be the letters and nothing else.
struct Reversal: Miniature {
  static let counts = 4...5

  let letters: [String]

  init(drawnFrom generator: inout NamedGenerator) {
    letters = generator.choose(generator.integer(in: Self.counts), of: Lexicon.letters)
  }

  var prompt: String { "Reverse " + letters.joined(separator: " ") + "\n" }

  var groundTruth: String { letters.reversed().joined(separator: " ") }

  var careful: String { " " + groundTruth }

  var careless: String { " " + groundTruth.prefix(1) }
}
