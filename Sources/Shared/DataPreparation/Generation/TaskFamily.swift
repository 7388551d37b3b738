/// The task families that problems are made for.
public enum TaskFamily: String, Sendable, CaseIterable {
  /// Mathematics from word problems to matrices.
  case math
  /// Functions to write in Python.
  case code
  /// Physics, chemistry and biology.
  case stem
  /// Logic puzzles.
  case logic
  /// Texts that must obey instructions.
  case instruction

  /// The file its training rows go to.
  public var fileName: String {
    switch self {
    case .math: "math_problems.jsonl"
    case .code: "code_problems.jsonl"
    case .stem: "stem_problems.jsonl"
    case .logic: "logic_puzzles.jsonl"
    case .instruction: "instruction_following.jsonl"
    }
  }

  /// The file that the held-out rows of all families go to.
  public static let validationFileName = "validation_data.jsonl"

  /// How many training rows there are unless told otherwise.
  public var count: Int {
    switch self {
    case .math: 10_000
    case .code: 5_000
    case .stem: 3_000
    case .logic: 2_000
    case .instruction: 3_000
    }
  }

  /// How many held-out rows there are; 1,000 in all.
  public var validationCount: Int {
    switch self {
    case .math: 420
    case .code: 220
    case .stem: 140
    case .logic: 90
    case .instruction: 130
    }
  }

  /// What its rows are scored by.
  public var dataSource: String { "prorl/\(rawValue)" }

  /// Its place among the families; part of the name of what is drawn for it.
  var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
