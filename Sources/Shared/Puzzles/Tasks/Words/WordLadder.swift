import Randomness

/// A chain of words from one to another, in which each differs from the last in one letter.
///
/// Puzzles drawn here list the words that may be used; each other word halves the score. Of rows that list none,
/// as those of the library, whose dictionary is not at hand, the words of the reference answer and some seven
/// hundred common ones may be used: a ladder of letters that spell nothing earns little, but so may a good one of
/// rare words.
///
/// Levels have ladders of 2, 3, 4, 5, 6 words.
enum WordLadder: PuzzleTask {
  static let name = "word_ladder"

  private static let dictionary =
    "bale ball band bank bare bark barn base bat bath bead beak bear beat bell belt bend best bill bind bird bold "
    + "bolt bond bone boot bore born bowl bulk bull bump burn bush cake call calm came camp cane card care cart "
    + "case cash cast cave cell chat chip chop clap clay clip coal coat code coin cold cone cook cool cord core "
    + "cork corn cost crab crew crop crow cube cure curl dale damp dare dark dart dash date dawn deal dear deck "
    + "deed deep deer desk dial dice dine dish dive dock dole dome done door dose dove down drag draw drip drop "
    + "drum dull dune dusk dust face fact fade fail fair fall fame fare farm fast fate fear feed feel fell felt "
    + "file fill film find fine fire firm fish fist five flag flat flaw flip flow foal foam fold folk fond food "
    + "fool foot fore fork form fort foul four fowl fuel full gain gale game gate gave gaze gear give glad glow "
    + "goal goat gold golf gone good gown grab gray grew grey grid grin grip grow gulf hail hair hale half hall "
    + "halt hand hang hard hare harm hate have hawk haze head heal heap hear heat heel held help herb herd here "
    + "hide hill hint hire hold hole home hood hoof hook hope horn hose host hour hull hunt hurt keel keen keep "
    + "kind king kite knee knot lace lack lake lamb lamp land lane last late lawn lead leaf lean leap left lend "
    + "lens life lift like lime line link lion list live load loaf loan lock long look loop lord lose loss lost "
    + "loud love luck lump lung made mail main make male mall mare mark mask mast mate maze meal mean meat meet "
    + "melt mend mile milk mill mind mine mint miss mist mole mood moon more moss most moth move much must nail "
    + "name near neat neck need nest news nice nine node nose note pace pack page paid pain pair pale palm park "
    + "part past path peak pear peel pile pill pine pink pint pipe plan play plot plum pole pond pool poor pore "
    + "port pose post pour pull pump pure push race rack rail rain rake rank rare rate read real rear rent rest "
    + "rice rich ride ring rise road roam roar robe rock role roll roof room root rope rose ruin rule rush rust "
    + "sack safe sage sail salt same sand save scar seal seam seat seed seek sell send shed ship shoe shop shot "
    + "show side sign silk sink site size skin slip slow snap snow soap soar sock soft soil sold sole some song "
    + "soon sore sort soul soup sour spin spot star stay stem step stop such suit sure swan swim tail take tale "
    + "talk tall tame tank tape task team tear tell tend tent test tide tile till time tire toad toll tone took "
    + "tool torn tour town trap tray tree trim trip true tube tune turn vast vest view vine vote wage wait wake "
    + "walk wall wand ward warm warn wash wave weak wear weed week well went west wide wild will wind wine wing "
    + "wipe wire wise wish wolf wood wool word wore work worm yard year"

  /// The dictionary in alphabetical order, and for each word the places of those that differ in one letter.
  private static let neighbors: [[Int]] = {
    let letters = words.map { Array($0.utf8) }
    return letters.map { word in letters.indices.filter { differsInOne(word, letters[$0]) } }
  }()
  private static let words = Set(dictionary.split(separator: " ").map(String.init)).sorted()

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let length = at(level, 2, 3, 4, 5, 6)
    var path: [String] = []
    // Almost every word is the start of some ladder, so a few tries find one.
    while path.isEmpty { path = ladder(from: generator.next(below: words.count), length: length, &generator) }
    let others = generator.choose(10, of: words.filter { !path.contains($0) })
    let listed = (path + others).sorted().map { $0.uppercased() }
    let (start, end) = (path[0].uppercased(), path[path.count - 1].uppercased())
    return Puzzle(
      question:
        "Get from \(start) to \(end) by changing one letter at a time, using only these words: "
        + "\(listed.joined(separator: ", ")). Answer with the words from \(start) to \(end) only, in capital "
        + "letters, separated by commas.",
      answer: path.map { $0.uppercased() }.joined(separator: ","),
      metadata: [
        "start_word": .text(start), "end_word": .text(end), "word_length": 4,
        "chain_length": .integer(length), "words": PuzzleValue(listed),
      ])
  }

  /// A shortest path of `length` words from `start` to a random one that is that far away; empty if none is.
  private static func ladder(
    from start: Int, length: Int, _ generator: inout NamedGenerator
  ) -> [String] {
    var before: [Int: Int] = [start: -1]
    var ring = [start]
    for _ in 1..<length {
      var next: [Int] = []
      for word in ring {
        for other in neighbors[word] where before[other] == nil {
          before[other] = word
          next.append(other)
        }
      }
      ring = next
    }
    guard !ring.isEmpty else { return [] }
    var path = [generator.element(of: ring)]
    while let last = path.last, let word = before[last], word >= 0 { path.append(word) }
    return path.reversed().map { words[$0] }
  }

  private static func differsInOne<Letter: Equatable>(_ a: [Letter], _ b: [Letter]) -> Bool {
    a.count == b.count && zip(a, b).count { $0 != $1 } == 1
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let start = AnswerText(try key.text("start_word"))
    let end = AnswerText(try key.text("end_word"))
    let words = answer.raised.parts(between: ",").map(\.trimmed)
    guard words.count > 1 else { return .unparsed("no ladder") }
    guard words.first == start, words.last == end else {
      return .wrong("not from \(start.string) to \(end.string)")
    }
    guard zip(words, words.dropFirst()).allSatisfy({ differsInOne($0.scalars, $1.scalars) }) else {
      return .wrong("a step changes more or less than one letter")
    }
    let listed = key.metadata["words"]?.texts.map { Set($0.map { AnswerText($0) }) }
    let allowed = listed ?? common.union(referenceWords(key))
    let unknown = words.count { !allowed.contains($0) }
    return .share(
      (0..<min(unknown, 60)).reduce(1) { share, _ in share / 2 }, "\(unknown) words not in the list")
  }

  private static let common = Set(words.map { AnswerText($0).raised })

  private static func referenceWords(_ key: PuzzleKey) -> [AnswerText] {
    guard let answer = try? key.answer else { return [] }
    return answer.raised.parts(between: ",").map(\.trimmed)
  }
}
