import Foundation

/// A document of which a part is generated: what stands between `<!-- NAME -->` and `<!-- /NAME -->`.
public struct Document {
  private let path: String
  private let marker: String

  /// The part `marker` of the document at `path`.
  public init(path: String, marker: String) { (self.path, self.marker) = (path, marker) }

  /// The folder of its pictures, as the document sees it: its own name without what follows the point.
  public var pictureFolder: String { URL(filePath: path).deletingPathExtension().lastPathComponent }

  /// Replaces the part, and writes pictures into the folder beside the document.
  public func write(_ text: String, pictures: [String: String]) throws(StudyError) {
    guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path: path) }
    let old = String(decoding: data, as: UTF8.self)
    guard let start = old.range(of: "<!-- \(marker) -->\n"),
      let end = old.range(of: "<!-- /\(marker) -->", range: start.upperBound..<old.endIndex)
    else { throw .noPlace(path: path, marker: marker) }
    let folder = URL(filePath: path).deletingPathExtension()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, picture) in pictures { try Data(picture.utf8).write(to: folder.appending(path: name)) }
      let new = old[..<start.upperBound] + "\n" + text + "\n" + old[end.lowerBound...]
      try Data(new.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw .unwritable(path: path, reason: error.localizedDescription)
    }
  }
}
