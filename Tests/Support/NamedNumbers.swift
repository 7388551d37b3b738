public import Randomness
public import Tensors

// Numbers that a test makes up, by name: the same on every machine, in any order of tests.

/// `count` numbers called `name`, uniform in `range`.
public func namedFloats(_ name: String, _ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
  let random = RandomName(seed: seed(name), purpose: .test, step: 0, ordinal: 0, sample: 0)
  let (low, width) = (Double(range.lowerBound), Double(range.upperBound) - Double(range.lowerBound))
  return (0..<count).map { Float(low + width * random.uniform(at: $0)) }
}

/// A walk through the random numbers called `name`.
public func namedGenerator(_ name: String) -> NamedGenerator {
  NamedGenerator(RandomName(seed: seed(name), purpose: .test, step: 0, ordinal: 1, sample: 0))
}

/// `count` tokens called `name`, below `vocabulary`.
public func namedTokens(_ name: String, _ count: Int, vocabulary: Int) -> [Int32] {
  var generator = namedGenerator(name)
  return (0..<count).map { _ in Int32(generator.next(below: vocabulary)) }
}

extension Tensor {
  /// A tensor of numbers called `name`, uniform in `range`, with a storage of its own.
  public init(named name: String, _ shape: [Int], in range: ClosedRange<Float> = -1...1) {
    self.init(namedFloats(name, shape.reduce(1, *), in: range), shape: shape)
  }

  /// A copy of `elements` with a storage of its own.
  ///
  /// - Precondition: There are as many as `shape` says.
  public init(_ elements: [Float], shape: [Int]) {
    self.init(zeros: shape)
    precondition(elements.count == count, "Tensor: \(elements.count) elements have no shape \(shape)")
    var target = mutableSpan
    for i in elements.indices { target[i] = elements[i] }
  }

  /// The elements, copied into an array.
  public var elements: [Float] {
    let elements = span
    return elements.indices.map { elements[$0] }
  }
}

extension Storage<Float> {
  /// The elements, copied into an array.
  public var elements: [Float] { Tensor(self, shape: [count]).elements }
}

/// FNV-1a of the name's bytes.
private func seed(_ name: String) -> UInt64 {
  name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
