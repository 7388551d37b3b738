import Synchronization

/// A message and the node that sent it.
typealias Letter = (from: Int, message: [UInt8])

/// The messages for one node from nodes of its own process.
final class Inbox: Sendable {
  /// Rings when a message comes, for the one thread that reads this inbox.
  let bell = Bell()

  private let letters = Mutex<[Letter]>([])

  /// Leaves a message; any thread.
  func append(_ message: [UInt8], from node: Int) {
    let wasEmpty = letters.withLock { letters in
      letters.append((node, message))
      return letters.count == 1
    }
    // One ring per emptying is enough, so that rings do not pile up for a reader that polls.
    if wasEmpty { bell.ring() }
  }

  /// Takes everything there is, oldest first.
  func takeAll() -> [Letter] {
    letters.withLock { letters in
      defer { letters = [] }
      return letters
    }
  }
}

/// First in, first out, at constant cost.
struct Queue<Element> {
  private var elements: [Element?] = []
  private var head = 0

  var isEmpty: Bool { head == elements.count }

  var first: Element? { isEmpty ? nil : elements[head] }

  var last: Element? { isEmpty ? nil : elements[elements.count - 1] }

  mutating func append(_ element: Element) {
    elements.append(element)
  }

  mutating func popFirst() -> Element? {
    guard !isEmpty else { return nil }
    let element = elements[head].take()
    head += 1
    if isEmpty {
      elements.removeAll(keepingCapacity: elements.capacity <= 1024)
      head = 0
    } else if head >= 1024, head * 2 >= elements.count {
      elements.removeFirst(head)
      head = 0
    }
    return element
  }
}
