/// The rows of data files, asked epoch after epoch.
public struct FileProblems: ProblemSource {
  /// All rows, in the order of the files and of their lines.
  public let problems: [Problem]

  /// The order in which ordinals ask them.
  public let order: PromptOrder

  /// How many rows there are.
  public var count: Int? { problems.count }

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
  }

  /// The row that `ordinal` asks.
  public func problem(ordinal: Int) -> Problem {
    problems[order.row(ordinal: ordinal)]
  }
}
