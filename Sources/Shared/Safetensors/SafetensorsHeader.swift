import FoundationEssentials

/// What a file says about one tensor.
public struct SafetensorsEntry: Sendable, Equatable {
  /// The type of its elements.
  public let dtype: DType

  /// The extent of each axis, outermost first; empty for a scalar.
  public let shape: [Int]

  /// Its bytes, counted from the end of the header.
  public let dataOffsets: Range<Int>

  /// The number of its elements.
  public var count: Int { dataOffsets.count / dtype.byteCount }
}

/// The checked header of a file.
///
/// Layout: 8 bytes of header length N, little-endian; N bytes of JSON, `{"name": {"dtype", "shape",
/// "data_offsets"}, …, "__metadata__": {…}}`; the tensors' bytes, without gap or overlap, to the file's end.
///
/// Source: https://github.com/huggingface/safetensors, "Format", and its `Metadata::validate`.
struct SafetensorsHeader: Sendable {
  let metadata: [String: String]

  /// In the order of their bytes.
  let names: [String]

  let entries: [String: SafetensorsEntry]

  /// Where the data begins, from the start of the file.
  let dataStart: Int

  /// What the format allows.
  static let maximumLength = 100_000_000

  /// Reads and checks the header at the start of `file`, all of a file's bytes.
  init(of file: RawSpan) throws(SafetensorsDefect) {
    let json = try Self.json(of: file)
    let decoded = try Self.decode(json)
    dataStart = 8 + json.count
    let dataBytes = file.byteCount - dataStart
    var entries: [String: SafetensorsEntry] = [:]
    for (name, raw) in decoded.tensors { entries[name] = try raw.entry(name, dataBytes: dataBytes) }
    metadata = decoded.metadata
    names = try Self.order(entries, dataBytes: dataBytes)
    self.entries = entries
  }

  private static func json(of file: RawSpan) throws(SafetensorsDefect) -> Data {
    guard file.byteCount >= 8 else { throw .noLength(byteCount: file.byteCount) }
    let length = UInt64(littleEndian: unsafe file.unsafeLoadUnaligned(as: UInt64.self))
    let available = file.byteCount - 8
    guard length <= UInt64(min(available, maximumLength)) else {
      throw .headerLength(length, available: available)
    }
    return unsafe file.extracting(8..<8 + Int(length)).withUnsafeBytes { unsafe Data($0) }
  }

  private static func decode(_ json: Data) throws(SafetensorsDefect) -> RawHeader {
    // The brace comes first by the format; it also keeps the decoder from guessing at encodings.
    guard json.first == UInt8(ascii: "{") else { throw .header("it does not begin with {") }
    do {
      return try JSONDecoder().decode(RawHeader.self, from: json)
    } catch {
      throw .header(sentence(error))
    }
  }

  /// The names in the order of their bytes, which must fill the data without gap or overlap.
  private static func order(
    _ entries: [String: SafetensorsEntry], dataBytes: Int
  ) throws(SafetensorsDefect) -> [String] {
    let ordered = entries.sorted { a, b in
      let (x, y) = (a.value.dataOffsets, b.value.dataOffsets)
      return (x.lowerBound, x.upperBound, a.key) < (y.lowerBound, y.upperBound, b.key)
    }
    var end = 0
    var previous = ""
    for (name, entry) in ordered {
      let start = entry.dataOffsets.lowerBound
      guard start >= end else { throw .overlap(tensor: previous, other: name) }
      guard start == end else { throw .unusedBytes(from: end, to: start) }
      end = entry.dataOffsets.upperBound
      previous = name
    }
    guard end == dataBytes else { throw .unusedBytes(from: end, to: dataBytes) }
    return ordered.map(\.key)
  }
}

/// The header as the JSON has it, unchecked.
private struct RawHeader: Decodable {
  var metadata: [String: String] = [:]
  var tensors: [String: RawEntry] = [:]

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: TensorName.self)
    for key in container.allKeys {
      if key.stringValue == "__metadata__" {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        tensors[key.stringValue] = try container.decode(RawEntry.self, forKey: key)
      }
    }
  }
}

private struct RawEntry: Decodable {
  let dtype: String
  let shape: [Int]
  let offsets: [Int]

  enum CodingKeys: String, CodingKey {
    case dtype
    case shape
    case offsets = "data_offsets"
  }

  func entry(_ name: String, dataBytes: Int) throws(SafetensorsDefect) -> SafetensorsEntry {
    guard let type = DType(rawValue: dtype) else { throw .dtype(tensor: name, dtype) }
    var needed = type.byteCount
    for extent in shape {
      let (product, overflow) = needed.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { throw .shape(tensor: name, shape) }
      needed = product
    }
    guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= dataBytes else {
      throw .offsets(tensor: name, offsets, dataBytes: dataBytes)
    }
    let range = offsets[0]..<offsets[1]
    guard range.count == needed else { throw .length(tensor: name, bytes: range.count, needed: needed) }
    return SafetensorsEntry(dtype: type, shape: shape, dataOffsets: range)
  }
}

private struct TensorName: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }

  init?(intValue: Int) { nil }
}

/// What a JSON decoder found wrong, and where, in a clause.
func sentence(_ error: any Error) -> String {
  let context: DecodingError.Context
  switch error {
  case DecodingError.keyNotFound(let key, let at):
    let place = at.codingPath.map(\.stringValue).joined(separator: ".")
    return place.isEmpty ? "`\(key.stringValue)` is missing" : "`\(place)` lacks `\(key.stringValue)`"
  case DecodingError.typeMismatch(_, let at), DecodingError.valueNotFound(_, let at),
    DecodingError.dataCorrupted(let at):
    context = at
  default:
    return "\(error)"
  }
  let place = context.codingPath.map(\.stringValue).joined(separator: ".")
  return place.isEmpty ? context.debugDescription : "`\(place)`: \(context.debugDescription)"
}
