import ArgumentParser

/// What is done with data sets.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Make, import and look at data sets.",
    subcommands: [DataPrepare.self, DataImport.self, DataInspect.self])
}
