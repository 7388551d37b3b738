import FoundationEssentials

/// One file of a checkpoint, as it was when it was written.
public struct CheckpointFile: Sendable, Equatable, Codable {
  /// Its path below the checkpoint's directory, such as `huggingface/config.json`.
  public let name: String

  /// Its length.
  public let bytes: Int

  /// The SHA-256 of its bytes, 64 lower-case hexadecimal digits.
  public let sha256: String

  /// The file `name` of `bytes` bytes, as another process described it.
  public init(name: String, bytes: Int, sha256: String) {
    self.name = name
    self.bytes = bytes
    self.sha256 = sha256
  }
}

/// What `manifest.json` says: the files of a checkpoint, written when all of them are durable.
///
/// The manifest carries its own SHA-256, taken with 64 zeros in the digest's place, so that no byte of it can
/// change or be added unseen.
struct Manifest: Codable, Equatable {
  static let fileName = "manifest.json"

  let formatVersion: Int
  let step: Int
  let files: [CheckpointFile]
  var manifestSHA256: String

  enum CodingKeys: String, CodingKey {
    case formatVersion = "format_version"
    case step
    case files
    case manifestSHA256 = "manifest_sha256"
  }

  private static let zeros = String(repeating: "0", count: 64)

  init(step: Int, files: [CheckpointFile]) {
    formatVersion = 1
    self.step = step
    self.files = files.sorted { $0.name < $1.name }
    manifestSHA256 = Self.zeros
  }

  /// The manifest as text, its own digest in place.
  func encoded() -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var sealed = self
    sealed.manifestSHA256 = Self.zeros
    guard let text = try? encoder.encode(sealed) else { preconditionFailure("Manifest: \(self) is no JSON") }
    let bytes = Array(text) + [UInt8(ascii: "\n")]
    return Self.replace(Self.zeros, by: sha256Hex(bytes), in: bytes) ?? bytes
  }

  /// Reads and checks a manifest's text.
  init(_ bytes: [UInt8]) throws(CheckpointDefect) {
    do {
      self = try JSONDecoder().decode(Manifest.self, from: Data(bytes))
    } catch {
      throw .manifest("it is not the JSON that was written")
    }
    guard let unsealed = Self.replace(manifestSHA256, by: Self.zeros, in: bytes),
      sha256Hex(unsealed) == manifestSHA256
    else { throw .manifest("its bytes are not those that were written") }
    guard formatVersion == 1 else { throw .version(formatVersion) }
    for file in files where !isPlainPath(file.name) || file.bytes < 0 {
      throw .manifest("it lists `\(file.name)`, which is no file of a checkpoint")
    }
  }

  /// `bytes` with the last occurrence of `old` replaced; nil if there is none, or the lengths differ.
  private static func replace(_ old: String, by new: String, in bytes: [UInt8]) -> [UInt8]? {
    let (old, new) = (Array(old.utf8), Array(new.utf8))
    guard old.count == 64, new.count == 64, bytes.count >= 64 else { return nil }
    for start in stride(from: bytes.count - 64, through: 0, by: -1)
    where bytes[start..<start + 64].elementsEqual(old) {
      var result = bytes
      result.replaceSubrange(start..<start + 64, with: new)
      return result
    }
    return nil
  }
}

/// Whether `name` leads to a file below a checkpoint's directory and nowhere else.
func isPlainPath(_ name: String) -> Bool {
  let parts = name.split(separator: "/", omittingEmptySubsequences: false)
  return name != Manifest.fileName && !name.contains("\0")
    && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
}
