import Foundation
import Testing

/// Holds what the compiler does not: which room may import which, where unsafe code lives, how large files
/// grow.
@Suite("House rules")
struct HouseRulesTests {
  @Test("a room imports the modules of the floor plan, all of them and no others", arguments: rooms)
  func importsPointDown(room: Room) throws {
    var found: Set<String> = []
    for line in try lines(below: "Sources/" + room.path) {
      let words = line.text.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), place <= 1, place + 1 < words.count else { continue }
      let module = String(words[place + 1])
      guard !systemModules.contains(module) else { continue }
      found.insert(module)
      #expect(room.imports.contains(module), "\(room.path)/\(line)")
    }
    #expect(room.imports.subtracting(found).isEmpty, "in the floor plan, but no file imports it")
  }

  @Test("every folder of Swift sources is a room")
  func everyFolderIsARoom() throws {
    let known = rooms.map { packageFolder.appending(path: "Sources/\($0.path)/").path }
    for file in try files(below: "Sources", suffix: ".swift") {
      #expect(known.contains { file.path.hasPrefix($0) }, "\(file.path) is in no room of the floor plan")
    }
  }

  @Test("a room's imports stand on lower floors", arguments: rooms.indices)
  func floorsAreInOrder(index: Int) {
    let notBelow = Set(rooms[index...].map(\.name))
    #expect(rooms[index].imports.isDisjoint(with: notBelow), "\(rooms[index].path)")
  }

  @Test("Package.swift gives every room what the floor plan does", arguments: rooms)
  func packageAgrees(room: Room) throws {
    let declared = try PackageTargets().dependencies[room.name]
    #expect(declared == room.imports)
  }

  @Test("Package.swift has no target of sources that the floor plan lacks")
  func packageHasNoOthers() throws {
    let others = Set(try PackageTargets().dependencies.keys).subtracting(rooms.map(\.name))
    // The doors to C, the launcher in C, and what tests share.
    let known: Set = ["prorl-sandbox", "TestSupport"]
    #expect(
      others.allSatisfy { $0.hasPrefix("C") || known.contains($0) || $0.hasSuffix("-probe") }, "\(others)")
  }

  @Test(
    "unsafe code stays in the rooms that own memory or talk to C", arguments: rooms.filter { !$0.mayBeUnsafe }
  )
  func safeRoomsAreSafe(room: Room) throws {
    for line in try lines(below: "Sources/" + room.path) where !line.isComment {
      // What stands between quotation marks is for people.
      let code = line.text.replacing(/"[^"]*"/, with: "")
      #expect(!code.contains("unsafe") && !code.contains("@unchecked"), "\(room.path)/\(line)")
    }
  }

  @Test("a room that may be unsafe is", arguments: rooms.filter(\.mayBeUnsafe))
  func licencesAreUsed(room: Room) throws {
    let usesIt = try lines(below: "Sources/" + room.path).contains {
      !$0.isComment && $0.text.contains("unsafe ")
    }
    #expect(usesIt, "it could give its licence back")
  }

  @Test("no source traps where it could throw")
  func noTraps() throws {
    for room in rooms {
      for line in try lines(below: "Sources/" + room.path) where !line.isComment {
        #expect(!line.text.contains("try!"), "\(room.path)/\(line)")
        // Tensors alone asks the system for memory, and has nobody to tell when there is none.
        #expect(room.name == "Tensors" || !line.text.contains("fatalError("), "\(room.path)/\(line)")
      }
    }
  }

  @Test(
    "no file of code or documentation is larger than 40 KB",
    arguments: ["Sources", "Tests", "docs", "configs"])
  func filesAreSmall(folder: String) throws {
    for suffix in [".swift", ".c", ".h", ".md", ".yaml", ".sh", ".py"] {
      for file in try files(below: folder, suffix: suffix) {
        let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        #expect(size <= 40_000, "\(file.path) has \(size) bytes")
      }
    }
  }

  @Test("a source leaves nothing to be done")
  func nothingIsLeftOver() throws {
    for room in rooms {
      for line in try lines(below: "Sources/" + room.path) {
        let marks = ["TODO", "FIXME", "XXX", "HACK"].filter { line.text.contains($0) }
        #expect(marks.isEmpty, "\(room.path)/\(line)")
      }
    }
  }
}

/// What `Package.swift` declares, read as text: each target's name and the names in its list of dependencies.
private struct PackageTargets {
  private(set) var dependencies: [String: Set<String>] = [:]

  init() throws {
    let text = try String(contentsOf: packageFolder.appending(path: "Package.swift"), encoding: .utf8)
    for chunk in Self.calls("room(", in: text) {
      let names = Self.quoted(chunk)
      if let name = names.first { dependencies[name] = Set(names.dropFirst()) }
    }
    for kind in [".target(", ".executableTarget("] {
      for chunk in Self.calls(kind, in: text) {
        guard let name = Self.quoted(chunk).first else { continue }
        dependencies[name] = Set(Self.quoted(Self.list("dependencies:", in: chunk)))
      }
    }
    #expect(dependencies.count > rooms.count, "Package.swift could not be read")
  }

  /// The arguments of every call of `name` that begins a line.
  private static func calls(_ name: String, in text: String) -> [Substring] {
    var calls: [Substring] = []
    var rest = text[...]
    while let found = rest.range(of: "\n    " + name) {
      let end = closing(rest[found.upperBound...], "(", ")")
      calls.append(rest[found.upperBound..<end])
      rest = rest[end...]
    }
    return calls
  }

  /// What stands between the brackets after `label`; empty if it does not occur.
  private static func list(_ label: String, in text: Substring) -> Substring {
    guard let start = text.range(of: label + " [") else { return "" }
    return text[start.upperBound..<closing(text[start.upperBound...], "[", "]")]
  }

  /// Where the bracket closes that opened just before `text`.
  private static func closing(
    _ text: Substring, _ opening: Character, _ closing: Character
  ) -> Substring.Index {
    var depth = 1
    for index in text.indices {
      if text[index] == opening { depth += 1 }
      if text[index] == closing { depth -= 1 }
      if depth == 0 { return index }
    }
    return text.endIndex
  }

  /// The texts in quotes, but for names of packages.
  private static func quoted(_ text: Substring) -> [String] {
    let parts = text.replacing(#/package: "[^"]*"/#, with: "").split(
      separator: "\"", omittingEmptySubsequences: false)
    return parts.indices.filter { !$0.isMultiple(of: 2) }.map { String(parts[$0]) }
  }
}
