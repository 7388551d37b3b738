import CMPI
import FoundationEssentials
import Glibc

extension Launch {
  /// Undoes mpirun's default binding of each process to one core; true where there was one to undo.
  ///
  /// `mpirun -np 2` binds every process to a single core, and with it all its threads and children. A binding
  /// the user asked for (`--bind-to`, or the policy in the environment) stays, and so do `taskset` and
  /// cpusets around mpirun: the process gets back the cores mpirun itself may use. To be called by the main
  /// thread before others run.
  @discardableResult
  public static func releaseCores() -> Bool {
    guard wasBoundByDefault(ProcessInfo.processInfo.environment) else { return false }
    let mask = launcherProcess().flatMap { CoreMask(of: $0) } ?? .all
    return mask.apply()
  }

  /// Whether `environment` tells of a binding that nobody asked for.
  static func wasBoundByDefault(_ environment: [String: String]) -> Bool {
    let policy = environment["OMPI_MCA_hwloc_base_binding_policy"] ?? "none"
    return environment["OMPI_MCA_orte_bound_at_launch"] == "1" && policy == "none"
  }

  /// The nearest ancestor that is mpirun or its daemon on this host; nil where none can be seen.
  private static func launcherProcess() -> Int32? {
    var process = getppid()
    // A wrapper script or two may stand between; a loop of parents cannot.
    for _ in 0..<16 where process > 1 {
      guard let (name, parent) = nameAndParent(of: process) else { return nil }
      if ["mpirun", "mpiexec", "orterun", "orted"].contains(name) { return process }
      process = parent
    }
    return nil
  }

  private static func nameAndParent(of process: Int32) -> (String, Int32)? {
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return nil }
    return nameAndParent(stat: stat)
  }

  /// The name and the parent in a line of `/proc/PID/stat`, such as `12 (a name) S 7 …`; nil where it is
  /// none.
  static func nameAndParent(stat: String) -> (String, Int32)? {
    guard let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")") else { return nil }
    guard open < close else { return nil }
    let fields = stat[stat.index(after: close)...].split(separator: " ")
    guard fields.count >= 2, let parent = Int32(fields[1]) else { return nil }
    return (String(stat[stat.index(after: open)..<close]), parent)
  }
}

/// A set of cores, one bit each, from core 0 on.
struct CoreMask {
  /// Room for 8192 cores, as many as Linux can be built for.
  private static let wordCount = 128

  private var words: [UInt64]

  /// Every core; the kernel keeps to those that the process's cpuset allows.
  static let all = CoreMask(words: Array(repeating: .max, count: wordCount))

  private init(words: [UInt64]) {
    self.words = words
  }

  /// The cores process `process` may run on (0: this thread); nil where it cannot be seen.
  init?(of process: Int32) {
    var words = [UInt64](repeating: 0, count: Self.wordCount)
    let bytes = words.count * MemoryLayout<UInt64>.stride
    guard unsafe cmpi_cores_of(process, bytes, &words) > 0 else { return nil }
    self.words = words
  }

  /// The number of cores.
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Lets this thread, and threads it starts later, run on these cores; false where the kernel refuses.
  func apply() -> Bool {
    unsafe cmpi_set_cores_of(0, words.count * MemoryLayout<UInt64>.stride, words) == 0
  }
}
