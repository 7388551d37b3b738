import Foundation
import Testing

/// A room, the modules it imports beside the system's, and whether it may say `unsafe`.
struct Room: Sendable, CustomTestStringConvertible {
  let path: String
  let imports: Set<String>
  var mayBeUnsafe = false

  /// The target's name, where it is not the folder's.
  var target: String?

  var name: String { target ?? (path as NSString).lastPathComponent }
  var testDescription: String { path }
}

/// The floor plan, lowest floor first; `Package.swift` says the same in SwiftPM's terms.
let rooms = [
  // Floor 1, nouns
  Room(path: "Shared/Tensors", imports: [], mayBeUnsafe: true),
  Room(path: "Shared/Randomness", imports: []),
  Room(path: "Shared/Experience", imports: []),
  Room(path: "Shared/Metrics", imports: []),
  Room(path: "Shared/Timing", imports: []),
  Room(path: "Shared/Studies", imports: []),
  Room(path: "Shared/Configuration", imports: ["Yams"]),
  Room(path: "Shared/Subprocesses", imports: ["CSubprocess"], mayBeUnsafe: true),

  // Floor 2, verbs
  Room(path: "Shared/Dialects", imports: ["Configuration"]),
  Room(
    path: "Shared/Kernels", imports: ["Tensors", "CKernels", "COpenBLAS", "COneDNN", "CProcessorCheck"],
    mayBeUnsafe: true),
  Room(path: "Shared/MessagePassing", imports: ["CMPI"], mayBeUnsafe: true),
  Room(path: "Shared/Safetensors", imports: ["Tensors"], mayBeUnsafe: true),
  Room(path: "Shared/Tokenization", imports: []),
  Room(path: "Shared/PolicyOptimization", imports: []),
  Room(path: "Shared/Sandbox", imports: ["CSandbox"], mayBeUnsafe: true),
  Room(path: "Shared/CodeProblems", imports: ["Randomness"]),
  Room(path: "Shared/Puzzles", imports: ["Randomness"]),
  Room(path: "Shared/InstructionFollowing", imports: ["Randomness"]),
  Room(path: "Shared/MathVerification", imports: ["Randomness", "BigInt"]),
  Room(
    path: "Shared/Tasks",
    imports: ["Randomness", "Subprocesses", "MathVerification", "Puzzles", "InstructionFollowing", "Sandbox"]),

  // Floor 3, assemblies
  Room(path: "Shared/Models", imports: ["Tensors", "Kernels", "Safetensors", "Timing"]),
  Room(
    path: "Shared/Messages",
    imports: ["Experience", "MessagePassing", "PolicyOptimization", "Tasks", "Timing"]),
  Room(path: "Shared/Checkpoints", imports: ["CCrypto"], mayBeUnsafe: true),
  Room(path: "Shared/AlgorithmCases", imports: ["PolicyOptimization", "Kernels"]),
  Room(
    path: "Shared/DataPreparation",
    imports: ["Randomness", "MathVerification", "Puzzles", "CodeProblems", "InstructionFollowing"]),

  // Floor 4, roles
  Room(
    path: "RolloutWorker",
    imports: [
      "Models", "Kernels", "Tensors", "Tokenization", "Tasks", "Experience", "Randomness", "Messages",
      "MessagePassing", "Timing",
    ]),
  Room(
    path: "LearnerWorker",
    imports: [
      "Models", "Tensors", "Kernels", "PolicyOptimization", "Experience", "Safetensors", "Randomness",
      "Messages",
      "MessagePassing", "Timing",
    ]),
  Room(
    path: "Coordinator/Loop",
    imports: [
      "PolicyOptimization", "Tasks", "Experience", "Metrics", "Checkpoints", "Messages", "MessagePassing",
      "Randomness",
    ], target: "Coordinator"),

  // Floor 5, the command
  Room(
    path: "Coordinator/Command",
    imports: [
      "Coordinator", "RolloutWorker", "LearnerWorker", "MessagePassing", "Configuration", "Dialects",
      "Models", "Tokenization",
      "Tasks", "Tensors", "Kernels", "Checkpoints", "Experience", "Messages", "PolicyOptimization",
      "Randomness", "Safetensors", "Timing", "AlgorithmCases", "DataPreparation", "Sandbox", "Studies",
      "ArgumentParser",
    ], target: "prorl-coordinator"),
]

/// What comes with the toolchain; any room may import it.
let systemModules: Set = [
  "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Swift", "Synchronization",
]

/// The folder that holds `Package.swift`.
let packageFolder = URL(filePath: #filePath).appending(path: "../../..").standardized

/// One line of a source file.
struct SourceLine: CustomStringConvertible {
  let file: String
  let number: Int
  let text: String

  var description: String { "\(file):\(number): \(text)" }

  /// Whether it is a comment as a whole.
  var isComment: Bool { text.hasPrefix("//") }
}

/// The files below `folder` of the package whose names end in `suffix`.
func files(below folder: String, suffix: String) throws -> [URL] {
  let root = packageFolder.appending(path: folder)
  let all = try #require(
    FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil), "no \(folder)")
  return all.compactMap { $0 as? URL }.filter { $0.path.hasSuffix(suffix) }
}

/// The lines of the Swift files below `folder`, without indentation; at least one.
func lines(below folder: String) throws -> [SourceLine] {
  var result: [SourceLine] = []
  for url in try files(below: folder, suffix: ".swift") {
    let text = try String(contentsOf: url, encoding: .utf8)
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      result.append(
        SourceLine(
          file: url.lastPathComponent, number: index + 1, text: line.trimmingCharacters(in: .whitespaces)))
    }
  }
  #expect(!result.isEmpty, "no Swift files in \(folder)")
  return result
}
