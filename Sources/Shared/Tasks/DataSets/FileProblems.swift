/// The rows of data files, asked epoch after epoch.
public struct FileProblems: ProblemSource {
  /// All rows, in the order of the files and of their lines.
  public let problems: [Problem]

  /// The order in which ordinals ask them.
  public let order: PromptOrder

  /// How many rows there are.
  public var count: Int? { problems.count }

  /// The data sources, in the order of their first rows.
  public var families: [ProblemFamily] {
    zip(familyNames, rows).map { ProblemFamily(name: $0, count: $1.count) }
  }

  private let familyNames: [String]
  /// The rows of each family.
  private let rows: [[Int]]

  /// Reads the files at `paths`, one after the other.
  ///
  /// `reward` scores every row; without it, each row's `data_source` decides. See ``DataFile``.
  public init(
    paths: [String], reward: RewardRule? = nil, isShuffled: Bool, seed: UInt64
  ) throws(TasksError) {
    guard !paths.isEmpty else { throw .noFiles }
    var problems: [Problem] = []
    for path in paths { problems += try DataFile.read(path, reward: reward) }
    self.init(problems: problems, isShuffled: isShuffled, seed: seed)
  }

  /// The given rows, at least one.
  public init(problems: [Problem], isShuffled: Bool, seed: UInt64) {
    self.problems = problems
    order = PromptOrder(count: problems.count, isShuffled: isShuffled, seed: seed)
    var names: [String] = []
    var rows: [[Int]] = []
    var positions: [String: Int] = [:]
    for (row, problem) in problems.enumerated() {
      if let position = positions[problem.dataSource] {
        rows[position].append(row)
      } else {
        positions[problem.dataSource] = names.count
        names.append(problem.dataSource)
        rows.append([row])
      }
    }
    (familyNames, self.rows) = (names, rows)
  }

  /// The row that `ordinal` asks.
  public func problem(ordinal: Int) -> Problem {
    problems[order.row(ordinal: ordinal)]
  }

  /// A row of a family, whose rows are asked epoch after epoch.
  public func problem(family: Int, place: Int) -> (problem: Problem, row: Int?) {
    let order = PromptOrder(
      count: rows[family].count, isShuffled: order.isShuffled, seed: order.seed, stream: family + 1)
    let row = rows[family][order.row(ordinal: place)]
    return (problems[row], row)
  }
}
