import ArgumentParser

/// Measures how fast this machine trains; docs/performance.md says what every line means.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure products, sampling, learning, whole steps, messages and sandboxes on this machine.",
    discussion: """
      Examples:
        prorl-coordinator bench step --shape gpt2 --prompts 8 --samples 8 --prompt-tokens 64 --new-tokens 128 --json
        mpirun -np 3 prorl-coordinator bench step --shape gpt2
        mpirun -np 4 prorl-coordinator bench mpi --shape qwen2.5-0.5b
      """,
    subcommands: [
      Products.self, Rollout.self, LearnerRate.self, Step.self, MessageRates.self, SandboxRate.self,
    ])
}
