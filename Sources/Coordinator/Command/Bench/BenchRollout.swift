import ArgumentParser
import Models
import Tensors
import Timing

extension Bench {
  /// Sampling alone.
  struct Rollout: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Measure sampling: groups of responses of one length, all at once.")

    @OptionGroup var subject: BenchSubjectOptions
    @OptionGroup var lengths: BenchLengthOptions

    @Option(help: "Prompts that are sampled at once.")
    var prompts = 8

    @Option(help: "Keep the most likely tokens that together have this probability.")
    var topP: Float = 1

    func validate() throws {
      guard (1...65_535).contains(prompts) else { throw ValidationError("--prompts must be in 1...65535") }
      guard topP > 0, topP <= 1 else { throw ValidationError("--top-p must be above 0 and at most 1") }
    }

    func run() throws {
      try reportingErrors { try measure() }
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
      let sampler = try bench.makeSampler(contextLength: lengths.sequenceTokens)
      let texts = (0..<prompts).map {
        BenchModel.prompt($0, tokens: lengths.promptTokens, seed: subject.seed)
      }
      func round(_ step: Int, newTokens: Int) throws {
        let count = try sampler.sample(
          prompts: texts, samples: lengths.samples, newTokens: newTokens, topP: topP, step: step)
        guard count == prompts * lengths.samples * newTokens else {
          throw CommandError("\(count) tokens were drawn instead of \(prompts * lengths.samples * newTokens)")
        }
      }
      // A short round first, so that buffers and caches are there.
      try round(0, newTokens: min(4, lengths.newTokens))
      PhaseClock.start()
      let seconds = try (1...lengths.steps).map { step in
        let seconds = try secondsOf { try round(step, newTokens: lengths.newTokens) }
        PhaseClock.lap()
        return seconds
      }
      PhaseClock.stop()
      let memory = ResidentMemory.peak
      try report(bench, choice, peak.measuredAgain(), seconds, memory: memory)
    }

    /// Tokens that decoding drew, all but the first of each response, by the fastest round.
    private var decodedTokensPerSecond: Double {
      let laps = [PhaseTable()] + PhaseClock.laps
      let fastest = zip(laps.dropFirst(), laps).map { ($0 - $1)[.decode] }.min() ?? 0
      return Double(prompts * lengths.samples * (lengths.newTokens - 1)) / (Double(fastest) * 1e-9)
    }

    private func report(
      _ bench: BenchSubject, _ choice: BenchChoice, _ peak: PeakReport, _ seconds: [Double],
      memory: Int
    ) throws {
      let cost = ModelCost(bench.model.configuration)
      let group = GroupLengths(
        promptTokens: lengths.promptTokens, responses: lengths.samples, newTokens: lengths.newTokens)
      let times = TimesReport(seconds)
      let tokens = Double(prompts * lengths.samples * lengths.newTokens)
      let phases = PhasesReport(PhaseClock.table, rounds: lengths.steps)
      let outcome = Outcome(
        seconds: times, tokensPerSecond: tokens / times.best,
        decodedTokensPerSecond: decodedTokensPerSecond,
        rate: RateReport(flop: Double(prompts) * cost.forward(group), seconds: times.best, peak: peak),
        choosingShare: phases.seconds(.decode, .choosing) / phases.seconds(.decode),
        peakResidentBytes: memory, phases: phases)
      let report = BenchReport(
        benchmark: "rollout", machine: MachineReport(threads: subject.threadsAlone, subject: choice),
        model: ModelReport(name: subject.name, parameters: bench.model.parameterCount, cost: cost),
        workload: Workload(
          prompts: prompts, samples: lengths.samples, promptTokens: lengths.promptTokens,
          newTokens: lengths.newTokens, steps: lengths.steps, topP: topP, seed: subject.seed),
        gemmPeak: peak, result: outcome)
      try report.show(asJSON: subject.json) {
        [
          "work      \(prompts) prompts × \(lengths.samples) responses, \(lengths.promptTokens) + \(lengths.newTokens) tokens",
          times.line,
          "speed     \(decimal(outcome.tokensPerSecond, 1)) tokens/s, "
            + "\(decimal(outcome.decodedTokensPerSecond, 1)) without prefill",
          outcome.rate.line,
          "choosing  \(percent(outcome.choosingShare)) of decoding",
          "memory    \(gibibytes(outcome.peakResidentBytes))", "",
        ] + phases.lines(of: times.mean)
      }
    }

    struct Workload: Encodable {
      let prompts: Int
      let samples: Int
      let promptTokens: Int
      let newTokens: Int
      let steps: Int
      let topP: Float
      let seed: UInt64
    }

    struct Outcome: Encodable {
      let seconds: TimesReport
      /// Drawn tokens per second of the best round, prefill included.
      let tokensPerSecond: Double
      /// Tokens but the first of each response, per second of the fastest round's decoding.
      let decodedTokensPerSecond: Double
      let rate: RateReport
      /// Choosing tokens as a share of decoding.
      let choosingShare: Double
      let peakResidentBytes: Int
      /// Of one round.
      let phases: PhasesReport
    }
  }
}
