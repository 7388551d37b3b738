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
  public func save(to directory: String, modelSource: String) throws {
    try model.save(policy.parameters, to: directory + "/" + Self.modelFolder, source: modelSource)
    var sources = [TensorSource("step", integers: [Int64(updateCount)], shape: [])]
    for (prefix, values) in moments {
      sources += model.table.parameters.map {
        TensorSource(prefix + $0.name, Tensor(values, offset: $0.offset, shape: $0.shape))
      }
    }
    try SafetensorsWriter().write(sources, to: directory + "/" + Self.optimizerFile)
    if let reference { try model.saveTensors(reference.parameters, to: directory + "/" + Self.referenceFile) }
  }

  /// Takes over what ``save(to:modelSource:)`` wrote.
  public func load(from directory: String) throws {
    try model.load(directory: directory + "/" + Self.modelFolder, into: policy)
    let file = try SafetensorsFile(path: directory + "/" + Self.optimizerFile)
    updateCount = Int(try file.copyIntegers("step").first ?? 0)
    for (prefix, values) in moments {
      for parameter in model.table.parameters {
        try file.copy(
          prefix + parameter.name, into: Tensor(values, offset: parameter.offset, shape: parameter.shape))
      }
    }
    guard let reference else { return }
    try model.loadTensors(directory + "/" + Self.referenceFile, into: reference.parameters)
    reference.repack()
  }

  private var moments: [(String, Storage<Float>)] {
    [("exp_avg.", firstMoment), ("exp_avg_sq.", secondMoment)]
  }
}
