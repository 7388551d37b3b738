import ArgumentParser
import Models
import Tensors
import Timing

extension Bench {
  /// Learning alone.
  struct LearnerRate: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "learner",
      abstract: "Measure learning: groups of responses of one length, then an update.")

    @OptionGroup var subject: BenchSubjectOptions
    @OptionGroup var lengths: BenchLengthOptions

    @Option(help: "Groups of each round.")
    var prompts = 1

    @Flag(help: "Leave out the reference model, as without a KL penalty.")
    var noReference = false

    func validate() throws {
      guard (1...65_535).contains(prompts) else { throw ValidationError("--prompts must be in 1...65535") }
    }

    func run() throws {
      try reportingErrors { try measure() }
    }

    private var group: GroupLengths {
      GroupLengths(
        promptTokens: lengths.promptTokens, responses: lengths.samples, newTokens: lengths.newTokens)
    }

    private func measure() throws {
      let folder = try BenchFolder(nil)
      defer { folder.remove() }
      ThreadPool.configure(threads: subject.threadsAlone)
      let files = try BenchModel(subject, lengths: lengths, prompts: 1, in: folder.path)
      let choice = try BenchChoice(subject, for: files.configuration)
      let peak = try ProductMeter.peak(choice.precision)
      ResidentMemory.resetPeak()
      let bench = try BenchSubject(
        files, choice: choice, contextLength: lengths.sequenceTokens, seed: subject.seed)
      let learner = try bench.makeLearner(group, hasReference: !noReference)
      var training: [Double] = []
      for step in 0...lengths.steps {
        // Round 0 touches all memory for the first time and is not counted.
        if step == 1 { PhaseClock.start() }
        let seconds = secondsOf { for ordinal in 0..<prompts { learner.train(group, ordinal: ordinal) } }
        if step > 0 { training.append(seconds) }
        try learner.update(tokens: prompts * lengths.samples * lengths.newTokens, step: step)
      }
      PhaseClock.stop()
      let memory = ResidentMemory.peak
      try report(bench, choice, peak.measuredAgain(), training, memory: memory)
    }

    private func report(
      _ bench: BenchSubject, _ choice: BenchChoice, _ peak: PeakReport, _ training: [Double],
      memory: Int
    ) throws {
      let cost = ModelCost(bench.model.configuration)
      let times = TimesReport(training)
      let phases = PhasesReport(PhaseClock.table, rounds: lengths.steps)
      let tokens = Double(prompts * lengths.samples * lengths.newTokens)
      // Policy forward and backward, and the reference's forward.
      let passes = noReference ? 3.0 : 4.0
      let sharedFold = (phases.shared["fold"] ?? 0) / Double(subject.threadsAlone)
      let outcome = Outcome(
        seconds: times, updateSeconds: phases.seconds(.update), tokensPerSecond: tokens / times.best,
        rate: RateReport(
          flop: Double(prompts) * passes * cost.forward(group), seconds: times.best, peak: peak),
        foldShare: (phases.seconds(.fold) + phases.seconds(.backward, .fold) + phases.seconds(.head, .fold)
          + sharedFold)
          / times.mean,
        peakResidentBytes: memory, phases: phases)
      let report = BenchReport(
        benchmark: "learner", machine: MachineReport(threads: subject.threadsAlone, subject: choice),
        model: ModelReport(name: subject.name, parameters: bench.model.parameterCount, cost: cost),
        workload: Workload(
          prompts: prompts, samples: lengths.samples, promptTokens: lengths.promptTokens,
          newTokens: lengths.newTokens, steps: lengths.steps, hasReference: !noReference, seed: subject.seed),
        gemmPeak: peak, result: outcome)
      try report.show(asJSON: subject.json) {
        [
          "work      \(prompts) groups of \(lengths.samples) × \(lengths.newTokens) tokens behind \(lengths.promptTokens), "
            + (noReference ? "no reference" : "reference on"),
          times.line, "update    \(decimal(outcome.updateSeconds, 3)) s",
          "speed     \(decimal(outcome.tokensPerSecond, 1)) tokens/s", outcome.rate.line,
          "fold      \(percent(outcome.foldShare)) of training",
          "memory    \(gibibytes(outcome.peakResidentBytes))", "",
        ] + phases.lines(of: times.mean + outcome.updateSeconds)
      }
    }

    struct Workload: Encodable {
      let prompts: Int
      let samples: Int
      let promptTokens: Int
      let newTokens: Int
      let steps: Int
      let hasReference: Bool
      let seed: UInt64
    }

    struct Outcome: Encodable {
      /// Of all groups of a round, without the update.
      let seconds: TimesReport
      /// Mean of the rounds' updates.
      let updateSeconds: Double
      /// Response tokens per second of the best round.
      let tokensPerSecond: Double
      let rate: RateReport
      /// Folding into integers as a share of the mean round.
      let foldShare: Double
      let peakResidentBytes: Int
      /// Of one round and its update.
      let phases: PhasesReport
    }
  }
}
