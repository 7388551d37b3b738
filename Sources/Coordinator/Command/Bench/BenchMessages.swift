import ArgumentParser
import Foundation
import MessagePassing
import Models
import Tensors

extension Bench {
  /// What messages and collectives cost.
  struct MessageRates: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "mpi",
      abstract: "Measure messages and sums between ranks; without mpirun, between two threads.")

    @OptionGroup var subject: BenchSubjectOptions

    @Option(help: "How often each is repeated.")
    var steps = 5

    func validate() throws {
      guard (1...1000).contains(steps) else { throw ValidationError("--steps must be in 1...1000") }
    }

    func run() throws {
      switch try Launch.detect() {
      case .alone: try reportingErrors { try runThreads() }
      case .ranks(_, let expected): runRanks(expected: expected)
      }
    }

    private func runThreads() throws {
      let world = ThreadWorld(workers: 1)
      let controls = world.control()
      let collectives = try world.collective(members: [0, 1])
      try NodeThreads.run([0, 1]) { _, error in
        world.fail("\(error)")
      } body: { node in
        guard let control = controls[node]?.take(), let all = collectives[node]?.take() else { return }
        try measure(control, all, ranks: 2)
      }
    }

    private func runRanks(expected: Int?) {
      do {
        let world = try MPIWorld.initialize(expected: expected)
        let controls = try world.control(.split(processes: world.size))
        guard let control = controls[world.rank]?.take(),
          let all = try world.collective(members: Array(0..<world.size))?.take()
        else { throw CommandError("rank \(world.rank) has no link; this is a bug, report it") }
        ThreadPool.configure(
          threads: max(1, subject.threadsAlone / (subject.threads == nil ? world.localSize : 1)))
        try measure(control, all, ranks: world.size)
        try world.finalize()
      } catch {
        Terminal.complain("\(error)")
        MPIWorld.abort(exitCode: 1)
      }
    }

    private func measure(_ control: any ControlLink, _ all: any CollectiveLink, ranks: Int) throws {
      let folder = try BenchFolder(nil)
      defer { if all.rank == 0 { folder.remove() } }
      // Rank 0 reads for all, since others may see no such directory.
      let configuration = all.rank == 0 ? try BenchModel.readConfiguration(subject, in: folder.path) : nil
      let count = configuration.map { LanguageModel($0, contextLength: 1).parameterCount }
      let text = String(decoding: try all.broadcast(Array("\(count ?? 0)".utf8), from: 0), as: UTF8.self)
      guard let parameters = Int(text) else { throw CommandError("rank 0 sent `\(text)` for a count") }
      let result = try MessageMeter(control: control, all: all, steps: steps).measure(parameters: parameters)
      guard let configuration else { return }
      let choice = try BenchChoice(subject, for: configuration)
      let report = BenchReport(
        benchmark: "mpi", machine: MachineReport(threads: ThreadPool.threads, ranks: ranks, subject: choice),
        model: ModelReport(name: subject.name, parameters: parameters, cost: ModelCost(configuration)),
        workload: Workload(steps: steps), gemmPeak: nil, result: result)
      try report.show(asJSON: subject.json) { MessageMeter.lines(result) }
    }

    struct Workload: Encodable {
      let steps: Int
    }
  }
}

/// The time of one kind of message.
struct MessageReport: Encodable {
  /// `message` from rank 0 to 1 and back, halved; `broadcast` of weights from rank 0; `sum` of integers over
  /// all ranks; `barrier`.
  let kind: String
  let bytes: Int
  let seconds: TimesReport
  /// Bytes by best time.
  let gigabytesPerSecond: Double

  init(_ kind: String, bytes: Int, seconds: [Double]) {
    self.kind = kind
    self.bytes = bytes
    self.seconds = TimesReport(seconds)
    gigabytesPerSecond = Double(bytes) / self.seconds.best / 1e9
  }
}

/// Measures what a rank's links do.
struct MessageMeter {
  let control: any ControlLink
  let all: any CollectiveLink
  let steps: Int

  /// Collective over all ranks; the times are this rank's.
  func measure(parameters: Int) throws -> [MessageReport] {
    var reports: [MessageReport] = []
    for bytes in [64, 64 << 10, 16 << 20] where all.size > 1 {
      try all.barrier()
      reports.append(MessageReport("message", bytes: bytes, seconds: try pingPong(bytes)))
    }
    reports.append(MessageReport("barrier", bytes: 0, seconds: try repeated { try all.barrier() }))
    let weights = Storage<Float>(zeros: parameters)
    let broadcast = try repeated {
      var values = weights.mutableSpan
      try all.broadcast(&values, from: 0)
    }
    reports.append(MessageReport("broadcast", bytes: 4 * parameters, seconds: broadcast))
    let totals = Storage<Int64>(zeros: parameters)
    let sum = try repeated {
      var values = totals.mutableSpan
      try all.sum(&values)
    }
    reports.append(MessageReport("sum", bytes: 8 * parameters, seconds: sum))
    return reports
  }

  /// `body` after a barrier, a first time that is not counted, then `steps` times.
  private func repeated(_ body: () throws -> Void) throws -> [Double] {
    var seconds: [Double] = []
    for step in 0...steps {
      try all.barrier()
      let time = try secondsOf(body)
      if step > 0 { seconds.append(time) }
    }
    return seconds
  }

  /// Half of the time that `bytes` bytes take from node 0 to node 1 and back.
  private func pingPong(_ bytes: Int) throws -> [Double] {
    guard all.rank < 2 else { return [] }
    let message = [UInt8](repeating: 7, count: bytes)
    let rounds = bytes < 1 << 20 ? 20 : 1
    return try (0...steps).map { _ in
      try secondsOf {
        for _ in 0..<rounds {
          if all.rank == 0 { try control.send(message, to: 1) }
          _ = try control.receive(timeout: nil)
          if all.rank == 1 { try control.send(message, to: 0) }
        }
        try control.flush()
      } / Double(2 * rounds)
    }.suffix(steps)
  }

  static func lines(_ reports: [MessageReport]) -> [String] {
    let rows = reports.map { report in
      [
        report.kind, "", "\(report.bytes)", decimal(report.seconds.best * 1e6, 1),
        decimal(report.seconds.mean * 1e6, 1), report.bytes == 0 ? "" : decimal(report.gigabytesPerSecond, 2),
      ]
    }
    return TextTable(header: ["what", "", "bytes", "best µs", "mean µs", "GB/s"], rows: rows).lines
  }
}
