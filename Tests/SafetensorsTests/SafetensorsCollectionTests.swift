import FoundationEssentials
import Safetensors
import Tensors
import Testing

@Suite("Models in shards")
struct SafetensorsCollectionTests {
  let scratch: ScratchDirectory

  init() throws { scratch = try ScratchDirectory() }

  private func tensors() -> [TensorSource] {
    (0..<5).map { TensorSource("t\($0)", integers: [Int64]($0..<2 * $0), shape: [Int($0)]) }
  }

  private func write(_ name: String, _ text: String) throws { _ = try scratch.file(name, Array(text.utf8)) }

  @Test("tensors are cut into shards of at most the size asked for, and found again")
  func shards() throws {
    let files = try SafetensorsWriter().write(tensors(), toDirectory: scratch.path, maxShardSize: 24)
    let shards = (1...3).map { "model-0000\($0)-of-00003.safetensors" }
    #expect(files == shards + ["model.safetensors.index.json"])
    let model = try SafetensorsCollection(directory: scratch.path)
    #expect(model.names == ["t0", "t1", "t2", "t3", "t4"])
    for i in 0..<5 { #expect(try model.copyIntegers("t\(i)") == [Int64](Int64(i)..<2 * Int64(i))) }
    let index = """
      {
        "metadata": {
          "total_size": 80
        },
        "weight_map": {
          "t0": "\(shards[0])",
          "t1": "\(shards[0])",
          "t2": "\(shards[0])",
          "t3": "\(shards[1])",
          "t4": "\(shards[2])"
        }
      }

      """
    #expect(try scratch.bytes("model.safetensors.index.json") == Array(index.utf8))
  }

  @Test("a model that fits is one file, and takes the place of older shards")
  func single() throws {
    try SafetensorsWriter().write(tensors(), toDirectory: scratch.path, maxShardSize: 24)
    #expect(try SafetensorsWriter().write(tensors(), toDirectory: scratch.path) == ["model.safetensors"])
    #expect(try SafetensorsCollection(directory: scratch.path).names.count == 5)
    #expect(try !scratch.names.contains("model.safetensors.index.json"))
  }

  @Test("shards take the place of an older single file")
  func shardsReplaceSingle() throws {
    try SafetensorsWriter().write([], toDirectory: scratch.path)
    try SafetensorsWriter().write(tensors(), toDirectory: scratch.path, maxShardSize: 24)
    #expect(try SafetensorsCollection(directory: scratch.path).contains("t4"))
  }

  @Test("a directory without a model says what to do")
  func noModel() throws {
    #expect(throws: SafetensorsError.noModel(directory: scratch.path)) {
      try SafetensorsCollection(directory: scratch.path)
    }
    #expect("\(SafetensorsError.noModel(directory: "d"))".contains("safe_serialization=True"))
  }

  @Test("a tensor that its shard lacks is named, with the shard")
  func missingInShard() throws {
    try SafetensorsWriter().write(tensors(), to: scratch.path + "/s.safetensors")
    try write("model.safetensors.index.json", #"{"weight_map":{"t1":"s.safetensors","t9":"s.safetensors"}}"#)
    let index = scratch.path + "/model.safetensors.index.json"
    #expect(throws: SafetensorsError.missingInShard(index: index, name: "t9", shard: "s.safetensors")) {
      try SafetensorsCollection(directory: scratch.path)
    }
  }

  @Test("a shard that is missing is an error with its path")
  func missingShard() throws {
    try write("model.safetensors.index.json", #"{"weight_map":{"t1":"s.safetensors"}}"#)
    let reason = "No such file or directory"
    #expect(throws: SafetensorsError.unreadable(path: scratch.path + "/s.safetensors", reason: reason)) {
      try SafetensorsCollection(directory: scratch.path)
    }
  }

  @Test(
    "an index that is none, or that points elsewhere, is refused",
    arguments: [
      "", "{", "[]", #"{"weight_map":[]}"#, #"{"weight_map":{"a":1}}"#, #"{"weight_map":{"a":"../b"}}"#,
      #"{"weight_map":{"a":"/etc/passwd"}}"#, #"{"weight_map":{"a":""}}"#,
    ])
  func badIndex(text: String) throws {
    try write("model.safetensors.index.json", text)
    do {
      _ = try SafetensorsCollection(directory: scratch.path)
      Issue.record("\(text) was accepted")
    } catch SafetensorsError.badIndex(let path, let reason) {
      #expect(path.hasSuffix("index.json") && !reason.isEmpty)
    }
  }
}
