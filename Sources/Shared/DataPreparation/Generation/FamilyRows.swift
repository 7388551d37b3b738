import Puzzles
import Randomness

/// The rows of one family: all different, the same for the same seed.
///
/// Held-out rows are drawn first, from draws of their own; a training row that asks the same is drawn again. So the
/// rows of a family depend on its seed and difficulties alone, not on which other families are made.
public struct FamilyRows: Sendable {
  /// The family.
  public let family: TaskFamily
  /// The seed of all draws.
  public let seed: UInt64
  /// The difficulties that are drawn in turn, each 0 to 5; see ``problem(_:)`` of each family.
  public let difficulties: [Int]

  /// The rows of `family`; `difficulties` must not be empty.
  public init(_ family: TaskFamily, seed: UInt64, difficulties: [Int] = [1, 2, 3, 4, 5]) {
    self.family = family
    self.seed = seed
    self.difficulties = difficulties
  }

  /// What a family has too few different problems for.
  public struct Exhausted: Error, Sendable, Equatable, CustomStringConvertible {
    /// The family.
    public let family: TaskFamily
    /// How many rows were asked for.
    public let wanted: Int
    /// How many there are.
    public let found: Int

    /// What, and what to do.
    public var description: String {
      """
      \(family.rawValue): only \(found) different problems of these difficulties were found, \(wanted) are wanted; \
      ask for fewer with `--count \(family.rawValue)=N`, or for more difficulties
      """
    }
  }

  /// The held-out rows and the training rows.
  public func rows(
    training: Int, validation: Int
  ) throws(Exhausted) -> (training: [DataRow], validation: [DataRow]) {
    var seen: Set<String> = []
    let heldOut = try draw(validation, split: "validation", &seen)
    return (try draw(training, split: "train", &seen), heldOut)
  }

  private func draw(_ count: Int, split: String, _ seen: inout Set<String>) throws(Exhausted) -> [DataRow] {
    var rows: [DataRow] = []
    rows.reserveCapacity(count)
    let maker = ProblemMaker(family)
    let patience = 2_000 + 20 * maker.taskCount
    var (draw, misses) = (0, 0)
    while rows.count < count && misses < patience {
      // Every task comes with every difficulty before one comes again.
      let difficulty = difficulties[(draw / maker.taskCount) % difficulties.count]
      var generator = NamedGenerator(
        RandomName(
          seed: seed, purpose: .problems, step: 100 + 2 * family.number + (split == "train" ? 0 : 1),
          ordinal: draw, sample: difficulty))
      if let problem = maker.problem(draw % maker.taskCount, difficulty, &generator),
        seen.insert(problem.identity).inserted
      {
        rows.append(row(problem, index: rows.count, split: split))
        misses = 0
      } else {
        misses += 1
      }
      draw += 1
    }
    guard rows.count == count else { throw Exhausted(family: family, wanted: count, found: rows.count) }
    return rows
  }

  private func row(_ problem: MadeProblem, index: Int, split: String) -> DataRow {
    let digits = String(index)
    let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    let name =
      "\(family.rawValue)/\(problem.task)/L\(problem.difficulty)/\(split == "train" ? "" : "v")\(padded)"
    return DataRow(
      id: name, dataSource: family.dataSource, question: problem.question, ability: family.rawValue,
      groundTruth: problem.groundTruth,
      extra: [
        .init("split", .text(split)), .init("index", .integer(index)), .init("task", .text(problem.task)),
        .init("difficulty", .integer(problem.difficulty)),
        .init("seed", .integer(Int(truncatingIfNeeded: seed))),
        .init("answer_type", .text(problem.answerType)), .init("generator_version", 1),
        .init("reference_response", .text(problem.reference)),
      ] + problem.extra)
  }
}
