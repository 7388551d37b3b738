/// A table in Markdown.
struct MarkdownTable {
  let head: [String]
  var rows: [[String]] = []

  /// Its lines; a cell holds no bar of its own.
  var text: String {
    ([head, head.map { _ in "---" }] + rows).map { row in
      "| " + row.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }.joined(separator: "\n") + "\n"
  }
}
