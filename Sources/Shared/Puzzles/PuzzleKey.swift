/// What an answer is held to: the row's metadata and its reference answer.
///
/// Every reading says what is missing, so that a row that cannot be scored is reported and not scored 0 in
/// silence.
struct PuzzleKey: Sendable {
  let metadata: PuzzleValue
  private let reference: String?

  init(metadata: PuzzleValue, answer: String?) {
    self.metadata = metadata
    reference = answer ?? metadata["answer"]?.text
  }

  /// The reference answer.
  var answer: AnswerText {
    get throws(PuzzleFault) {
      guard let reference else { throw PuzzleFault(reason: "the row has no reference answer") }
      return AnswerText(reference)
    }
  }

  func value(_ name: String) throws(PuzzleFault) -> PuzzleValue {
    guard let value = metadata[name] else { throw PuzzleFault(reason: "the metadata lack `\(name)`") }
    return value
  }

  func integer(_ name: String) throws(PuzzleFault) -> Int {
    guard let integer = try value(name).integer else { throw Self.malformed(name, "an integer") }
    return integer
  }

  func number(_ name: String) throws(PuzzleFault) -> Double {
    guard let number = try value(name).number else { throw Self.malformed(name, "a number") }
    return number
  }

  func text(_ name: String) throws(PuzzleFault) -> String {
    guard let text = try value(name).text else { throw Self.malformed(name, "a text") }
    return text
  }

  func list(_ name: String) throws(PuzzleFault) -> [PuzzleValue] {
    guard let list = try value(name).list else { throw Self.malformed(name, "a list") }
    return list
  }

  func integers(_ name: String) throws(PuzzleFault) -> [Int] {
    guard let integers = try value(name).integers else { throw Self.malformed(name, "a list of integers") }
    return integers
  }

  func numbers(_ name: String) throws(PuzzleFault) -> [Double] {
    guard let numbers = try value(name).numbers else { throw Self.malformed(name, "a list of numbers") }
    return numbers
  }

  func texts(_ name: String) throws(PuzzleFault) -> [String] {
    guard let texts = try value(name).texts else { throw Self.malformed(name, "a list of texts") }
    return texts
  }

  /// A matrix of integers, row by row, of at least one row, all of one length.
  func matrix(_ name: String) throws(PuzzleFault) -> [[Int]] {
    guard let matrix = try value(name).matrix, let width = matrix.first?.count,
      matrix.allSatisfy({ $0.count == width })
    else { throw Self.malformed(name, "a matrix of integers") }
    return matrix
  }

  /// The key of an object inside the metadata.
  func key(_ name: String) throws(PuzzleFault) -> PuzzleKey {
    PuzzleKey(metadata: try value(name), answer: reference)
  }

  static func malformed(_ name: String, _ form: String) -> PuzzleFault {
    PuzzleFault(reason: "`\(name)` of the metadata is not \(form)")
  }
}
