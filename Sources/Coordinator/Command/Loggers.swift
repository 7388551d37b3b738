import Configuration

/// `trainer.logger`.
enum Loggers {
  private static let own = ["progress", "console", "file", "silent"]

  /// verl's, which are services.
  private static let services = [
    "clearml", "mlflow", "rl_insight", "swanlab", "tensorboard", "trackio", "tracking", "vemlp_wandb",
    "wandb",
  ]

  /// The loggers asked for, of those there are; `progress` if none is left.
  static func read(_ trainer: ConfigurationSection) throws -> [String] {
    let asked = try trainer.strings("logger", default: ["progress"])
    if let unknown = asked.first(where: { !own.contains($0) && !services.contains($0) }) {
      throw trainer.fail("logger", "names `\(unknown)`; known are \(own.joined(separator: ", "))")
    }
    let others = asked.filter(services.contains)
    if !others.isEmpty {
      trainer.warn(
        "logger",
        "names \(others.joined(separator: ", ")), which is left out: `metrics.jsonl` of the run directory has every metric, under verl's names"
      )
    }
    let rest = asked.filter(own.contains)
    return rest.isEmpty ? ["progress"] : rest
  }
}
