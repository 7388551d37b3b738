import FoundationEssentials
import Glibc
import Synchronization

/// How many processes and threads this user has, counted at most once a second.
final class UserTasks: Sendable {
  static let shared = UserTasks()

  private let last = Mutex<(time: ContinuousClock.Instant, count: Int)?>(nil)

  var count: Int {
    last.withLock { last in
      if let last, ContinuousClock.now - last.time < .seconds(1) { return last.count }
      let count = Self.counted
      last = (.now, count)
      return count
    }
  }

  private static var counted: Int {
    let user = Int(geteuid())
    let manager = FileManager.default
    let processes = (try? manager.contentsOfDirectory(atPath: "/proc"))?.filter { Int($0) != nil } ?? []
    return processes.reduce(0) { count, process in
      let attributes = try? manager.attributesOfItem(atPath: "/proc/\(process)")
      guard attributes?[.ownerAccountID] as? Int == user else { return count }
      return count + ((try? manager.contentsOfDirectory(atPath: "/proc/\(process)/task"))?.count ?? 1)
    }
  }
}
