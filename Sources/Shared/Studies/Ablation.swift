/// What a recipe's parts do: the whole of it, the first variant of a study, against it without one part each.
public struct Ablation {
  private let study: Study

  /// The reward to reach, as a mean over five steps.
  private let level: Double

  /// Looks at the runs of `study`.
  public init(_ study: Study, level: Double = 0.9) { (self.study, self.level) = (study, level) }

  /// A number of a run.
  struct Column: Sendable {
    let title: String
    let digits: Int
    let value: @Sendable (RunMetrics) -> Double?
  }

  /// What is told of each run.
  var columns: [Column] {
    let level = level
    func test(_ title: String, _ kind: String) -> Column {
      Column(title: title, digits: 1) { run in run.last("val-core/test/all/acc/\(kind)").map { 100 * $0 } }
    }
    func end(_ title: String, _ metric: String) -> Column {
      Column(title: title, digits: 3) { $0.mean(metric, over: max(1, $0.lastStep - 9)...max(1, $0.lastStep)) }
    }
    return [
      test("mean@1", "mean@1"), test("greedy", "greedy"), test("pass@k", "pass@"),
      Column(title: "entropy", digits: 3) { $0.last("val-aux/test/all/entropy") },
      end("KL", "prorl/kl_divergence"),
      Column(title: "step of \(fixed(level, 2))", digits: 0) {
        Self.firstStep(of: level, $0).map(Double.init)
      },
      Column(title: "tokens until then, thousands", digits: 0) { run in
        Self.firstStep(of: level, run).map { run.sum("rollout/tokens", over: 1...$0) / 1000 }
      },
      Column(title: "groups dropped, %", digits: 1) { run in
        let steps = 1...max(1, run.lastStep)
        let groups = run.sum("rollout/groups", over: steps)
        return groups > 0 ? 100 * run.sum("rollout/dropped_groups", over: steps) / groups : nil
      },
    ]
  }

  /// The first step whose reward, mean over it and the four before, is at least `level`; nil if there is none.
  static func firstStep(of level: Double, _ run: RunMetrics) -> Int? {
    guard run.lastStep >= 5 else { return nil }
    return (5...run.lastStep).first { (run.mean("critic/rewards/mean", over: $0 - 4...$0) ?? 0) >= level }
  }

  /// Each variant's numbers with their intervals; where not all seeds have one, how many have.
  var table: String {
    let columns = columns
    var table = MarkdownTable(head: ["variant", "what it is", "seeds"] + columns.map(\.title))
    for variant in study.variants {
      let cells = columns.map { column in
        cell(variant.runs.compactMap { column.value($0.metrics) }, of: variant.runs.count, column.digits)
      }
      table.rows.append(["`\(variant.name)`", variant.description, "\(variant.runs.count)"] + cells)
    }
    return table.text
  }

  private func cell(_ values: [Double], of seeds: Int, _ digits: Int) -> String {
    guard let interval = Interval(values) else { return "–" }
    return interval.text(digits: digits)
      + (values.count < seeds ? " (\(values.count) of \(seeds) seeds)" : "")
  }

  /// Each variant less the whole recipe, seed by seed; bold where the interval leaves out 0.
  var differences: String {
    let columns = columns
    var table = MarkdownTable(head: ["less the whole"] + columns.map(\.title))
    guard let whole = study.variants.first else { return "" }
    for variant in study.variants.dropFirst() {
      let cells = columns.map { column -> String in
        let pairs = variant.runs.compactMap { run -> Double? in
          guard let other = whole.runs.first(where: { $0.seed == run.seed }),
            let value = column.value(run.metrics), let base = column.value(other.metrics)
          else { return nil }
          return value - base
        }
        guard let interval = Interval(pairs) else { return "–" }
        let text = interval.text(digits: column.digits)
        return interval.excludesZero ? "**\(text)**" : text
      }
      table.rows.append(["`\(variant.name)`"] + cells)
    }
    return table.text
  }

  /// Reward, entropy, divergence and dropped groups by step, a line per variant.
  var picture: Picture {
    let variants = study.variants.filter { !$0.runs.isEmpty }
    let panels = [
      ("reward", "critic/rewards/mean"), ("entropy, nats per token", "actor/entropy"),
      ("KL to the reference, nats per token", "prorl/kl_divergence"),
      ("groups dropped", "rollout/dropped_groups"),
    ].map { title, metric in
      let curves = variants.map { Curve(metric, of: $0.runs, bin: 5) }
      return Picture.Panel(
        title: title, top: niceTop(curves.flatMap(\.points).map(\.high).max() ?? 1),
        series: curves.enumerated().map { .init(curve: $1, color: $0) })
    }
    return Picture(
      title: "Reward, entropy, KL and dropped groups by step", panels: panels, columns: 2,
      legend: variants.map(\.name))
  }

  /// All that is generated: Markdown, and the picture by the name that it refers to it by.
  ///
  /// - Parameter folder: The folder of the picture, as the document sees it.
  /// - Returns: The text, and the picture's document by its file name.
  public func report(folder: String) -> (text: String, pictures: [String: String]) {
    let picture = picture
    let text = """
      \(study.summary).

      \(table)
      \(differences)
      ![\(picture.title)](\(folder)/recipe.svg)

      """
    return (text, ["recipe.svg": picture.svg])
  }
}

/// The least of 1, 2, 5 and their tenfolds that is not below `value`.
func niceTop(_ value: Double) -> Double {
  guard value.isFinite, value > 0 else { return 1 }
  var top = 1e-6
  while true {
    for factor in [1.0, 2, 5] where top * factor >= value * 0.999 { return top * factor }
    top *= 10
  }
}
