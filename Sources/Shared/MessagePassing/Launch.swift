import FoundationEssentials
import Glibc

/// How this process was started, as its environment tells.
///
/// MPI is initialised only where a launcher started several processes; alone, start-up saves its 0.4 s.
public enum Launch: Equatable, Sendable {
  /// By hand: the whole job is this process.
  case alone

  /// By `launcher`, as one of `expected` processes where it says how many.
  case ranks(launcher: String, expected: Int?)

  /// What `environment` says, or that of this process.
  ///
  /// Throws where Slurm's `srun` started several tasks without PMIx: each would take itself for the whole
  /// job.
  public static func detect(
    _ environment: [String: String]? = nil
  ) throws(LinkError) -> Launch {
    let environment = environment ?? ProcessInfo.processInfo.environment
    if let size = environment["OMPI_COMM_WORLD_SIZE"] {
      return .ranks(launcher: "mpirun", expected: Int(size))
    }
    let tasks = environment["SLURM_STEP_NUM_TASKS"].flatMap { Int($0) }
    if environment["PMIX_RANK"] != nil {
      return .ranks(launcher: tasks == nil ? "a PMIx launcher" : "srun", expected: tasks)
    }
    if environment["PMI_RANK"] != nil {
      let size = environment["PMI_SIZE"].flatMap { Int($0) }
      return .ranks(launcher: "a PMI launcher", expected: size ?? tasks)
    }
    if let tasks, tasks > 1 {
      throw .launch(
        "srun started \(tasks) tasks without PMIx, so they cannot talk. Use `srun --mpi=pmix`, or mpirun.")
    }
    return .alone
  }

  /// The rank that the launcher's environment names, before MPI is initialised; nil where it names none.
  public static var rankHint: Int? {
    let environment = ProcessInfo.processInfo.environment
    let names = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"]
    return names.lazy.compactMap { environment[$0] }.first.flatMap { Int($0) }
  }

  /// The sentence for a launcher that started `expected` processes where MPI sees `found`.
  static func disagreement(_ expected: Int, _ found: Int) -> String {
    """
    the launcher started \(expected) processes, and MPI sees \(found). \
    Use the mpirun of the Open MPI this program was built with, or `srun --mpi=pmix`.
    """
  }
}

extension Launch {
  /// Settings of Open MPI this program wants, under the names of its environment variables.
  ///
  /// - `mpi_yield_when_idle`: MPI's blocking calls give the core away; with more ranks than cores a sum is 7
  ///   times as fast.
  /// - `hwloc_base_binding_policy`: no core binding where MPI would bind at initialisation, as under srun.
  ///   mpirun binds before it starts a process; see ``releaseCores()``.
  ///
  /// Settings that only work for mpirun itself (its command line, or its environment) belong to the start
  /// script: `--bind-to none`, and for several hosts `--mca oob_tcp_keepalive_time 5 --mca
  /// oob_tcp_keepalive_intvl 2 --mca oob_tcp_keepalive_probes 3`, with which the loss of a host ends the job
  /// in about 11 s instead of 8 minutes while interruptions of up to 5 s are survived.
  static let settings = [
    "OMPI_MCA_mpi_yield_when_idle": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
  ]

  /// Puts this program's settings of Open MPI into the environment, where the user has not set them.
  ///
  /// To be called before other threads run, since they may read the environment.
  public static func prepareEnvironment() {
    for (name, value) in settings { unsafe setenv(name, value, 0) }
  }
}
