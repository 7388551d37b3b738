import Foundation
import Sandbox
import Testing

/// One test at a time: some count the processes that there are.
@Suite(.serialized)
struct SandboxTests {}

/// Where SwiftPM put an executable: beside the tests' own binary.
let builtLauncher: String? = {
  let arguments =
    CommandLine.arguments + [Bundle.main.executablePath ?? ""] + Bundle.allBundles.map(\.bundlePath)
  for argument in arguments {
    var folder = URL(filePath: argument)
    while folder.path.count > 1, folder.lastPathComponent != ".build" {
      folder.deleteLastPathComponent()
      let candidate = folder.appending(path: "prorl-sandbox").path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
    }
  }
  return nil
}()

/// One of the package's executables, beside the launcher.
func builtExecutable(_ name: String) throws -> String {
  let launcher = try #require(builtLauncher, "prorl-sandbox is not built")
  return URL(filePath: launcher).deletingLastPathComponent().appending(path: name).path
}

extension SandboxSettings {
  /// Settings with the launcher that the package builds.
  static func test(
    slots: Int = 2, limits: SandboxLimits = SandboxLimits(callSeconds: 20, totalSeconds: 40)
  ) -> SandboxSettings {
    SandboxSettings(slots: slots, limits: limits, launcher: builtLauncher)
  }
}

/// Where the tests' data lie.
let fixtures = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

/// The objects of a file of JSON lines.
func rows(_ name: String) throws -> [JSONRow] {
  let text = try String(contentsOf: fixtures.appending(path: name), encoding: .utf8)
  return try text.split(separator: "\n").map { JSONRow(value: try PlainValue(json: String($0))) }
}

/// An object of JSON, by its keys.
struct JSONRow: Sendable, CustomTestStringConvertible {
  let value: PlainValue

  var testDescription: String { string("id") ?? string("task_id") ?? "row" }

  private func element(_ key: String) -> PlainValue? {
    guard case .mapping(let pairs) = value else { return nil }
    return pairs.first { $0.key == .text(key) }?.element
  }

  func string(_ key: String) -> String? {
    guard case .text(let bytes)? = element(key) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  func integer(_ key: String) -> Int? {
    guard case .integer(let value)? = element(key) else { return nil }
    return value.int
  }

  /// The text under `text`, or what it says how to make: bytes, or a core within many brackets.
  func generatedText() throws -> String {
    if let text = string("text") { return text }
    let recipe = JSONRow(value: try #require(element("text")))
    if let digits = recipe.string("hex") {
      let pairs = stride(from: 0, to: digits.utf8.count, by: 2).map { digits.dropFirst($0).prefix(2) }
      return String(decoding: pairs.compactMap { UInt8($0, radix: 16) }, as: UTF8.self)
    }
    let depth = try #require(recipe.integer("depth"))
    let brackets = recipe.strings("nest").map { String(repeating: $0, count: depth) }
    try #require(brackets.count == 2)
    return (recipe.string("pre") ?? "") + brackets[0] + (recipe.string("inner") ?? "") + brackets[1]
      + (recipe.string("post") ?? "")
  }

  func boolean(_ key: String) -> Bool? {
    guard case .boolean(let value)? = element(key) else { return nil }
    return value
  }

  func list(_ key: String) -> [PlainValue] {
    guard case .row(_, let elements)? = element(key) else { return [] }
    return elements
  }

  func strings(_ key: String) -> [String] {
    list(key).compactMap { value in
      guard case .text(let bytes) = value else { return nil }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}

/// A task whose right answer is a function that adds.
let addition = CodeTask.mbpp(setup: "", tests: ["assert add(2, 3) == 5", "assert add(-1, 1) == 0"])
