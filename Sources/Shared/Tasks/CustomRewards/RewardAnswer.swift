/// One line that a reward program wrote.
///
/// | line | means |
/// |---|---|
/// | `0.5` | the score of the oldest request that is not answered |
/// | `null` | no opinion on it |
/// | `{"id": 7, "score": 0.5}` | the score of request 7 |
/// | `{"id": 7, "score": -1, "acc": false, "pred": "12"}` | with `acc` and the extracted answer |
/// | `{"id": 7, "score": null}` | no opinion |
/// | `{"id": 7, "error": "no such data"}` | the reward failed |
///
/// Further members that are numbers or booleans become extras, at most 64 of names of at most 64 bytes. `NaN` and
/// `Infinity` are read, and are errors as a score.
struct RewardAnswer: Equatable {
  /// Which request it answers; nil where it does not say.
  var id: Int?
  var opinion: Opinion

  /// The most bytes of a line.
  static let limit = 1 << 16

  /// What `line` says; nil if it is no answer.
  init?(_ line: ArraySlice<UInt8>) {
    guard let parsed = AnswerScanner.line(line) else { return nil }
    switch parsed {
    case .object(let members):
      // An id that is given and is none answers nobody.
      guard let id = members["id"] else {
        self.init(id: nil, opinion: Self.opinion(of: members))
        return
      }
      guard let number = id.integer else { return nil }
      self.init(id: number, opinion: Self.opinion(of: members))
    default:
      guard let opinion = Self.opinion(of: parsed) else { return nil }
      self.init(id: nil, opinion: opinion)
    }
  }

  private init(id: Int?, opinion: Opinion) {
    self.id = id
    self.opinion = opinion
  }

  private static func opinion(of members: [String: AnswerValue]) -> Opinion {
    if case .text(let error)? = members["error"] { return .failure(.error, error) }
    guard let score = members["score"] else { return .failure(.error, "the answer has no `score`") }
    guard var opinion = opinion(of: score) else { return .failure(.error, "the `score` is no number") }
    guard opinion.kind == nil else { return opinion }
    for (name, member) in members.sorted(by: { $0.key < $1.key }) where name != "id" && name != "score" {
      opinion.add(name, member)
    }
    if let accuracy = members["acc"]?.number, !accuracy.isFinite {
      return .failure(.error, "`acc` is \(accuracy)")
    }
    return opinion
  }

  /// The opinion that a plain value is; nil where it is no number and not null.
  private static func opinion(of value: AnswerValue) -> Opinion? {
    if value == .null { return Opinion() }
    guard let number = value.number else { return nil }
    guard number.isFinite, Float(number).isFinite else { return .failure(.error, "the score is \(number)") }
    return Opinion(score: number)
  }
}

extension Opinion {
  /// Takes over what an answer says beside its score.
  fileprivate mutating func add(_ name: String, _ member: AnswerValue) {
    switch (name, member) {
    case ("reason", .text(let text)): reason = text
    case ("extracted", .text(let text)), ("pred", .text(let text)): extracted = text
    case ("kind", .text(let text)):
      if let kind = Verdict.Kind(rawValue: text), !kind.isFailure { self.kind = kind }
    default:
      guard let number = member.number, number.isFinite, extras.count < 64, name.utf8.count <= 64 else {
        return
      }
      extras[name] = number
    }
  }
}
