import ArgumentParser

/// The program.
@main
struct ProRLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prorl-coordinator",
    abstract: "Trains language models by prolonged reinforcement learning (ProRL) on CPUs, over MPI.",
    discussion: """
      Example:
        mpirun -np 3 prorl-coordinator train --config configs/quickstart.yaml trainer.total_training_steps=20

      Without arguments it trains the embedded model on built-in problems.
      """,
    version: programVersion,
    subcommands: [
      Train.self, SFT.self, Generate.self, DataCommand.self, Score.self, Check.self, Bench.self,
      Problems.self,
      CompareRuns.self,
    ],
    defaultSubcommand: Train.self)
}

/// The version of the program.
let programVersion = "0.1.0"
