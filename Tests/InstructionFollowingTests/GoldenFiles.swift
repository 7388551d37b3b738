import Foundation
import InstructionFollowing
import Testing

/// The objects of a JSON lines file in `Fixtures`.
func goldenLines<Row: Decodable>(_ name: String, as type: Row.Type) throws -> [Row] {
  let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).jsonl")
  let data = try Data(contentsOf: file)
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  let rows = try data.split(separator: UInt8(ascii: "\n")).map { try decoder.decode(type, from: Data($0)) }
  try #require(!rows.isEmpty)
  return rows
}

/// An argument as JSON has it.
enum GoldenArgument: Decodable {
  case text(String)
  case number(Int)
  case texts([String])
  case null

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let number = try? container.decode(Int.self) {
      self = .number(number)
    } else {
      self = .texts(try container.decode([String].self))
    }
  }

  var value: ArgumentValue {
    switch self {
    case .text(let text): .string(text)
    case .number(let number): .integer(number)
    case .texts(let texts): .array(texts.map { .string($0) })
    case .null: .null
    }
  }
}

/// The arguments of one instruction.
struct GoldenArguments: Decodable {
  let values: [String: ArgumentValue]

  init(from decoder: any Decoder) throws {
    values = try decoder.singleValueContainer().decode([String: GoldenArgument].self).mapValues(\.value)
  }
}

/// A response with what IFEval's own code says of it, as lm-eval 0.4.13 runs it.
struct GoldenCase: Decodable {
  let id: String
  let instructionIdList: [String]
  let kwargs: [GoldenArguments]
  let response: String
  let strictList: [Bool]
  let looseList: [Bool]

  func check() throws -> InstructionCheck {
    try InstructionCheck(ids: instructionIdList, arguments: kwargs.map(\.values))
  }
}
