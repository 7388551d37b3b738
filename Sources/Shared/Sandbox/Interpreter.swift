import FoundationEssentials
import Glibc

/// The Python that runs answers, and what of the file system it needs.
struct Interpreter: Sendable {
  /// The executable, without symbolic links.
  let path: String

  /// Files and directories that it reads, without symbolic links.
  let readable: [String]

  /// Symbolic links that lead to them, as pairs of target and place.
  let links: [(target: String, place: String)]

  /// Whether it can be told not to look for modules in the working directory; from 3.11 on.
  let hasSafePath: Bool

  /// Finds the interpreter at `path`, or else in the usual places, those of the system first: it must be readable
  /// for a user without rights, which one in a home directory is not.
  init(path: String?) throws(SandboxError) {
    let places = path.map { [$0] } ?? ["/usr/bin/python3", "/usr/local/bin/python3"]
    let real = places.lazy.compactMap { Self.resolved($0) }
    guard let found = real.first(where: { unsafe access($0, X_OK) == 0 }) else {
      throw .noInterpreter("\(places.joined(separator: " and ")) cannot be run")
    }
    let name = String(found.split(separator: "/").last ?? "")
    let prefix = String(found.dropLast(name.count + "/bin/".count))
    let library = "\(prefix)/lib/\(name)"
    guard name.hasPrefix("python3"), unsafe access(library, R_OK) == 0 else {
      throw .noInterpreter("\(found) has no library at \(library)")
    }
    hasSafePath = Int(name.dropFirst("python3.".count)).map { $0 >= 11 } ?? false
    self.path = found
    // The loader's own places, and those of an interpreter built from source.
    var libraries = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/lib", "/lib64"]
    if prefix != "/usr" { libraries.append(prefix + "/lib") }
    readable = [found, library] + libraries.filter { Self.resolved($0) == $0 }
    links = ["/lib", "/lib64"].compactMap { place in
      (try? FileManager.default.destinationOfSymbolicLink(atPath: place)).map { ($0, place) }
    }
  }

  private static func resolved(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }
}
