import Foundation

/// Where the files that come with the program are: the embedded model and the configurations.
enum Locations {
  /// The configuration of the embedded default.
  static let quickstart = "configs/quickstart.yaml"

  /// The folder that holds `configs/`: beside the executable, above it (a build folder), or in
  /// `../share/prorl`.
  static func home() throws -> String {
    var places: [String] = []
    if let home = ProcessInfo.processInfo.environment["PRORL_HOME"] { places.append(home) }
    let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    var folder = URL(filePath: executable).deletingLastPathComponent()
    places.append(folder.appending(path: "../share/prorl").standardized.path(percentEncoded: false))
    for _ in 0..<5 {
      places.append(folder.path(percentEncoded: false))
      folder = folder.deletingLastPathComponent()
    }
    for place in places where FileManager.default.fileExists(atPath: place + "/" + quickstart) {
      return place.hasSuffix("/") ? String(place.dropLast()) : place
    }
    throw CommandError(
      """
      the embedded default, \(quickstart), is neither beside the executable nor above it; set PRORL_HOME to the folder \
      that holds configs/, or pass --config
      """)
  }

  /// `path` as given, or taken from the program's own folder where it begins with `embedded:`.
  static func resolve(_ path: String) throws -> String {
    let prefix = "embedded:"
    return path.hasPrefix(prefix) ? try home() + "/" + path.dropFirst(prefix.count) : path
  }
}

/// A sentence for the operator.
struct CommandError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
