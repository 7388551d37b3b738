/// A validation as a small table.
///
/// ```
/// validation at step 100   mean@1  greedy  pass@8  entropy  length
///   mini/add                 97.3   100.0   100.0     0.12    12.1
///   all                      95.1    97.0   100.0     0.20     9.4
/// ```
struct ValidationTable {
  let text: String

  init(_ summary: ValidationSummary) {
    let title = "\(summary.name) at step \(summary.step)"
    let width = max(title.count, (summary.rows.map(\.dataSource.count).max() ?? 0) + 2) + 2
    let header =
      padded(title, width) + right("mean@1", 8) + right("greedy", 8)
      + right(summary.passCounts.last.map { "pass@\($0)" } ?? "", 8) + right("entropy", 9)
      + right("length", 8)
    let lines = summary.rows.map { row in
      padded("  " + row.dataSource, width) + right(decimal(row.meanAt1 * 100, 1), 8)
        + right(decimal(row.greedy * 100, 1), 8)
        + right(row.passAtK.last.map { decimal($0 * 100, 1) } ?? "", 8)
        + right(decimal(row.entropy, 2), 9) + right(decimal(row.responseLength, 1), 8)
    }
    text = ([header] + lines).joined(separator: "\n")
  }
}

private func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

private func right(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}

private func decimal(_ value: Double, _ places: Int) -> String {
  guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
  let scale = places == 1 ? 10.0 : 100.0
  let rounded = Int((abs(value) * scale).rounded())
  let whole = rounded / Int(scale)
  let rest = String(rounded % Int(scale))
  let sign = value < 0 && rounded > 0 ? "-" : ""
  return sign + "\(whole)." + String(repeating: "0", count: places - rest.count) + rest
}
