/// Collectives over an MPI communicator.
final class MPIGround: CollectiveGround {
  private let communicator: Communicator

  init(_ communicator: Communicator) {
    self.communicator = communicator
  }

  var rank: Int { communicator.rank }

  var size: Int { communicator.size }

  func meet(_ call: CollectiveCall) throws(LinkError) -> [CollectiveCall] {
    var calls: [CollectiveCall] = []
    for (rank, words) in try communicator.table(of: call.words).enumerated() {
      guard let call = CollectiveCall(words: words) else {
        throw .malformedMessage(from: rank, reason: "\(words) is no collective call")
      }
      calls.append(call)
    }
    return calls
  }

  @unsafe
  func sum(_ words: UnsafeMutableBufferPointer<Int64>) throws(LinkError) {
    try unsafe communicator.sum(words)
  }

  @unsafe
  func sum(_ words: UnsafeMutableBufferPointer<Int64>, at root: Int) throws(LinkError) {
    try unsafe communicator.sum(words, at: root)
  }

  @unsafe
  func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws(LinkError) {
    try unsafe communicator.broadcast(bytes, from: root)
  }
}
