import Randomness

/// The moves that take a tower of disks to another peg, one per line.
///
/// Legal moves that get there score 1, or the share of them that an optimal solution has; legal moves that do
/// not get there 0.05; a line of another form, or an illegal move, 0.
///
/// Levels have 2, 3, 4, 5, 6 disks, and three pegs or four.
enum TowerOfHanoi: PuzzleTask {
  static let name = "tower_of_hanoi"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let disks = at(level, 2, 3, 4, 5, 6)
    let pegs = generator.integer(in: 3...4)
    let order = generator.shuffled(Array(1...pegs))
    let moves = moves(Array(1...disks), from: order[0], to: order[1], over: Array(order[2...]))
    return Puzzle(
      question: """
        There are \(pegs) pegs, numbered from 1, and \(disks) disks, numbered by size with 1 the smallest. All disks \
        are on peg \(order[0]) and must get to peg \(order[1]). Only the uppermost disk of a peg can be moved, one at \
        a time, and never onto a smaller one. Answer with the moves only, as few as possible, each on a line of the \
        form
        Move disk 1 from Peg \(order[0]) to Peg \(order[2])
        """,
      answer: moves.joined(separator: "\n"),
      metadata: [
        "num_disks": .integer(disks), "num_pegs": .integer(pegs), "start_peg": .integer(order[0]),
        "target_peg": .integer(order[1]), "auxiliary_pegs": PuzzleValue(Array(order[2...]).sorted()),
        "solution_length": .integer(moves.count),
      ])
  }

  /// The best known solution: with a fourth peg, some of the smaller disks wait on it.
  ///
  /// Source: Stewart 1941, https://doi.org/10.1080/00029890.1941.11990804.
  private static func moves(_ disks: [Int], from: Int, to: Int, over spare: [Int]) -> [String] {
    guard let largest = disks.last, let first = spare.first else { return [] }
    if disks.count == 1 { return ["Move disk \(largest) from Peg \(from) to Peg \(to)"] }
    let counts = spare.count > 1 ? Array(1..<disks.count) : [disks.count - 1]
    let ways = counts.map { count in
      let (small, large) = (Array(disks.prefix(count)), Array(disks.dropFirst(count)))
      let rest = Array(spare.dropFirst())
      let middle =
        rest.isEmpty && large.count == 1
        ? ["Move disk \(largest) from Peg \(from) to Peg \(to)"]
        : moves(large, from: from, to: to, over: rest)
      return moves(small, from: from, to: first, over: rest + [to]) + middle
        + moves(small, from: first, to: to, over: rest + [from])
    }
    return ways.min { $0.count < $1.count } ?? []
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let (disks, pegs) = (try key.integer("num_disks"), try key.integer("num_pegs"))
    let (start, target) = (try key.integer("start_peg"), try key.integer("target_peg"))
    guard (1...64).contains(disks), (1...64).contains(pegs), (1...pegs).contains(start),
      (1...pegs).contains(target)
    else { throw PuzzleFault(reason: "the metadata describe no towers of up to 64 disks") }
    let lines = answer.anyLines.map(\.trimmed).filter { !$0.isEmpty }
    if lines.isEmpty { return .unparsed("no moves") }
    var towers = Array(repeating: [Int](), count: pegs + 1)
    towers[start] = (1...disks).reversed()
    for (number, line) in lines.enumerated() {
      guard let (disk, from, to) = move(line) else { return .unparsed("line \(number + 1) is no move") }
      guard (1...pegs).contains(from), (1...pegs).contains(to), towers[from].last == disk,
        towers[to].last.map({ $0 >= disk }) ?? true
      else { return .wrong("move \(number + 1) is illegal") }
      towers[from].removeLast()
      towers[to].append(disk)
    }
    guard towers[target].count == disks else {
      return .wrong("legal, but the tower is not there", floor: 0.05)
    }
    let optimal = key.metadata["solution_length"]?.integer ?? lines.count
    return .share(min(1, Double(optimal) / Double(lines.count)), "\(lines.count) moves, \(optimal) suffice")
  }

  /// Disk and pegs of `Move disk 1 from Peg 2 to Peg 3`.
  private static func move(_ line: AnswerText) -> (Int, Int, Int)? {
    let words = line.fields
    guard words.count == 9, line.parts(between: " ").count == 9,
      // The library searches for the first word, so `-Move` is as good.
      words[0].scalars.suffix(4).elementsEqual("Move".unicodeScalars),
      [words[1], words[3], words[4], words[6], words[7]] == ["disk", "from", "Peg", "to", "Peg"],
      let disk = words[2].integer, let from = words[5].integer, let to = words[8].integer
    else { return nil }
    return (disk, from, to)
  }
}
