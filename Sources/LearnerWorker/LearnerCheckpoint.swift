import Kernels
public import MessagePassing
import Models
import Safetensors
import Tensors

/// The learner's part of a checkpoint: addressed by tensor name, never by rank.
extension Learner {
  /// The folder of the policy inside a checkpoint, ready for `from_pretrained`.
  public static let modelFolder = "huggingface"
  private static let optimizerFile = "optimizer.safetensors"
  private static let referenceFile = "reference.safetensors"

  /// Writes the policy as a model directory, the optimizer's moments and the reference into `directory`.
  ///
  /// Collective over `link`, all learners in the order of the plan: the first writes, the others hand in what
  /// they keep.
  /// - Returns: Whether this learner wrote the files.
  public func save(to directory: String, modelSource: String, link: (any CollectiveLink)?) throws -> Bool {
    if let parameters = try gathered(shard.parameters, link) {
      try model.save(
        model.sources(parameters), to: directory + "/" + Self.modelFolder, source: modelSource)
    }
    let (first, second) = try (gathered(shard.firstMoment, link), gathered(shard.secondMoment, link))
    guard let first, let second else { return false }
    let step = TensorSource("step", integers: [Int64(updateCount)], shape: [])
    let sources =
      [step] + model.sources(first, prefix: Self.firstPrefix)
      + model.sources(second, prefix: Self.secondPrefix)
    try SafetensorsWriter().write(sources, to: directory + "/" + Self.optimizerFile)
    if let reference {
      try SafetensorsWriter().write(model.sources(reference), to: directory + "/" + Self.referenceFile)
    }
    return true
  }

  /// Writes the policy of a single learner as a model directory.
  public func saveModel(to directory: String, source: String) throws {
    try model.save(model.sources(shard.parameters), to: directory, source: source)
  }

  /// Takes over what ``save(to:modelSource:link:)`` wrote, on any number of learners.
  public func load(from directory: String) throws {
    try begin(directory: directory + "/" + Self.modelFolder)
    let file = try SafetensorsFile(path: directory + "/" + Self.optimizerFile)
    updateCount = Int(try file.copyIntegers("step").first ?? 0)
    for (prefix, values) in [(Self.firstPrefix, shard.firstMoment), (Self.secondPrefix, shard.secondMoment)] {
      for parameter in model.table.parameters {
        try load(parameter, named: prefix + parameter.name, of: file, into: values)
      }
    }
    if let reference { try model.load(file: directory + "/" + Self.referenceFile, into: reference) }
  }

  private static let firstPrefix = "exp_avg."
  private static let secondPrefix = "exp_avg_sq."

  /// Copies the part of a tensor that this learner keeps.
  private func load(
    _ parameter: Parameter, named name: String, of file: SafetensorsFile, into values: Storage<Float>
  ) throws {
    let mine = parameter.range.clamped(to: shard.range)
    guard !mine.isEmpty else { return }
    let start = mine.lowerBound - shard.range.lowerBound
    if mine == parameter.range {
      return try file.copy(name, into: Tensor(values, offset: start, shape: parameter.shape))
    }
    let whole = Tensor(zeros: parameter.shape)
    try file.copy(name, into: whole)
    copy(
      Tensor(whole.storage, offset: mine.lowerBound - parameter.offset, shape: [mine.count]),
      to: Tensor(values, offset: start, shape: [mine.count]))
  }

  /// On the first learner the rows of all shards put together, on others nil; collective.
  private func gathered(_ row: Storage<Float>, _ link: (any CollectiveLink)?) throws -> Storage<Float>? {
    guard let link, plan.learners > 1 else { return row }
    let whole = link.rank == 0 ? Storage<Float>(zeros: plan.count) : nil
    for learner in 0..<plan.learners {
      let range = plan.range(of: learner)
      let part = learner == link.rank ? row : Storage<Float>(zeros: range.count)
      var values = part.mutableSpan
      try link.broadcast(&values, from: learner)
      guard let whole else { continue }
      copy(
        Tensor(part, shape: [range.count]),
        to: Tensor(whole, offset: range.lowerBound, shape: [range.count]))
    }
    return whole
  }
}
