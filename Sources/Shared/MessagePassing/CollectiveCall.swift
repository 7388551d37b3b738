/// What a rank is about to do in a collective; ranks compare these before any data moves.
struct CollectiveCall: Equatable, Sendable {
  /// The methods of ``CollectiveLink``.
  enum Function: Int64, Sendable {
    case sum = 1
    case broadcastFloats
    case broadcastBytes
    case gather
    case barrier
    case broadcastHalves
    case sumKeeping
  }

  var function: Function

  /// The number of elements this rank brings.
  var count = 0

  /// The rank whose values are taken, where there is one.
  var root = 0

  /// The call as numbers, to send.
  var words: [Int64] { [function.rawValue, Int64(count), Int64(root)] }

  init(_ function: Function, count: Int = 0, root: Int = 0) {
    self.function = function
    self.count = count
    self.root = root
  }

  /// The call that `words` describes; nil where they describe none.
  init?(words: [Int64]) {
    guard words.count == 3, let function = Function(rawValue: words[0]) else { return nil }
    self.init(function, count: Int(words[1]), root: Int(words[2]))
  }

  /// Whether every rank must bring as many elements.
  var wantsEqualCounts: Bool {
    [.sum, .sumKeeping, .broadcastFloats, .broadcastHalves].contains(function)
  }
}

extension CollectiveCall: CustomStringConvertible {
  var description: String {
    switch function {
    case .sum: "sum"
    case .sumKeeping: "sum that leaves each member its part"
    case .broadcastFloats, .broadcastHalves: "broadcast of weights from member \(root)"
    case .broadcastBytes: "broadcast of bytes from member \(root)"
    case .gather: "gather"
    case .barrier: "barrier"
    }
  }
}

extension CollectiveCall {
  /// Throws where `calls`, one for each rank in order, do not fit that of `rank`; all ranks find the same.
  ///
  /// `places` says how each rank is called in sentences.
  static func compare(_ calls: [Self], at rank: Int, places: [Int]) throws(LinkError) {
    let mine = calls[rank]
    for (other, call) in calls.enumerated() {
      guard call.function == mine.function, call.root == mine.root else {
        throw .callMismatch(
          here: "\(mine)", elsewhere: "\(call)", rank: places[rank], other: places[other])
      }
      guard !mine.wantsEqualCounts || call.count == mine.count else {
        throw .countMismatch(
          function: "\(mine)", here: mine.count, elsewhere: call.count, rank: places[rank],
          other: places[other])
      }
    }
  }
}
