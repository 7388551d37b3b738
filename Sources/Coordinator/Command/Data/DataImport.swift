public import ArgumentParser
public import DataPreparation
import Tasks

/// Makes rows of public data sets' files.
struct DataImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make rows of the files of a public data set.",
    discussion: """
      Examples:
        prorl-coordinator data import --format gsm8k train.jsonl --output gsm8k.jsonl
        prorl-coordinator data import --format humaneval HumanEval.jsonl.gz --output humaneval.jsonl

      Files are JSON Lines or JSON arrays, plain or compressed by gzip. Every row is checked: whether its answer can be \
      read by what will score it. See docs/data.md.
      """)

  @Option(help: "gsm8k, math, humaneval, mbpp, ifeval, reasoning-gym, verl or trl.")
  var format: ImportFormat

  @Argument(help: "The files.")
  var files: [String]

  @Option(help: "Where to write.")
  var output: String

  @Option(help: "What rows are scored by, instead of what the format says.")
  var dataSource: String?

  @Option(help: "The split that rows say they are from.")
  var split = "train"

  func run() throws {
    try reportingErrors {
      let importer = RowImporter(format, dataSource: dataSource, split: split)
      var rows: [DataRow] = []
      for file in files { rows += try ImportFile.rows(at: file, by: importer, first: rows.count) }
      // What nothing can score is better found now than when a run begins.
      for (index, row) in rows.enumerated() { _ = try DataFile.row(row.line, path: "row", line: index + 1) }
      try RowFile.write(rows, to: output)
      Terminal.say("\(output): \(rows.count) rows")
    }
  }
}

extension ImportFormat: ExpressibleByArgument {}
