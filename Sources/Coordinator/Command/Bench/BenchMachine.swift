import Foundation
import Kernels

/// What was measured on, as every report begins.
struct MachineReport: Encodable {
  /// The processor's name.
  let processor: String
  /// Cores that this process may use.
  let cores: Int
  /// Threads of each rank.
  let threads: Int
  /// MPI ranks, 1 without mpirun.
  let ranks: Int
  /// What our own kernels use.
  let instructionSet: String
  /// What the processor has beyond x86-64-v3.
  let extensions: [String]
  /// `fp32` or `bf16`.
  let precision: String
  /// Who computes products with weights.
  let backend: String

  init(threads: Int, ranks: Int = 1, subject: BenchChoice) {
    processor = Processor.name
    cores = ProcessInfo.processInfo.activeProcessorCount
    self.threads = threads
    self.ranks = ranks
    instructionSet = Processor.instructionSet
    extensions = Processor.extensions
    precision = subject.precision.rawValue
    backend = subject.backendName
  }

  var lines: [String] {
    let more = extensions.isEmpty ? "" : "; the processor has \(extensions.joined(separator: ", "))"
    return [
      "machine   \(processor), \(cores) cores, \(ranks) rank\(ranks == 1 ? "" : "s") of \(threads) threads",
      "kernels   \(instructionSet)\(more); \(precision), products by \(backend)",
    ]
  }
}

/// The memory of this process.
enum ResidentMemory {
  /// The most that was resident at once since the start or ``resetPeak()``, in bytes (`VmHWM`); 0 where the
  /// system does not tell.
  static var peak: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    return (kibibytes ?? 0) * 1024
  }

  /// Forgets the peak, so that what made the model ready does not count; no harm where the system refuses.
  static func resetPeak() {
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
    try? file.write(contentsOf: Data("5\n".utf8))
    try? file.close()
  }
}
