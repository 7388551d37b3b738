import Foundation

/// The process table, as far as it concerns this process.
struct Processes {
  struct Entry {
    let id: Int
    let parent: Int
    let state: Character
    let threads: Int
    let name: String
  }

  let all: [Entry]

  init() {
    let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int($0) } ?? []
    all = ids.compactMap { id in
      guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
        let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")")
      else { return nil }
      let fields = text[text.index(close, offsetBy: 2)...].split(separator: " ")
      guard fields.count > 17, let state = fields[0].first, let parent = Int(fields[1]),
        let threads = Int(fields[17])
      else { return nil }
      let name = String(text[text.index(after: open)..<close])
      return Entry(id: id, parent: parent, state: state, threads: threads, name: name)
    }
  }

  /// All children of `id`, and theirs.
  func descendants(of id: Int) -> [Entry] {
    let children = all.filter { $0.parent == id }
    return children + children.flatMap { descendants(of: $0.id) }
  }
}
