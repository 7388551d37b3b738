public import Puzzles

/// A row of a data set in verl's schema, with the project's additions.
///
/// ```json
/// {"id": "math/linear_equation/L3/000042", "data_source": "prorl/math",
///  "prompt": [{"role": "user", "content": "…"}], "ability": "math",
///  "reward_model": {"style": "rule", "ground_truth": "-\\frac{3}{4}"},
///  "extra_info": {"split": "train", "index": 42, "task": "linear_equation", …}}
/// ```
///
/// On one line, members in this order.
public struct DataRow: Sendable, Equatable {
  /// A name that no other row of the set has; nil leaves it out.
  public var id: String?

  /// What the row is scored by; see `RewardName`.
  public var dataSource: String

  /// The messages of the prompt: role and content, at least one.
  public var prompt: [(role: String, content: String)]

  /// The kind of task in verl's words, such as `math`.
  public var ability: String

  /// The answer: a text, or an object where one text does not hold it.
  public var groundTruth: PuzzleValue

  /// What else is known, by name.
  public var extra: [PuzzleMember]

  /// A row with one message of the user.
  public init(
    id: String? = nil, dataSource: String, question: String, ability: String, groundTruth: PuzzleValue,
    extra: [PuzzleMember] = []
  ) {
    self.init(
      id: id, dataSource: dataSource, prompt: [("user", question)], ability: ability,
      groundTruth: groundTruth, extra: extra)
  }

  /// A row.
  public init(
    id: String? = nil, dataSource: String, prompt: [(role: String, content: String)], ability: String,
    groundTruth: PuzzleValue, extra: [PuzzleMember] = []
  ) {
    self.id = id
    self.dataSource = dataSource
    self.prompt = prompt
    self.ability = ability
    self.groundTruth = groundTruth
    self.extra = extra
  }

  /// The row as JSON on one line, without its end.
  public var line: String {
    var members = id.map { [PuzzleMember("id", .text($0))] } ?? []
    let messages = prompt.map {
      PuzzleValue.object([.init("role", .text($0.role)), .init("content", .text($0.content))])
    }
    members += [
      PuzzleMember("data_source", .text(dataSource)), PuzzleMember("prompt", .list(messages)),
      PuzzleMember("ability", .text(ability)),
      PuzzleMember("reward_model", .object([.init("style", "rule"), .init("ground_truth", groundTruth)])),
      PuzzleMember("extra_info", .object(extra)),
    ]
    return PuzzleValue.object(members).json
  }

  /// Whether both are written alike.
  public static func == (left: DataRow, right: DataRow) -> Bool { left.line == right.line }
}
