import Foundation
import Tasks
import Testing

@Suite("Demonstrations")
struct DemonstrationsTests {
  @Test("the careless share is what was asked for", arguments: [0, 0.3, 1])
  func share(fraction: Double) {
    let kinds = [MiniatureKind.next: 1.0]  // Its careless answers are never right.
    let stream = Demonstrations(carelessFraction: fraction, kindWeights: kinds, seed: 4)
    let right = (0..<4000).filter { ordinal in
      let demonstration = stream.demonstration(ordinal: ordinal)
      return demonstration.response.hasPrefix(" +")
    }.count
    #expect(abs(Double(right) / 4000 - (1 - fraction)) <= (fraction == 0.3 ? 0.03 : 0))
  }

  @Test("kinds come by their weights")
  func weights() {
    let stream = Demonstrations(carelessFraction: 0, kindWeights: [.add: 3, .sort: 1, .words: 0], seed: 4)
    let kinds = (0..<4000).map { stream.demonstration(ordinal: $0).kind }
    #expect(Set(kinds) == ["add", "sort"])
    #expect(abs(Double(kinds.filter { $0 == "add" }.count) / 4000 - 0.75) < 0.03)
  }

  @Test("an ordinal's demonstration does not depend on others")
  func determined() {
    let stream = Demonstrations(carelessFraction: 0.5, seed: 4)
    let forwards = (0..<100).map { stream.demonstration(ordinal: $0) }
    let backwards = (0..<100).reversed().map { stream.demonstration(ordinal: $0) }
    #expect(forwards == backwards.reversed())
    #expect(Set(forwards.map(\.prompt)).count > 90)
  }

  @Test("a written file is one JSON object a line, and as an ordinary data set is read again")
  func written() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).jsonl").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let stream = Demonstrations(carelessFraction: 0.5, seed: 4)
    try stream.write(count: 50, to: path)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let rows = try text.split(separator: "\n").map {
      try JSONDecoder().decode(Demonstration.self, from: Data($0.utf8))
    }
    #expect(text.hasSuffix("\n"))
    #expect(rows == (0..<50).map { stream.demonstration(ordinal: $0) })
    #expect(try DataFile.read(path, reward: RewardRule(.keywords)).count == 50)
  }

  @Test("a file that cannot be written is a sentence")
  func unwritable() {
    let error = #expect(throws: TasksError.self) {
      try Demonstrations(carelessFraction: 0, seed: 4).write(count: 1, to: "/nowhere/at/all.jsonl")
    }
    #expect(error?.description.hasPrefix("/nowhere/at/all.jsonl: cannot be written (") == true)
  }
}
