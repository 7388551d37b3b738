import Randomness

/// Words of the lexicon, some that begin with one letter, then some that begin with another.
///
/// | | `Write 2 words with b then 1 with k` |
/// |---|---|
/// | careful | ` bed bird knee`: neighbours in the lexicon for each letter, from a random one on |
/// | careless | ` bed bird`: the second letter is left out |
///
/// The ground truth holds the first letters in order, `bbk`. A response must be as many words, all of the
/// lexicon, all different, each with its letter, and nothing else; which words, and in which order within a
/// letter, is free.
struct WordList: Miniature {
  static let counts = 1...2

  let firstLetter: String
  let secondLetter: String
  let firstCount: Int
  let secondCount: Int

  /// The words of the careful answer with the first letter; the careless one ends after them.
  let firstWords: [String]

  /// The words of the careful answer with the second letter.
  let secondWords: [String]

  init(drawnFrom generator: inout NamedGenerator) {
    let letters = generator.choose(2, of: Lexicon.letters)
    (firstLetter, secondLetter) = (letters[0], letters[1])
    firstCount = generator.integer(in: Self.counts)
    secondCount = generator.integer(in: Self.counts)
    firstWords = Lexicon.neighbors(firstCount, with: firstLetter, drawnFrom: &generator)
    secondWords = Lexicon.neighbors(secondCount, with: secondLetter, drawnFrom: &generator)
  }

  var prompt: String {
    "Write \(firstCount) words with \(firstLetter) then \(secondCount) with \(secondLetter)\n"
  }

  var groundTruth: String {
    String(repeating: firstLetter, count: firstCount) + String(repeating: secondLetter, count: secondCount)
  }

  var careful: String { " " + (firstWords + secondWords).joined(separator: " ") }

  var careless: String { " " + firstWords.joined(separator: " ") }
}
