import Foundation

/// Notes that the row law was checked in full, one file for every kind of machine, program and model shape.
///
/// A note says what it is about in its own text, so that one that is damaged, or about something else, is none. Where
/// a note cannot be written the next start checks in full again.
public struct CertificateNotes: Sendable {
  /// The program and its version, as the notes name it.
  public let program: String
  /// Where the notes are; made when the first is written.
  public let directory: String

  /// Notes of `program` in `directory`.
  public init(program: String, directory: String) {
    self.program = program
    self.directory = directory
  }

  /// Notes in the user's cache: `PRORL_CACHE_DIR`, or `prorl` in `XDG_CACHE_HOME` or `~/.cache`.
  ///
  /// Nil, so that every start checks in full, where `PRORL_CACHE_DIR` is empty and where there is no home.
  public static func inCache(
    program: String, environment: [String: String]? = nil
  ) -> CertificateNotes? {
    let environment = environment ?? ProcessInfo.processInfo.environment
    if let own = environment["PRORL_CACHE_DIR"] {
      return own.isEmpty ? nil : CertificateNotes(program: program, directory: own)
    }
    for (name, folder) in [("XDG_CACHE_HOME", "/prorl"), ("HOME", "/.cache/prorl")] {
      if let place = environment[name], place.hasPrefix("/") {
        return CertificateNotes(program: program, directory: place + folder)
      }
    }
    return nil
  }

  /// What a check is about: everything that the bits of its products may depend on.
  func subject(_ backend: MatrixBackend, _ precision: Precision, _ shapes: [[Int]]) -> String {
    let products = Set(shapes).sorted { $0.lexicographicallyPrecedes($1) }
    return """
      The row law was checked in full.
      program   \(program), \(FileStamp("/proc/self/exe")?.text ?? "unknown")
      processor \(Processor.name), \(Processor.instructionSet), \(Processor.extensions.joined(separator: " "))
      products  \(backend.description), \(libraryStamps(of: backend)), \(precision.rawValue)
      shapes    \(products.map { "\($0[0])x\($0[1])" }.joined(separator: " "))

      """
  }

  /// Whether there is a note about `subject`.
  func hold(_ subject: String) -> Bool {
    FileManager.default.contents(atPath: path(subject)) == Data(subject.utf8)
  }

  /// Leaves a note about `subject`, if possible.
  func keep(_ subject: String) {
    try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try? Data(subject.utf8).write(to: URL(filePath: path(subject)), options: .atomic)
  }

  private func path(_ subject: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in subject.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return directory + "/row-law-" + String(hash, radix: 16) + ".txt"
  }

  /// The files of a backend's library, which is loaded; its version alone does not tell two builds apart.
  private func libraryStamps(of backend: MatrixBackend) -> String {
    let name: String
    switch backend {
    case .micro: return "built in"
    case .onednn: name = "dnnl"
    case .openblas: name = "blas"
    }
    guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return "unknown" }
    let paths = maps.split(separator: "\n").compactMap { line in
      line.firstIndex(of: "/").map { String(line[$0...]) }
    }
    return Set(paths.filter { $0.lowercased().contains(name) }).sorted()
      .map { "\($0) \(FileStamp($0)?.text ?? "unknown")" }.joined(separator: " ")
  }
}

/// A file's size and time of change.
private struct FileStamp {
  let text: String

  init?(_ path: String) {
    var found = stat()
    guard unsafe stat(path, &found) == 0 else { return nil }
    text = "\(found.st_size) bytes of \(found.st_mtim.tv_sec).\(found.st_mtim.tv_nsec)"
  }
}
