/// A node's way to send messages to other nodes of its job, and to wait for theirs; point to point.
///
/// A link belongs to one thread, hence no `Sendable`; it reaches that thread once, through a ``Handover``.
/// Messages of one sender arrive in the order they were sent; messages of different senders in any order.
///
/// Over MPI nothing moves between calls. A node that is about to compute for long should `flush()` what it
/// sent, since a large message leaves only while its sender is inside `send`, `poll`, `receive` or `flush`.
public protocol ControlLink: AnyObject {
  /// This node, from 0.
  var node: Int { get }

  /// The number of nodes in the job.
  var nodeCount: Int { get }

  /// Sends `message`, of any size and possibly empty, to `node`; a node may write to itself.
  ///
  /// Returns without waiting for the receiver: the bytes are copied and leave when they can.
  func send(_ message: [UInt8], to node: Int) throws(LinkError)

  /// The next message that is there already, and who sent it; nil at once where there is none.
  func poll() throws(LinkError) -> (from: Int, message: [UInt8])?

  /// Waits up to `timeout` (nil: for ever) for a message; nil when the time is up.
  ///
  /// The wait spins for 50 µs, yields, then naps for 100 µs up to 1 ms; a long one costs 1 to 2 % of a core.
  func receive(timeout: Duration?) throws(LinkError) -> (from: Int, message: [UInt8])?

  /// Waits until everything sent has left this node, so that its buffers are free.
  ///
  /// Messages that arrive meanwhile are kept for `poll` and `receive`. A receiver that never asks for its
  /// messages can keep a large one waiting for ever.
  func flush() throws(LinkError)
}
