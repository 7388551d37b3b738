import Foundation
import Testing
import Tokenization

/// The path of a directory in Fixtures.
func fixture(_ name: String, file: String = #filePath) -> String {
  URL(filePath: file).deletingLastPathComponent().appending(path: "Fixtures/\(name)").path
}

/// A directory that is gone after the test.
final class ScratchDirectory {
  let path: String

  init(_ files: [String: String] = [:]) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "tokenization-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
    for (name, contents) in files { try write(Data(contents.utf8), to: name) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ contents: Data, to name: String) throws {
    try contents.write(to: URL(filePath: path).appending(path: name))
  }

  func copy(_ names: [String], of fixtureName: String) throws {
    for name in names {
      try write(Data(contentsOf: URL(filePath: fixture(fixtureName)).appending(path: name)), to: name)
    }
  }
}

/// A tokenizer of the 256 bytes, then `tokens`, with any part of tokenizer.json replaced.
///
/// Byte 0x61, `a`, is the token 0x61, and so on; `tokens` have ids from 256 on.
func tokenizerJSON(
  tokens: [String] = [], merges: String = "[]", model: String = #""type": "BPE""#,
  preTokenizer: String = #"{"type": "ByteLevel", "add_prefix_space": false}"#, normalizer: String = "null",
  decoder: String = #"{"type": "ByteLevel"}"#, added: String = "[]"
) throws -> String {
  let spellings = byteSpellings + tokens
  let vocabulary = Dictionary(uniqueKeysWithValues: spellings.enumerated().map { ($1, $0) })
  let json = String(decoding: try JSONEncoder().encode(vocabulary), as: UTF8.self)
  return """
    {"added_tokens": \(added), "normalizer": \(normalizer), "pre_tokenizer": \(preTokenizer),
     "decoder": \(decoder), "model": {\(model), "vocab": \(json), "merges": \(merges)}}
    """
}

/// What stands for each byte in a vocabulary, made as GPT-2's `bytes_to_unicode` makes it.
let byteSpellings: [String] = {
  let printable = Set(Array(33...126) + Array(161...172) + Array(174...255))
  var next: UInt32 = 256
  return (0...255).map { byte in
    if printable.contains(byte) { return String(Unicode.Scalar(UInt8(byte))) }
    defer { next += 1 }
    return Unicode.Scalar(next).map(String.init) ?? ""
  }
}()

/// The tokenizer that `json` describes.
func tokenizer(_ json: String) throws -> Tokenizer {
  let directory = try ScratchDirectory(["tokenizer.json": json])
  return try withExtendedLifetime(directory) { try Tokenizer(directory: directory.path) }
}

/// What `body` throws, as the sentence the operator reads.
func sentence(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let error as TokenizerError {
    return error.description
  } catch {
    return "untyped: \(error)"
  }
}

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
