/// Whether the variants of a study learn: the mean reward of the last ten steps against that of the first ten.
public struct Learning {
  /// What counts as learning, on every seed.
  public static let leastGain = 0.1

  /// How many steps at each end are compared.
  static let window = 10

  private static let reward = "critic/rewards/mean"

  let study: Study

  /// Looks at the runs of `study`.
  public init(_ study: Study) { self.study = study }

  /// What one run gained.
  struct Gain: Equatable {
    let first: Double
    let last: Double

    var value: Double { last - first }

    /// Nil for a run too short to have two ends, or without rewards in one of them.
    init?(_ metrics: RunMetrics) {
      let steps = metrics.lastStep
      guard steps >= 2 * Learning.window,
        let first = metrics.mean(Learning.reward, over: 1...Learning.window),
        let last = metrics.mean(Learning.reward, over: steps - Learning.window + 1...steps)
      else { return nil }
      (self.first, self.last) = (first, last)
    }
  }

  /// Whether every run of a variant gained enough.
  func learns(_ variant: Study.Variant) -> Bool {
    !variant.runs.isEmpty
      && variant.runs.allSatisfy { (Gain($0.metrics)?.value ?? -.infinity) >= Self.leastGain }
  }

  /// The names of the variants that do not learn, as listed.
  public var failures: [String] { study.variants.filter { !learns($0) }.map(\.name) }

  /// The table of a part.
  func table(_ part: String) -> String {
    var table = MarkdownTable(head: [
      "variant", "what it is", "changes", "seeds", "first ten", "last ten", "least gain", "clipped", "learns",
    ])
    for variant in study.variants where variant.part == part {
      let gains = variant.runs.compactMap { Gain($0.metrics) }
      func mean(_ values: [Double], _ digits: Int) -> String {
        values.isEmpty ? "–" : fixed(values.reduce(0, +) / Double(values.count), digits)
      }
      let clipped = variant.runs.compactMap { run in
        run.metrics.mean("actor/pg_clipfrac", over: 1...max(1, run.metrics.lastStep)).map { 100 * $0 }
      }
      table.rows.append([
        "`\(variant.name)`", variant.description, variant.changes.isEmpty ? "–" : variant.shortChanges,
        "\(gains.count)",
        mean(gains.map(\.first), 2), mean(gains.map(\.last), 2),
        gains.map(\.value).min().map { fixed($0, 2) } ?? "–", clipped.isEmpty ? "–" : mean(clipped, 2) + " %",
        variant.runs.isEmpty ? "not run" : learns(variant) ? "yes" : "no",
      ])
    }
    return table.text
  }

  /// The picture of a part: a panel per variant.
  func picture(_ part: String) -> Picture {
    let variants = study.variants.filter { $0.part == part && !$0.runs.isEmpty }
    let panels = variants.map { variant in
      let steps = variant.runs.map(\.metrics.lastStep).max() ?? 1
      let curve = Curve(Self.reward, of: variant.runs, bin: (steps + 29) / 30)
      return Picture.Panel(title: variant.name, top: 1, series: [.init(curve: curve, color: 0)])
    }
    return Picture(title: "Mean reward of \(part) by step", panels: panels, columns: 4, legend: [])
  }

  /// All that is generated: Markdown, and pictures by the names that it refers to them by.
  ///
  /// - Parameter folder: The folder of the pictures, as the document sees it.
  /// - Returns: The text, and the pictures' documents by their file names.
  public func report(folder: String) -> (text: String, pictures: [String: String]) {
    var text = "\(study.summary). "
    let failures = failures
    text +=
      failures.isEmpty
      ? "All \(study.variants.count) variants learn.\n"
      : "\(study.variants.count - failures.count) of \(study.variants.count) variants learn; "
        + "these do not, or were not run: \(failures.joined(separator: ", ")).\n"
    var pictures: [String: String] = [:]
    for part in study.parts {
      let picture = picture(part)
      text += "\n## \(part.prefix(1).uppercased() + part.dropFirst())\n\n"
      if !picture.panels.isEmpty {
        pictures["\(part).svg"] = picture.svg
        text += "![\(picture.title)](\(folder)/\(part).svg)\n\n"
      }
      text += table(part)
    }
    return (text, pictures)
  }
}
