#if PRORL_SABOTAGE
import Foundation

/// Which law this build breaks on purpose, so that tests can see it noticed; never compiled into a release.
enum Sabotage: String {
  case sum
  case row
}

let sabotage = ProcessInfo.processInfo.environment["PRORL_SABOTAGE"].flatMap { Sabotage(rawValue: $0) }
#endif
