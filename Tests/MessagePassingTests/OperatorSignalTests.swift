import Foundation
import Synchronization
import Testing

@testable import MessagePassing

@Suite("The operator's signal")
struct OperatorSignalTests {
  @Test("one that was not sent is not taken, one that was is taken once, however often it was sent")
  func once() {
    let done = DispatchSemaphore(value: 0)
    let answers = Mutex<[Bool]>([])
    // A thread of its own, so that the mask ends with it.
    Thread.detachNewThread {
      OperatorSignal.hold()
      let before = OperatorSignal.take()
      pthread_kill(pthread_self(), SIGUSR2)
      pthread_kill(pthread_self(), SIGUSR2)
      let (first, second) = (OperatorSignal.take(), OperatorSignal.take())
      answers.withLock { $0 = [before, first, second] }
      done.signal()
    }
    done.wait()
    #expect(answers.withLock(\.self) == [false, true, false])
  }
}
