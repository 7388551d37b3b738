import Randomness

/// The letters and words that built-in problems are made of.
enum Lexicon {
  /// The letters in alphabetical order, without q, u, x, y and z.
  static let letters = wordsByLetter.keys.sorted()

  /// The words that begin with `letter`, in alphabetical order, none if it is not one of `letters`.
  static func words(with letter: String) -> [String] {
    wordsByLetter[letter] ?? []
  }

  /// `count` words that begin with `letter`, one of `letters`, in order from a random one on; the first
  /// follows the last.
  ///
  /// They differ as long as the letter has as many.
  static func neighbors(
    _ count: Int, with letter: String, drawnFrom generator: inout NamedGenerator
  ) -> [String] {
    let words = words(with: letter)
    let start = generator.integer(in: 0...(words.count - 1))
    return (0..<count).map { words[(start + $0) % words.count] }
  }

  private static let wordsByLetter = Dictionary(grouping: text.split(separator: " ").map(String.init)) {
    String($0.prefix(1))
  }

  /// Common words of three or four letters, six for each letter, in alphabetical order.
  private static let text = """
    aim air ant arm art axe \
    bag bat bed bird box bus \
    cake cap car cat cow cup \
    day desk dish dog door dot \
    ear east egg elm end eye \
    fan farm fish five fog fox \
    game gas gate girl goat gum \
    hand hat hen hill home hut \
    ice idea inch ink inn iron \
    jam jar jet job joke jug \
    key kid king kit kite knee \
    lake lamp land leg lid log \
    man map milk moon mud mug \
    name neck nest net nose nut \
    oak oar oat oil old one \
    pan pen pet pie pig pin \
    rain rat ring road rod rug \
    salt sand sea ship sky sun \
    tax tea ten tin top toy \
    van vase vest vet view vine \
    wall war wax web well wind
    """
}
