/// The tokens of a model: bytes to ids, and ids to bytes.
///
/// All tokens' bytes lie in one row; ids are found by hashing bytes. (A `Dictionary` of strings would compare
/// by canonical equivalence, which is neither quick nor what a tokenizer means.)
struct Vocabulary: Sendable {
  /// No id of a file may be larger, so that a stray digit does not ask for gigabytes.
  static let largestId: Int32 = (1 << 24) - 1

  /// One more than the largest id.
  var count: Int { spans.count }

  private var storage: [UInt8] = []
  private var spans: [Range<Int>] = []
  private var isLiteral: [Bool] = []
  private var slots: [Int32]

  /// The vocabulary of `tokens`, spelled in the byte alphabet.
  ///
  /// Two tokens of one id, or an id that is negative or above `largestId`, are reported as sentences.
  init(_ tokens: [String: Int32]) throws(VocabularyError) {
    var capacity = 16
    while capacity < 2 * tokens.count { capacity *= 2 }
    slots = [Int32](repeating: -1, count: capacity)
    let size = Int(try Self.checkedMaximum(tokens)) + 1
    spans = [Range<Int>](repeating: 0..<0, count: size)
    isLiteral = [Bool](repeating: false, count: size)

    var isTaken = [Bool](repeating: false, count: size)
    for (token, id) in tokens {
      guard !isTaken[Int(id)] else {
        throw VocabularyError("the id \(id) belongs to `\(token)` and to another token")
      }
      isTaken[Int(id)] = true
      write(token, at: Int(id))
      let span = spans[Int(id)]
      let slot = slot(of: storage[span], isLiteral: isLiteral[Int(id)])
      slots[slot] = id
    }
  }

  /// The bytes that `id` stands for; none if no token has this id.
  func bytes(of id: Int32) -> ArraySlice<UInt8> {
    guard id >= 0, Int(id) < spans.count else { return [] }
    return storage[spans[Int(id)]]
  }

  /// The token that stands for exactly `bytes`; `isLiteral` if it is not spelled in the byte alphabet.
  func id(of bytes: ArraySlice<UInt8>, isLiteral: Bool = false) -> Int32? {
    let id = slots[slot(of: bytes, isLiteral: isLiteral)]
    return id < 0 ? nil : id
  }

  /// The token spelled `token`, such as `Ġthe`.
  func id(of token: Substring) -> Int32? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(token.utf8.count)
    let isSpelled = ByteAlphabet.appendBytes(of: token, to: &bytes)
    return id(of: bytes[...], isLiteral: !isSpelled)
  }

  /// Gives `id` the bytes of `token`, without making it a token of the model that merges could reach.
  mutating func add(_ token: String, id: Int32) throws(VocabularyError) {
    try Self.check(id, of: token)
    let missing = Int(id) + 1 - spans.count
    if missing > 0 {
      spans.append(contentsOf: repeatElement(0..<0, count: missing))
      isLiteral.append(contentsOf: repeatElement(false, count: missing))
    }
    guard spans[Int(id)].isEmpty else {
      throw VocabularyError("the added token `\(token)` has the id \(id) of another token")
    }
    write(token, at: Int(id))
  }

  private mutating func write(_ token: String, at id: Int) {
    let start = storage.count
    isLiteral[id] = !ByteAlphabet.appendBytes(of: token[...], to: &storage)
    spans[id] = start..<storage.count
  }

  /// Where `bytes` are, or where they belong: the first slot from their hash on that has them or is free.
  private func slot(of bytes: ArraySlice<UInt8>, isLiteral literal: Bool) -> Int {
    var hash: UInt64 = literal ? 0x9E37_79B9_7F4A_7C15 : 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash ^ (hash >> 29)) & mask
    while slots[slot] >= 0 {
      let id = Int(slots[slot])
      if isLiteral[id] == literal, spans[id].count == bytes.count, storage[spans[id]] == bytes { break }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private static func checkedMaximum(_ tokens: [String: Int32]) throws(VocabularyError) -> Int32 {
    var maximum: Int32 = -1
    for (token, id) in tokens {
      try check(id, of: token)
      maximum = max(maximum, id)
    }
    return maximum
  }

  private static func check(_ id: Int32, of token: String) throws(VocabularyError) {
    guard (0...largestId).contains(id) else {
      throw VocabularyError("the token `\(token)` has the id \(id); ids lie in 0...\(largestId)")
    }
  }
}

/// What is wrong with a vocabulary; its reader knows the file.
struct VocabularyError: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
