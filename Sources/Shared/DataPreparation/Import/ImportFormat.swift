/// The formats of public data sets that rows are made of.
public enum ImportFormat: String, Sendable, CaseIterable {
  /// GSM8K's `train.jsonl` and `test.jsonl`: `question`, `answer` with `####`.
  case gsm8k
  /// MATH and MATH-500: `problem`, `solution` with a box, or `answer`.
  case math
  /// HumanEval.jsonl: `task_id`, `prompt`, `entry_point`, `canonical_solution`, `test`.
  case humaneval
  /// MBPP, plain (`text`, `code`, `test_list`) or sanitized (`prompt`, `test_imports`).
  case mbpp
  /// IFEval's `input_data.jsonl`: `key`, `prompt`, `instruction_id_list`, `kwargs`.
  case ifeval
  /// Rows that reasoning-gym exported: `question`, `answer`, `metadata`.
  case reasoningGym = "reasoning-gym"
  /// verl's rows: `data_source`, `prompt`, `reward_model`, `extra_info`.
  case verl
  /// TRL's rows: `prompt` and `solution`, `answer` or `ground_truth`.
  case trl
}

/// A row that cannot be imported, before it is known where it stands.
struct ImportFault: Error {
  let reason: String
}
