/// An option some room asked for, with the value it got.
public struct ResolvedOption: Sendable, Equatable {
  /// Where the value of an option came from.
  public enum Origin: Sendable, Equatable, CustomStringConvertible {
    /// The configuration file.
    case file(Place)

    /// An argument of the program.
    case commandLine

    /// The room that asked, since nobody else gave one.
    case `default`

    /// `run.yaml:12`, `command line` or `default`.
    public var description: String {
      switch self {
      case .file(let place): "\(place.file):\(place.line)"
      case .commandLine: "command line"
      case .default: "default"
      }
    }
  }

  /// The sections from the root, and the key.
  let components: [String]

  /// The dotted name, such as `trainer.total_training_steps`; of several names of an option, the first.
  public var path: String { components.joined(separator: ".") }

  /// The value as YAML text, in one line.
  public let value: String

  /// Where the value came from.
  public let origin: Origin

  /// The other name of the option that was written there, nil if it is the option's own.
  public var alias: String?
}

/// What a run's rooms asked for, in order.
final class ResolvedOptions {
  private(set) var all: [ResolvedOption] = []

  /// What the operator should know, in the order of the file.
  var notes: [ConfigurationNote] = []

  private var paths: Set<[String]> = []

  /// Notes an option; one that two rooms read is noted once.
  func add(_ option: ResolvedOption) {
    if paths.insert(option.components).inserted { all.append(option) }
  }

  /// All options as YAML, each section where its first key was asked for.
  func yaml() -> String {
    var root = Section()
    for option in all { root.add(option.value, under: option.components[...]) }
    return root.lines(indentation: "").joined(separator: "\n") + "\n"
  }

  /// Keys and sections in the order they came.
  private struct Section {
    private var keys: [String] = []
    private var values: [String: String] = [:]
    private var sections: [String: Section] = [:]

    mutating func add(_ value: String, under path: ArraySlice<String>) {
      guard let key = path.first else { return }
      if values[key] == nil, sections[key] == nil { keys.append(key) }
      if path.count == 1 {
        values[key] = value
      } else {
        sections[key, default: Section()].add(value, under: path.dropFirst())
      }
    }

    func lines(indentation: String) -> [String] {
      keys.flatMap { key in
        let written = indentation + ScalarSyntax.write(key) + ":"
        if let value = values[key] { return ["\(written) \(value)"] }
        return [written] + (sections[key]?.lines(indentation: indentation + "  ") ?? [])
      }
    }
  }
}
