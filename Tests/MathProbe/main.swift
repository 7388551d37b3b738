import Foundation
import MathVerification

// math-probe judge FILE: for each JSON line with gold and text, prints id, verdict and time.
let arguments = CommandLine.arguments
guard arguments.count > 2, arguments[1] == "judge" else { exit(2) }
let data = try Data(contentsOf: URL(filePath: arguments[2]))
for line in data.split(separator: UInt8(ascii: "\n")) {
  guard let row = try JSONSerialization.jsonObject(with: line) as? [String: Any], let gold = row["gold"] as? String,
    let text = row["text"] as? String
  else { continue }
  let start = ContinuousClock.now
  let verdict = MathVerifier.judge(answer: text, gold: gold, mode: row["mode"] as? String == "trl" ? .anchoredLatex : .wholeResponse)
  let time = (ContinuousClock.now - start) / .microseconds(1)
  let result: [String: Any] = [
    "id": row["id"] as? String ?? "", "ours": verdict.isEqual, "extracted": verdict.extracted as Any? ?? NSNull(),
    "parsed": verdict.isParsed, "gold": "\(verdict.gold)", "us": Int(time), "reason": verdict.reason,
  ]
  print(String(decoding: try JSONSerialization.data(withJSONObject: result, options: [.sortedKeys]), as: UTF8.self))
}
