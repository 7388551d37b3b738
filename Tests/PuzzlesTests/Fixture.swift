import Foundation
import Glibc
import Testing

@testable import Puzzles

/// A puzzle of the library with answers that the library itself scored.
struct GoldenItem {
  /// One answer; nil where the response held none.
  struct Case {
    let id: String
    let answer: String?
    let score: Double

    /// Known weaknesses of the library that the score shows.
    let flags: [String]
  }

  let task: String
  let answer: String?
  let metadata: PuzzleValue
  let cases: [Case]
}

/// Reads the fixtures.
enum Fixture {
  static func lines(_ name: String) throws -> [PuzzleValue] {
    let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)")
    let text = try String(contentsOf: url, encoding: .utf8)
    return try text.split(separator: "\n").map {
      try #require(PuzzleValue(json: String($0)), "\($0.prefix(80))")
    }
  }

  static func goldenItems() throws -> [GoldenItem] {
    try lines("golden.jsonl").map { line in
      let cases = try #require(line["cases"]?.list).map { fields in
        let fields = try #require(fields.list)
        return GoldenItem.Case(
          id: try #require(fields[0].text), answer: fields[1].text, score: try #require(fields[2].number),
          flags: fields.count > 3 ? fields[3].texts ?? [] : [])
      }
      return GoldenItem(
        task: try #require(line["task"]?.text), answer: line["answer"]?.text,
        metadata: try #require(line["metadata"]), cases: cases)
    }
  }
}

/// What `work` gives, and the processor time it takes on this thread, whatever else the machine does.
func timed<Result>(_ work: () -> Result) -> (Result, Duration) {
  func now() -> Duration {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
  let start = now()
  let result = work()
  return (result, now() - start)
}
