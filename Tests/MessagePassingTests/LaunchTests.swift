import Foundation
import Glibc
import Testing

@testable import MessagePassing

/// What the environment tells, and what is set right before MPI begins.
struct LaunchTests {
  @Test(
    "the environment tells who started this process",
    arguments: [
      ([:], Launch.alone),
      (["OMPI_COMM_WORLD_SIZE": "4", "PMIX_RANK": "1"], .ranks(launcher: "mpirun", expected: 4)),
      (["OMPI_COMM_WORLD_SIZE": "many"], .ranks(launcher: "mpirun", expected: nil)),
      (["PMIX_RANK": "0"], .ranks(launcher: "a PMIx launcher", expected: nil)),
      (["PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "8"], .ranks(launcher: "srun", expected: 8)),
      (["PMI_RANK": "0", "PMI_SIZE": "2"], .ranks(launcher: "a PMI launcher", expected: 2)),
      (["SLURM_PROCID": "0", "SLURM_NTASKS": "8"], .alone),  // in a batch script, before mpirun
      (["SLURM_STEP_NUM_TASKS": "1"], .alone),
    ])
  func detect(environment: [String: String], launch: Launch) throws {
    #expect(try Launch.detect(environment) == launch)
  }

  @Test("tasks of srun that cannot talk are refused")
  func detectsDeafTasks() {
    let error = #expect(throws: LinkError.self) { try Launch.detect(["SLURM_STEP_NUM_TASKS": "4"]) }
    #expect(error?.description.contains("srun --mpi=pmix") == true)
  }

  @Test(
    "only a binding that nobody asked for is undone",
    arguments: [
      ([:], false),
      (["OMPI_MCA_orte_bound_at_launch": "1"], true),
      (["OMPI_MCA_orte_bound_at_launch": "1", "OMPI_MCA_hwloc_base_binding_policy": "core"], false),
      (["OMPI_MCA_orte_bound_at_launch": "1", "OMPI_MCA_hwloc_base_binding_policy": "none"], true),
      (["OMPI_MCA_hwloc_base_binding_policy": "core"], false),
    ])
  func binding(environment: [String: String], isUndone: Bool) {
    #expect(Launch.wasBoundByDefault(environment) == isUndone)
  }

  @Test(
    "a process's name may hold anything",
    arguments: [
      ("12 (mpirun) S 7 12 12", "mpirun", 7),
      ("12 (a (b) c) d) R 1 0", "a (b) c) d", 1),
      ("12 (x) S", nil, nil), ("12 (x) S y", nil, nil), ("12 )x( S 7", nil, nil), ("", nil, nil),
    ] as [(String, String?, Int32?)])
  func stat(line: String, name: String?, parent: Int32?) {
    let found = Launch.nameAndParent(stat: line)
    #expect(found?.0 == name)
    #expect(found?.1 == parent)
  }

  @Test("a process has cores, and one that is gone has none to show")
  func coreMask() throws {
    let ours = try #require(CoreMask(of: 0))
    #expect(ours.count >= 1)
    #expect(ours.count <= CoreMask.all.count)
    #expect(ours.apply())
    #expect(CoreMask(of: 0)?.count == ours.count)
    #expect(CoreMask(of: .max) == nil)
  }

  @Test("what the user has set stays, what is missing is set")
  func settings() async {
    // In a process of its own, since other threads of this one read the environment.
    await #expect(processExitsWith: .success) {
      unsafe setenv("OMPI_MCA_mpi_yield_when_idle", "0", 1)
      unsafe unsetenv("OMPI_MCA_hwloc_base_binding_policy")
      Launch.prepareEnvironment()
      #expect(ProcessInfo.processInfo.environment["OMPI_MCA_mpi_yield_when_idle"] == "0")
      #expect(ProcessInfo.processInfo.environment["OMPI_MCA_hwloc_base_binding_policy"] == "none")
    }
  }

  @Test("descriptors are closed in children once they are sealed")
  func seal() {
    let descriptor = unsafe open("/dev/null", O_RDONLY)
    defer { close(descriptor) }
    #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC == 0)
    Launch.sealDescriptors()
    #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
  }
}
