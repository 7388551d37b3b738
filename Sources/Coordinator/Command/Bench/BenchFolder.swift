import Foundation
import MessagePassing

/// Where a benchmark puts its model and its files: a folder of the user's, or a temporary one.
struct BenchFolder {
  let path: String
  private let isTemporary: Bool

  /// `given`, which stays, or a folder that all ranks of this job on this machine find under the same name.
  init(_ given: String?) throws {
    isTemporary = given == nil
    let name = "prorl-bench-" + Self.job
    path = given ?? FileManager.default.temporaryDirectory.appending(path: name).path(percentEncoded: false)
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CommandError("\(path): cannot be made (\(error.localizedDescription)); give a --directory")
    }
  }

  /// Removes a temporary folder.
  func remove() {
    if isTemporary { try? FileManager.default.removeItem(atPath: path) }
  }

  /// What all ranks of a job have in common, and no two jobs of a machine at a time.
  static var job: String {
    let environment = ProcessInfo.processInfo.environment
    let names = ["PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid", "PMI_JOBID", "SLURM_JOB_ID"]
    guard let job = names.lazy.compactMap({ environment[$0] }).first else { return "\(getpid())" }
    return job.map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
  }
}
