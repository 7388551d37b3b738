import Foundation
import Synchronization
import Testing

@testable import MessagePassing

@Suite("The operator's signals")
struct OperatorSignalTests {
  @Test(
    "one that was not sent is not taken, one that was is taken once, however often it was sent",
    arguments: [(OperatorSignal.stop, SIGUSR1), (.reset, SIGUSR2)])
  func once(signal: OperatorSignal, number: Int32) {
    let done = DispatchSemaphore(value: 0)
    let answers = Mutex<[Bool]>([])
    // A thread of its own, so that the mask ends with it.
    Thread.detachNewThread {
      OperatorSignal.hold()
      let before = signal.take()
      pthread_kill(pthread_self(), number)
      pthread_kill(pthread_self(), number)
      let others = OperatorSignal.allCases.contains { $0 != signal && $0.take() }
      let (first, second) = (signal.take(), signal.take())
      answers.withLock { $0 = [before, others, first, second] }
      done.signal()
    }
    done.wait()
    #expect(answers.withLock(\.self) == [false, false, true, false])
  }
}
