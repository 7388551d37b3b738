import Foundation
import Tasks
import Testing

@Suite("Prompt order")
struct PromptOrderTests {
  @Test("every epoch asks every row once", arguments: [1, 2, 7, 100], [true, false])
  func epochs(count: Int, isShuffled: Bool) {
    let order = PromptOrder(count: count, isShuffled: isShuffled, seed: 9)
    for epoch in 0..<5 {
      let rows = (0..<count).map { order.row(ordinal: epoch * count + $0) }
      #expect(rows.sorted() == Array(0..<count))
    }
  }

  @Test("unshuffled rows come in order, epoch after epoch")
  func unshuffled() {
    let order = PromptOrder(count: 3, isShuffled: false, seed: 9)
    #expect((0..<7).map { order.row(ordinal: $0) } == [0, 1, 2, 0, 1, 2, 0])
  }

  @Test("epochs and seeds have orders of their own")
  func own() {
    var orders: Set<[Int]> = []
    for seed in 0..<10 {
      let order = PromptOrder(count: 50, isShuffled: true, seed: UInt64(seed))
      for epoch in 0..<10 { orders.insert((0..<50).map { order.row(ordinal: 50 * epoch + $0) }) }
    }
    #expect(orders.count == 100)
  }

  @Test("a data set of no files is refused")
  func noFiles() {
    #expect(throws: TasksError.noFiles) { try FileProblems(paths: [], isShuffled: true, seed: 2) }
  }

  @Test("files follow each other, and ordinals ask their rows")
  func files() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let paths = ["a", "b"].map { directory.appending(path: "\($0).jsonl").path }
    for path in paths {
      let rows = (1...3).map { #"{"prompt":"\#($0)","answer":1}"# }.joined(separator: "\n")
      try rows.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let plain = try FileProblems(paths: paths, isShuffled: false, seed: 2)
    #expect(
      plain.problems.map(\.origin) == [
        "a.jsonl:1", "a.jsonl:2", "a.jsonl:3", "b.jsonl:1", "b.jsonl:2", "b.jsonl:3",
      ])
    #expect((0..<6).map { plain.problem(ordinal: 6 + $0) } == plain.problems)
    #expect(plain.count == 6)
    let shuffled = try FileProblems(paths: paths, isShuffled: true, seed: 2)
    #expect(shuffled.problems == plain.problems)
    let asked = (0..<600).map { shuffled.problem(ordinal: $0) }
    #expect(asked == (0..<600).map { plain.problems[shuffled.order.row(ordinal: $0)] })
    #expect(asked[0..<6] != asked[6..<12])
  }
}
