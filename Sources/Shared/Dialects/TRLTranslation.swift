public import Configuration

/// A configuration of TRL's GRPO trainer, as `trl grpo --config` takes it, said in this program's keys.
///
/// Every field has TRL's default, so that the result does not depend on ours. docs/from-trl.md has the table.
/// Source: TRL 1.10.0.dev0.
public struct TRLTranslation: Sendable {
  /// One key of the result.
  public struct Line: Sendable, Equatable {
    /// The dotted key.
    public let key: String

    /// Its value as YAML text.
    public let value: String

    /// The fields of TRL it comes from, the first of which says most.
    public let fields: [String]
  }

  /// The result, in the order of docs/from-trl.md.
  public private(set) var lines: [Line] = []

  /// What became of fields that are not translated.
  public private(set) var notes: [ConfigurationNote] = []

  /// The fields that were read, with their values.
  public private(set) var fields: [ResolvedOption] = []

  /// Translates the text of a file.
  ///
  /// - Parameters:
  ///   - yaml: The text; flat, one field per line.
  ///   - file: Its path, for messages.
  ///   - given: Dotted keys of ours that the command line gives, for which no field is needed.
  ///   - environment: What `${oc.env:…}` finds.
  /// - Throws: For a field nobody knows, and for one whose value has no equivalent here.
  public init(
    yaml: String, file: String, given: Set<String> = [], environment: [String: String] = [:]
  ) throws(ConfigurationError) {
    let trl = try ConfigurationSection.load(
      yaml: yaml, file: file, foreignKeys: .trl, environment: environment)
    try translateData(trl, given: given)
    let updates = try translateSizes(trl)
    try translateSampling(trl)
    try translateLoss(trl)
    try translateReference(trl)
    try translateOptimizer(trl, updatesPerStep: updates)
    try translateRun(trl, updatesPerStep: updates)
    try trl.close()
    notes = trl.notes
    fields = trl.resolved
  }

  /// The result as a file of ours; each line says which field it comes from.
  public var yaml: String {
    var text = ""
    var open: [String] = []
    for line in sections() {
      let path = line.key.split(separator: ".").map(String.init)
      let shared = zip(open, path.dropLast()).prefix { $0 == $1 }.count
      for depth in shared..<path.count - 1 {
        text += String(repeating: "  ", count: depth) + path[depth] + ":\n"
      }
      open = path.dropLast()
      text += String(repeating: "  ", count: open.count) + "\(path[open.count]): \(line.value)"
      text += line.fields.isEmpty ? "\n" : "  # \(line.fields.joined(separator: ", "))\n"
    }
    return text
  }

  /// The lines with those of one section beside each other, in the order of their first.
  private func sections() -> [Line] {
    var order: [String: Int] = [:]
    for line in lines {
      var prefix = ""
      for part in line.key.split(separator: ".") {
        prefix += ".\(part)"
        if order[prefix] == nil { order[prefix] = order.count }
      }
    }
    func rank(_ line: Line) -> [Int] {
      var prefix = ""
      return line.key.split(separator: ".").map {
        prefix += ".\($0)"
        return order[prefix] ?? 0
      }
    }
    return lines.sorted { rank($0).lexicographicallyPrecedes(rank($1)) }
  }

  mutating func emit(_ key: String, _ value: String, _ fields: String...) {
    lines.append(Line(key: key, value: value, fields: fields))
  }

  // MARK: Model, data, rewards

  private mutating func translateData(
    _ trl: ConfigurationSection, given: Set<String>
  ) throws(ConfigurationError) {
    if let path = try trl.optionalString("model_name_or_path") {
      emit("actor_rollout_ref.model.path", Self.quoted(path), "model_name_or_path")
    }
    if let data = try trl.optionalString("dataset_name") {
      if [".jsonl", ".json", ".txt"].contains(where: data.hasSuffix) {
        emit("data.train_files", "[\(Self.quoted(data))]", "dataset_name")
      } else if !given.contains("data.train_files") {
        throw trl.fail(
          "dataset_name",
          "is a data set of the hub; write it to a .jsonl file and add the override `data.train_files=[FILE]`"
        )
      }
    }
    try translateRewards(trl, isOurs: given.contains { $0.hasPrefix("reward.") })
    emit("data.shuffle", try trl.boolean("shuffle_dataset", default: true).description, "shuffle_dataset")
    if let length = try trl.optionalInteger("max_prompt_length", in: 1...1 << 24) {
      emit("data.max_prompt_length", "\(length)", "max_prompt_length")
    }
  }

  // MARK: Sizes

  /// The sizes of a step; returns how many optimizer updates it has.
  private mutating func translateSizes(_ trl: ConfigurationSection) throws(ConfigurationError) -> Int {
    let group = try trl.integer("num_generations", default: 8, in: 2...65_535)
    let device = try trl.integer("per_device_train_batch_size", default: 8, in: 1...1 << 20)
    let accumulation = try trl.integer("gradient_accumulation_steps", default: 1, in: 1...1 << 20)
    let processes = try trl.integer("num_processes", default: 1, in: 1...1 << 20)
    let perGeneration = try trl.optionalInteger("steps_per_generation", in: 1...1 << 20)
    let generation = try trl.optionalInteger("generation_batch_size", in: 1...1 << 40)
    let iterations = try trl.integer("num_iterations", default: 1, in: 1...1000)
    if generation != nil, perGeneration != nil {
      throw trl.fail("generation_batch_size", "and `steps_per_generation` say the same; remove one of them")
    }
    let update = device * processes * accumulation
    // The policy does not change within an update, so several generations for one are like a larger one.
    let step = max(update, generation ?? device * processes * (perGeneration ?? accumulation))
    guard update % group == 0 else {
      throw trl.fail(
        "num_generations",
        """
        is \(group), but an update has \(update) completions (per_device_train_batch_size × num_processes × \
        gradient_accumulation_steps), which is no multiple of it; an update takes whole groups here
        """)
    }
    guard step % update == 0 else {
      throw trl.fail(
        generation == nil ? "steps_per_generation" : "generation_batch_size",
        "makes batches of \(step) completions, no multiple of the \(update) of an update")
    }
    let sizes = "per_device_train_batch_size"
    lines.append(
      Line(
        key: "data.train_batch_size", value: "\(step / group)",
        fields: [
          sizes, "num_processes", generation == nil ? "steps_per_generation" : "generation_batch_size",
          "num_generations",
        ]))
    lines.append(
      Line(
        key: "actor_rollout_ref.actor.ppo_mini_batch_size", value: "\(update / group)",
        fields: [sizes, "num_processes", "gradient_accumulation_steps", "num_generations"]))
    emit("actor_rollout_ref.actor.ppo_epochs", "\(iterations)", "num_iterations")
    emit("actor_rollout_ref.rollout.n", "\(group)", "num_generations")
    return step / update * iterations
  }

  // MARK: Sampling

  private mutating func translateSampling(_ trl: ConfigurationSection) throws(ConfigurationError) {
    let length = try trl.integer("max_completion_length", default: 512, in: 1...1 << 24)
    emit("data.max_response_length", "\(length)", "max_completion_length")
    let temperature = try trl.number("temperature", default: 1, in: 0.01...100)
    let topP = try trl.number("top_p", default: 1, in: 1e-6...1)
    let topK = try trl.integer("top_k", default: 0, in: -1...1 << 24)
    let minP = try trl.optionalNumber("min_p", in: 0...1) ?? 0
    let samples = try trl.optionalInteger("num_generations_eval", in: 1...65_535)
    let group = try trl.integer("num_generations", default: 8, in: 2...65_535)
    for (section, isValidation) in [("rollout", false), ("rollout.val_kwargs", true)] {
      let path = "actor_rollout_ref.\(section)"
      if isValidation { emit("\(path).n", "\(samples ?? group)", "num_generations_eval", "num_generations") }
      emit("\(path).temperature", "\(temperature)", "temperature")
      emit("\(path).top_p", "\(topP)", "top_p")
      emit("\(path).top_k", "\(topK)", "top_k")
      emit("\(path).min_p", "\(minP)", "min_p")
    }
    emit("algorithm.filter_groups.enable", "false")
  }

  static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
