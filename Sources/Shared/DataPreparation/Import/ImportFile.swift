import Foundation
import Puzzles

/// Reads files of public data sets: JSON Lines, or one JSON array, plain or compressed by gzip.
public enum ImportFile {
  /// Why a file cannot be imported.
  public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    /// Where, what, and what to do.
    public let description: String
  }

  /// The rows of the file at `path`; `first` is the index of its first row in the output.
  public static func rows(
    at path: String, by importer: RowImporter, first: Int = 0
  ) throws(Failure) -> [DataRow] {
    var rows: [DataRow] = []
    for (place, object) in try objects(at: path) {
      do throws(ImportFault) {
        rows.append(try importer.row(object, index: first + rows.count))
      } catch {
        throw Failure(
          description:
            "\(path):\(place): \(error.reason); is it a file of the format `\(importer.format.rawValue)`?")
      }
    }
    guard !rows.isEmpty else { throw Failure(description: "\(path): holds no rows") }
    return rows
  }

  /// The objects with where they stand: the line, or the number in the array, from 1.
  private static func objects(at path: String) throws(Failure) -> [(place: Int, object: PuzzleValue)] {
    let text = try text(of: path)
    let start = text.utf8.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    if start == UInt8(ascii: "[") {
      guard case .list(let elements)? = PuzzleValue(json: text) else {
        throw Failure(description: "\(path): begins with `[` and is no JSON array")
      }
      return elements.enumerated().map { ($0.offset + 1, $0.element) }
    }
    var objects: [(Int, PuzzleValue)] = []
    for (number, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    where line.contains(where: { ![0x20, 0x09, 0x0D].contains($0) }) {
      guard let object = PuzzleValue(json: String(Substring(line))), case .object = object else {
        throw Failure(description: "\(path):\(number + 1): not a JSON object on one line")
      }
      objects.append((number + 1, object))
    }
    return objects
  }

  private static func text(of path: String) throws(Failure) -> String {
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw Failure(description: "\(path): there is no readable file; check the path")
    }
    if path.lowercased().hasSuffix(".parquet") {
      throw Failure(
        description: "\(path): Parquet is not read; convert it first: python3 -c \"import pandas; "
          + "pandas.read_parquet('\(path)').to_json('rows.jsonl', orient='records', lines=True)\"")
    }
    var data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
      if data.starts(with: [0x1F, 0x8B]) { data = try unpacked(path) }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(description: "\(path): cannot be read (\(error.localizedDescription))")
    }
    if data.starts(with: [0xEF, 0xBB, 0xBF]) { data = data.dropFirst(3) }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Failure(
        description: "\(path): not UTF-8; convert it, for instance with `iconv -f latin1 -t utf8`")
    }
    return text
  }

  /// What `gzip` makes of the file.
  private static func unpacked(_ path: String) throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", "--", path]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(description: "\(path): begins as gzip's files do and cannot be unpacked; is it whole?")
    }
    return data
  }
}
