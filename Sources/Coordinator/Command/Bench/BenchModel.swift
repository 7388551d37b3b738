import Foundation
import Models
import Randomness
import Safetensors
import Tensors

/// A folder with a model to measure, as a run would find it: `model/` and `prompts.jsonl`.
///
/// A shape gets random weights. A given model keeps its own, through links. Both get a tokenizer under which
/// lengths are exact; see ``BenchTokenizer``.
struct BenchModel {
  let folder: String
  let configuration: ModelConfiguration

  var directory: String { folder + "/model" }
  var prompts: String { folder + "/prompts.jsonl" }

  /// Makes the folder's files; a random model that is there already, from an earlier benchmark, is kept.
  init(
    _ options: BenchSubjectOptions, lengths: BenchLengthOptions, prompts count: Int, in folder: String
  ) throws {
    self.folder = folder
    configuration = try Self.readConfiguration(options, in: folder)
    let directory = folder + "/model"
    if let source = options.model {
      try Self.linkWeights(of: source, into: directory)
    } else {
      try Self.makeRandomWeights(options.shape ?? .gpt2, configuration, seed: options.seed, in: directory)
    }
    guard lengths.sequenceTokens <= configuration.maximumPositions else {
      throw CommandError(
        """
        --prompt-tokens and --new-tokens make \(lengths.sequenceTokens) tokens, and \(options.name) takes \
        \(configuration.maximumPositions); shorten one of them
        """)
    }
    try BenchTokenizer(vocabularySize: configuration.vocabularySize, newTokens: lengths.newTokens)
      .write(to: directory)
    let lines = (0..<count).map {
      "{\"prompt\":\"\(Self.prompt($0, tokens: lengths.promptTokens, seed: options.seed))\"}\n"
    }
    try Data(lines.joined().utf8).write(to: URL(filePath: self.prompts))
  }

  /// Prompt `number`, which has `tokens` tokens.
  static func prompt(_ number: Int, tokens: Int, seed: UInt64) -> String {
    let name = RandomName(seed: seed, purpose: .problems, step: 0, ordinal: number, sample: 0)
    var generator = NamedGenerator(name)
    return String(
      (0..<tokens).map { _ in BenchTokenizer.letters[generator.next(below: BenchTokenizer.letters.count)] })
  }

  /// Writes the folder's `model/config.json` and reads it, without weights.
  static func readConfiguration(
    _ options: BenchSubjectOptions, in folder: String
  ) throws -> ModelConfiguration {
    let directory = folder + "/model"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let data =
      if let source = options.model { try configuration(of: source) } else {
        Data((options.shape ?? .gpt2).configuration.utf8)
      }
    try data.write(to: URL(filePath: directory + "/config.json"))
    return try ModelConfiguration(directory: directory)
  }

  // MARK: A given model

  /// The model's `config.json`, but nothing ends a response before its length.
  private static func configuration(of source: String) throws -> Data {
    guard let data = FileManager.default.contents(atPath: source + "/config.json"),
      var object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any]
    else { throw CommandError("\(source)/config.json: cannot be read; --model wants a model directory") }
    object["eos_token_id"] = nil
    return try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
  }

  private static func linkWeights(of source: String, into directory: String) throws {
    let source = URL(filePath: source).standardized.path(percentEncoded: false)
    for name in try FileManager.default.contentsOfDirectory(atPath: source)
    where name.hasSuffix(".safetensors") || name.hasSuffix(".safetensors.index.json") {
      try? FileManager.default.removeItem(atPath: directory + "/" + name)
      try FileManager.default.createSymbolicLink(
        atPath: directory + "/" + name, withDestinationPath: source + "/" + name)
    }
  }

  // MARK: Random weights

  private static func makeRandomWeights(
    _ shape: BenchShape, _ configuration: ModelConfiguration, seed: UInt64, in directory: String
  ) throws {
    // What an interrupted benchmark left has no weights, since their file appears complete or not at all.
    let weights = directory + "/model.safetensors"
    let stamp = directory + "/random.txt"
    let mark = "\(shape.rawValue) \(seed)\n"
    let isThere = FileManager.default.contents(atPath: stamp) == Data(mark.utf8)
    if isThere, FileManager.default.fileExists(atPath: weights) { return }
    try? FileManager.default.removeItem(atPath: weights)
    let parameters = LanguageModel(configuration, contextLength: 1).table.parameters
    let sources = parameters.enumerated().map { number, parameter in
      let fill = RandomWeights(
        named: parameter.name, axes: parameter.shape.count, number: number, seed: seed)
      return TensorSource(parameter.name, as: shape.storesBFloat16 ? .bf16 : .f32, shape: parameter.shape) {
        first, elements in fill.write(to: &elements, first: first)
      }
    }
    try SafetensorsWriter().write(sources, toDirectory: directory)
    try Data(mark.utf8).write(to: URL(filePath: stamp))
  }
}

/// The first weights of one parameter: norms are 1, biases 0, all else is drawn with standard deviation 0.02.
struct RandomWeights {
  private let name: RandomName
  private let constant: Float?

  /// The weights of the `number`th parameter, called `parameter`, whose shape has so many `axes`.
  init(named parameter: String, axes: Int, number: Int, seed: UInt64) {
    name = RandomName(seed: seed, purpose: .initialization, step: 0, ordinal: number, sample: 0)
    constant = parameter.hasSuffix(".bias") ? 0 : axes == 1 ? 1 : nil
  }

  /// Writes elements `first…` of the parameter, in parallel.
  func write(to elements: inout MutableSpan<Float>, first: Int) {
    let (name, constant) = (name, constant)
    let values = Tensor(zeros: [elements.count])
    let blocks = (elements.count + 4095) / 4096
    forEachBlock(blocks) { block in
      var values = values.mutableSpan
      for i in block * 4096..<min(values.count, (block + 1) * 4096) {
        values[i] = constant ?? Self.draw(name.bits(at: first + i))
      }
    }
    for i in 0..<elements.count { elements[i] = values.span[i] }
  }

  /// A sum of four uniform numbers out of 64 random bits: nearly normal, and quick.
  private static func draw(_ bits: UInt64) -> Float {
    var sum = 0
    for part in 0..<4 { sum += Int(truncatingIfNeeded: bits >> (16 * part) & 0xffff) }
    // Four uniform numbers of variance 2^32 / 12 each.
    let scale: Float = 0.02 * 1.732_050_8 / 65_536
    return Float(sum - 131_070) * scale
  }
}
