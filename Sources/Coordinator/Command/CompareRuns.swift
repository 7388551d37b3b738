import ArgumentParser
import Studies

/// Tells what the runs of a study found.
struct CompareRuns: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Make tables and pictures from the metrics of a study's runs.",
    discussion: """
      Examples:
        prorl-coordinator study learning runs/curves
        prorl-coordinator study ablation runs/ablation --document docs/ablation.md

      A study is a folder with study.tsv (part, variant, description, overrides; with tabs between them) and the run \
      directories VARIANT/seed-N; deploy/curves.sh and deploy/ablation.sh make one each.
      """)

  /// What is asked of the runs.
  enum Question: String, CaseIterable, ExpressibleByArgument {
    /// Whether every variant learns.
    case learning
    /// What each part of a recipe does.
    case ablation
  }

  @Argument(
    help: "learning: does every variant learn; ablation: what does each part of the first variant do.")
  var question: Question

  @Argument(help: "The folder of the study.")
  var directory: String

  @Option(help: "The reward whose first step an ablation tells.")
  var level = 0.9

  @Option(help: "Write between the lines <!-- runs --> and <!-- /runs --> of this file, pictures beside it.")
  var document: String?

  func run() throws {
    try reportingErrors {
      let study = try Study(directory: directory)
      let place = document.map { Document(path: $0, marker: "runs") }
      let folder = place?.pictureFolder ?? "."
      let report =
        switch question {
        case .learning: Learning(study).report(folder: folder)
        case .ablation: Ablation(study, level: level).report(folder: folder)
        }
      guard let place else { return Terminal.say(report.text) }
      try place.write(report.text, pictures: report.pictures)
    }
  }
}
