/// A message that did not get through, or a job that cannot talk.
public enum LinkError: Error, Sendable, Equatable {
  /// MPI's `function` returned `code`, of which MPI says `text`.
  case mpi(function: String, code: Int32, text: String, rank: Int)

  /// Ranks called one collective with different counts.
  case countMismatch(function: String, here: Int, elsewhere: Int, rank: Int, other: Int)

  /// Ranks were in different collectives at the same time.
  case callMismatch(here: String, elsewhere: String, rank: Int, other: Int)

  /// A message to, or a broadcast from, `number` where only `count` exist.
  case noSuchPeer(number: Int, count: Int)

  /// Bytes from `node` were no message of this program.
  case malformedMessage(from: Int, reason: String)

  /// Another node of this process gave up, with this sentence.
  case peerFailed(String)

  /// The map or list of members does not fit the processes there are.
  case misplaced(String)

  /// The launcher and MPI disagree, or MPI is not as this program needs it.
  case launch(String)
}

extension LinkError: CustomStringConvertible {
  /// What happened, where, and what to do about it.
  public var description: String {
    switch self {
    case .mpi(let function, let code, let text, let rank):
      """
      rank \(rank): \(function) failed with code \(code): \(text). \
      Look for an earlier message of another rank.
      """
    case .countMismatch(let function, let here, let elsewhere, let rank, let other):
      """
      rank \(rank): \(function) was called with \(here) elements, rank \(other) has \(elsewhere). \
      Every rank must load the same model; compare `model.path` and its config.json on each node.
      """
    case .callMismatch(let here, let elsewhere, let rank, let other):
      """
      rank \(rank) is in \(here) while rank \(other) is in \(elsewhere). \
      Every rank must run the same program with the same configuration; compare both on each node.
      """
    case .noSuchPeer(let number, let count):
      "node or rank \(number) was addressed, and there are \(count), numbered from 0. Check the placement."
    case .malformedMessage(let from, let reason):
      "a message from node \(from) cannot be read: \(reason). Run the same program version on every node."
    case .peerFailed(let sentence):
      "stopped because another node failed: \(sentence)"
    case .misplaced(let sentence), .launch(let sentence):
      sentence
    }
  }
}
