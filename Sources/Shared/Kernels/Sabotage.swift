#if PRORL_SABOTAGE
import Glibc

/// Whether this build breaks the row law on purpose, so that tests can see it noticed; never compiled into a
/// release.
let breaksRowLaw: Bool = {
  guard let value = unsafe getenv("PRORL_SABOTAGE") else { return false }
  return unsafe String(cString: value) == "row"
}()
#endif
