/// A complete checkpoint whose every byte is as it was written.
public struct VerifiedCheckpoint: Sendable, Equatable {
  /// The training step whose end it holds.
  public let step: Int

  /// Where it lies.
  public let directory: String

  /// Its files, sorted by name; files that others added are not among them.
  public let files: [CheckpointFile]

  init(step: Int, directory: String, files: [CheckpointFile]) {
    self.step = step
    self.directory = directory
    self.files = files
  }

  /// Verifies the checkpoint in `directory`, which is named `global_step_N`.
  ///
  /// - Complexity: Reads every byte, at about 1 GB/s.
  public init(directory: String) throws(CheckpointError) {
    self.directory = directory
    let manifest = try Self.manifest(of: directory)
    guard CheckpointName.step(directory.split(separator: "/").last ?? "") == manifest.step else {
      throw .damaged(directory: directory, .step(manifest.step))
    }
    for file in manifest.files { try Self.verify(file, in: directory) }
    step = manifest.step
    files = manifest.files
  }

  /// The path of a file of the checkpoint.
  public func path(_ name: String) throws(CheckpointError) -> String {
    guard contains(name) else { throw .lacksFile(directory: directory, name: name) }
    return "\(directory)/\(name)"
  }

  /// Whether the checkpoint has a file called `name`.
  public func contains(_ name: String) -> Bool {
    files.contains { $0.name == name }
  }

  private static func manifest(of directory: String) throws(CheckpointError) -> Manifest {
    let path = "\(directory)/\(Manifest.fileName)"
    guard try fileSize(path) != nil else { throw .damaged(directory: directory, .noManifest) }
    let bytes = try ReadableFile(path).contents()
    do throws(CheckpointDefect) {
      return try Manifest(bytes)
    } catch {
      throw .damaged(directory: directory, error)
    }
  }

  private static func verify(_ file: CheckpointFile, in directory: String) throws(CheckpointError) {
    func damaged(_ defect: CheckpointDefect) -> CheckpointError {
      .damaged(directory: directory, defect)
    }
    let path = "\(directory)/\(file.name)"
    guard let size = try fileSize(path) else { throw damaged(.missing(file.name)) }
    guard size == file.bytes else { throw damaged(.size(file.name, bytes: size, expected: file.bytes)) }
    guard try sha256(file: path) == file.sha256 else { throw damaged(.content(file.name)) }
  }
}
