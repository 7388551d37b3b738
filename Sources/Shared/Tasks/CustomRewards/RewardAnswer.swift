import FoundationEssentials

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
    let decoder = JSONDecoder()
    // For NaN and Infinity, which Python writes.
    decoder.allowsJSON5 = true
    guard let parsed = try? decoder.decode(Line.self, from: Data(line)) else { return nil }
    switch parsed {
    case .plain(let value):
      guard let opinion = Self.opinion(of: value) else { return nil }
      self.init(id: nil, opinion: opinion)
    case .object(let members):
      // An id that is given and is none answers nobody.
      if let id = members["id"] {
        guard let number = id.integer else { return nil }
        self.init(id: number, opinion: Self.opinion(of: members))
      } else {
        self.init(id: nil, opinion: Self.opinion(of: members))
      }
    }
  }

  private init(id: Int?, opinion: Opinion) {
    self.id = id
    self.opinion = opinion
  }

  private static func opinion(of members: [String: Member]) -> Opinion {
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
  private static func opinion(of value: Member) -> Opinion? {
    if value == .null { return Opinion() }
    guard let number = value.number else { return nil }
    guard number.isFinite, Float(number).isFinite else { return .failure(.error, "the score is \(number)") }
    return Opinion(score: number)
  }

  /// A line of JSON: an object, or anything else.
  private enum Line: Decodable {
    case plain(Member)
    case object([String: Member])

    init(from decoder: any Decoder) throws {
      if let keyed = try? decoder.container(keyedBy: Name.self) {
        var members: [String: Member] = [:]
        for key in keyed.allKeys { members[key.stringValue] = try keyed.decode(Member.self, forKey: key) }
        self = .object(members)
      } else {
        self = .plain(try Member(from: decoder))
      }
    }
  }

  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

/// A member of an answer: what is nested is not looked into.
private enum Member: Decodable, Equatable {
  case null
  case number(Double)
  case flag(Bool)
  case text(String)
  case other

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else {
      self = value.decodeNil() ? .null : .other
    }
  }

  /// The value of a number, 1 or 0 of a boolean.
  var number: Double? {
    switch self {
    case .number(let number): number
    case .flag(let flag): flag ? 1 : 0
    default: nil
    }
  }

  /// A whole number, or a text of one.
  var integer: Int? {
    switch self {
    case .number(let number): Int(exactly: number)
    case .text(let text): Int(text)
    default: nil
    }
  }
}

extension Opinion {
  /// Takes over what an answer says beside its score.
  fileprivate mutating func add(_ name: String, _ member: Member) {
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
