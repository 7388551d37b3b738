import Glibc

/// A place to sleep until somebody rings: a mutex and a condition.
///
/// Sendable because that is what the two are for.
@safe
final class Bell: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Sleeps until `isDone`, which is asked again at every ring.
  func wait(until isDone: () -> Bool) {
    unsafe pthread_mutex_lock(mutex)
    while !isDone() { unsafe pthread_cond_wait(condition, mutex) }
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Wakes `sleepers` of those who wait.
  func ring(_ sleepers: Int) {
    unsafe pthread_mutex_lock(mutex)
    for _ in 0..<sleepers { unsafe pthread_cond_signal(condition) }
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Wakes all who wait.
  func ringAll() {
    unsafe pthread_mutex_lock(mutex)
    unsafe pthread_cond_broadcast(condition)
    unsafe pthread_mutex_unlock(mutex)
  }
}
