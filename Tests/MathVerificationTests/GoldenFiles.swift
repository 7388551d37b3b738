import Foundation
import Glibc
import Testing

/// The objects of a JSON lines file in `Fixtures`.
func goldenLines<Row: Decodable>(_ name: String, as type: Row.Type) throws -> [Row] {
  let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).jsonl")
  let data = try Data(contentsOf: file)
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  let rows = try data.split(separator: UInt8(ascii: "\n")).map { try decoder.decode(type, from: Data($0)) }
  try #require(!rows.isEmpty)
  return rows
}

/// The processor time that `work` takes on this thread, whatever else the machine does.
func processorTime(_ work: () -> Void) -> Duration {
  func now() -> Duration {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
  let start = now()
  work()
  return now() - start
}

/// A case labelled by math-verify 0.9.0 as verl configures it, and by a careful reader.
struct MathCase: Decodable {
  let id: String
  let gold: String
  let text: String
  let equal: Bool
  let human: Bool?
  let quirk: Bool?
  let trlAccuracy: Bool?
}

/// Text as a string, as a pattern of repeats or nests, or as bytes.
struct HostileText: Decodable {
  let text: String

  private struct Pattern: Decodable {
    var pre: String?
    var post: String?
    var `repeat`: String?
    var times: Int?
    var nest: [String]?
    var depth: Int?
    var inner: String?
    var hex: String?
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self.text = text
      return
    }
    let pattern = try container.decode(Pattern.self)
    if let hex = pattern.hex {
      let digits = Array(hex)
      let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
        UInt8(String(digits[$0...$0 + 1]), radix: 16)
      }
      text = String(decoding: bytes, as: UTF8.self)
    } else if let nest = pattern.nest, let depth = pattern.depth {
      let open = String(repeating: nest[0], count: depth)
      let close = String(repeating: nest[1], count: depth)
      text = (pattern.pre ?? "") + open + (pattern.inner ?? "") + close + (pattern.post ?? "")
    } else {
      let middle = String(repeating: pattern.repeat ?? "", count: pattern.times ?? 0)
      text = (pattern.pre ?? "") + middle + (pattern.post ?? "")
    }
  }
}
