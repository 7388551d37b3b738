// swift-tools-version: 6.2
import PackageDescription

/// Settings every Swift room shares.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),  // an import is private unless it says `public`
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),  // storages and tensors hand out spans
  .strictMemorySafety(),  // unsafe code is marked `unsafe` where it stands
  .treatWarning("StrictMemorySafety", as: .error),
  .unsafeFlags(["-cross-module-optimization", "-Xcc", "-march=x86-64-v3"], .when(configuration: .release)),
]

/// Settings of rooms with inner loops: optimised in debug builds too, so that tests run at full speed.
let hot = house + [.unsafeFlags(["-O", "-Xcc", "-march=x86-64-v3"], .when(configuration: .debug))]

/// A room of `Sources/Shared`, which is a folder of targets and no target itself.
func room(_ name: String, _ imports: Target.Dependency..., settings: [SwiftSetting] = house) -> Target {
  .target(name: name, dependencies: imports, path: "Sources/Shared/\(name)", swiftSettings: settings)
}

/// The tests of a room.
func tests(
  _ name: String, _ imports: Target.Dependency..., hasFixtures: Bool = false, settings: [SwiftSetting] = house
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + imports,
    exclude: hasFixtures ? ["Fixtures"] : [], swiftSettings: settings)
}

let package = Package(
  name: "prorl",
  products: [
    .executable(name: "prorl-coordinator", targets: ["prorl-coordinator"]),
    .executable(name: "prorl-sandbox", targets: ["prorl-sandbox"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
    .package(url: "https://github.com/attaswift/BigInt.git", from: "6.0.0"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
  ],
  targets: [
    // MARK: Floor 0, doors to C

    .systemLibrary(
      name: "CMPI", path: "Sources/Shared/CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(
      name: "CCrypto", path: "Sources/Shared/CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"])]),
    .target(
      name: "CKernels", path: "Sources/Shared/CKernels",
      cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off", "-march=x86-64-v3"])]),

    // Compiled for every x86-64, so that it can say on an older processor that the rest is not.
    .target(name: "CProcessorCheck", path: "Sources/Shared/CProcessorCheck"),
    .target(name: "COpenBLAS", path: "Sources/Shared/COpenBLAS", linkerSettings: [.linkedLibrary("dl")]),
    .target(
      name: "COneDNN", path: "Sources/Shared/COneDNN", cSettings: [.unsafeFlags(["-O3"])],
      linkerSettings: [.linkedLibrary("dl")]),

    .target(name: "CSandbox", path: "Sources/Shared/CSandbox"),

    // The program that becomes a sandbox; it stands beside the command.
    .executableTarget(name: "prorl-sandbox", path: "Sources/Shared/SandboxLauncher"),

    .target(name: "CSubprocess", path: "Sources/Shared/CSubprocess", cSettings: [.unsafeFlags(["-O2"])]),

    // MARK: Floor 1, nouns

    room("Tensors", settings: hot),
    room("Randomness", settings: hot),
    room("Experience"),
    room("Metrics"),
    room("Timing", settings: hot),
    room("Studies"),
    room("Configuration", "Yams"),
    room("Subprocesses", "CSubprocess"),

    // MARK: Floor 2, verbs

    room("Dialects", "Configuration"),
    room(
      "Kernels", "Tensors", "CKernels", "COpenBLAS", "COneDNN", "CProcessorCheck", settings: hot),
    room("MessagePassing", "CMPI"),
    room("Safetensors", "Tensors"),
    room("Tokenization", settings: hot),
    room("PolicyOptimization", settings: hot),
    .target(
      name: "Sandbox", dependencies: ["CSandbox"], path: "Sources/Shared/Sandbox",
      resources: [.embedInCode("Guest")], swiftSettings: house),
    room("CodeProblems", "Randomness", settings: hot),
    room("Puzzles", "Randomness", settings: hot),
    room("InstructionFollowing", "Randomness", settings: hot),
    room("MathVerification", "Randomness", .product(name: "BigInt", package: "BigInt"), settings: hot),

    room(
      "Tasks", "Randomness", "Subprocesses", "MathVerification", "Puzzles", "InstructionFollowing", "Sandbox",
      settings: hot),

    // MARK: Floor 3, assemblies

    room("Models", "Tensors", "Kernels", "Safetensors", "Timing", settings: hot),
    room("Messages", "Experience", "MessagePassing", "PolicyOptimization", "Tasks", "Timing", settings: hot),
    room("Checkpoints", "CCrypto"),
    room("AlgorithmCases", "PolicyOptimization", "Kernels"),

    room(
      "DataPreparation", "Randomness", "MathVerification", "Puzzles", "CodeProblems", "InstructionFollowing",
      settings: hot),

    // MARK: Floor 4, roles

    .target(
      name: "RolloutWorker",
      dependencies: [
        "Models", "Kernels", "Tensors", "Tokenization", "Tasks", "Experience", "Randomness", "Messages",
        "MessagePassing", "Timing",
      ],
      swiftSettings: hot),
    .target(
      name: "LearnerWorker",
      dependencies: [
        "Models", "Tensors", "Kernels", "PolicyOptimization", "Experience", "Safetensors", "Randomness",
        "Messages",
        "MessagePassing", "Timing",
      ],
      swiftSettings: hot),
    .target(
      name: "Coordinator",
      dependencies: [
        "PolicyOptimization", "Tasks", "Experience", "Metrics", "Checkpoints",
        "Messages", "MessagePassing", "Randomness",
      ],
      path: "Sources/Coordinator/Loop", swiftSettings: house),

    // MARK: Floor 5, the command

    .executableTarget(
      name: "prorl-coordinator",
      dependencies: [
        "Coordinator", "RolloutWorker", "LearnerWorker", "MessagePassing", "Configuration", "Dialects",
        "Models",
        "Tokenization", "Tasks", "Tensors", "Kernels", "Checkpoints", "Experience", "Messages",
        "PolicyOptimization", "Randomness", "Safetensors", "Timing", "AlgorithmCases",
        "DataPreparation", "Sandbox", "Studies",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Coordinator/Command", swiftSettings: house),

    // MARK: Tests, one target per room

    .target(
      name: "TestSupport", dependencies: ["Tensors", "Kernels", "Randomness", "Models"],
      path: "Tests/Support", swiftSettings: hot),
    .executableTarget(
      name: "mpi-probe", dependencies: ["MessagePassing"], path: "Tests/MPIProbe", swiftSettings: house),
    .executableTarget(
      name: "sandbox-probe", dependencies: ["Sandbox", "CodeProblems", "Randomness"],
      path: "Tests/SandboxProbe", swiftSettings: house),
    .executableTarget(
      name: "kernel-probe", dependencies: ["Kernels", "Tensors", "Models"], path: "Tests/KernelProbe",
      swiftSettings: hot),
    tests("Tensors"),
    tests("Randomness", settings: hot),
    tests("Configuration"),
    tests("Dialects", "Configuration"),
    tests("Metrics"),
    tests("Timing"),
    tests("Studies", "TestSupport"),
    tests("Subprocesses", "TestSupport"),
    tests("Kernels", "Tensors", "Randomness", "TestSupport", "kernel-probe", settings: hot),
    tests("MessagePassing", "mpi-probe", "TestSupport"),
    tests("Safetensors", "Tensors"),
    tests("Tokenization", hasFixtures: true, settings: hot),
    tests("PolicyOptimization", hasFixtures: true),
    tests("AlgorithmCases", hasFixtures: true),
    tests("Puzzles", "Randomness", hasFixtures: true, settings: hot),
    tests("InstructionFollowing", "Randomness", hasFixtures: true, settings: hot),
    tests("MathVerification", "Randomness", hasFixtures: true, settings: hot),
    tests("Tasks", "Randomness", "Sandbox", "TestSupport", "prorl-sandbox", settings: hot),
    tests(
      "DataPreparation", "Puzzles", "Sandbox", "Tasks", "TestSupport", "prorl-sandbox", settings: hot),
    tests(
      "Sandbox", "CSandbox", "CodeProblems", "Randomness", "prorl-sandbox", "sandbox-probe", hasFixtures: true
    ),
    tests("CodeProblems", "Randomness", settings: hot),
    tests(
      "Models", "Kernels", "Tensors", "Safetensors", "LearnerWorker", "PolicyOptimization", "Randomness",
      "TestSupport", "kernel-probe", hasFixtures: true, settings: hot),
    tests("Checkpoints"),
    tests(
      "Coordinator", "Messages", "MessagePassing", "Experience", "PolicyOptimization", "Tasks", "Metrics",
      "Checkpoints", "TestSupport"),
    tests("Messages", "Experience", "PolicyOptimization", "Tasks", "Randomness", "TestSupport"),
    tests(
      "RolloutWorker", "LearnerWorker", "Models", "Kernels", "Tensors", "Tokenization", "Tasks", "Experience",
      "Randomness", "Messages", "MessagePassing", "PolicyOptimization", "TestSupport", settings: hot),
    tests(
      "LearnerWorker", "Models", "Kernels", "Tensors", "Safetensors", "PolicyOptimization", "Experience",
      "Randomness", "Messages", "MessagePassing", "TestSupport", settings: hot),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "prorl-coordinator", "prorl-sandbox", "Checkpoints", "TestSupport", "CProcessorCheck", "Models",
        "Tensors",
        "Tokenization",
      ],
      swiftSettings: house),
    .testTarget(
      name: "ConfigurationReferenceTests", dependencies: ["prorl-coordinator", "TestSupport"],
      swiftSettings: house),
    .testTarget(name: "HouseRulesTests", swiftSettings: house),
  ]
)
