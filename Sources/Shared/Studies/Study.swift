import Foundation

/// Variants of one configuration, with their finished runs.
///
/// A folder with `study.tsv`, a line per variant: part, name, description, overrides, with tabs between them; and with
/// `NAME/seed-N/`, the directory of a run. A run counts when it holds the file `finished`, whose second line is the
/// processor time that it took, user and system, in seconds.
public struct Study: Sendable {
  /// The variants, as listed.
  public let variants: [Variant]

  /// One variant.
  public struct Variant: Sendable {
    /// The part of the study that it belongs to.
    public let part: String
    /// Its name.
    public let name: String
    /// What it is, in a few words.
    public let description: String
    /// What it changes, as overrides.
    public let changes: [String]
    /// Its finished runs, by ascending seed.
    public let runs: [Run]

    /// A variant.
    public init(
      part: String, name: String, description: String = "", changes: [String] = [], runs: [Run]
    ) {
      (self.part, self.name, self.description) = (part, name, description)
      (self.changes, self.runs) = (changes, runs)
    }
  }

  /// One run.
  public struct Run: Sendable {
    /// Its seed.
    public let seed: Int
    /// What it reported.
    public let metrics: RunMetrics
    /// The processor time that it took; nil if that is not known.
    public let seconds: Double?

    /// A run.
    public init(seed: Int, metrics: RunMetrics, seconds: Double? = nil) {
      (self.seed, self.metrics, self.seconds) = (seed, metrics, seconds)
    }
  }

  /// A study of `variants`.
  public init(variants: [Variant]) { self.variants = variants }

  /// Reads the folder of a study.
  public init(directory: String) throws(StudyError) {
    let path = directory + "/study.tsv"
    guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path: path) }
    var variants: [Variant] = []
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
    for (index, line) in lines.enumerated() {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
      guard fields.count == 4 else { throw .malformed(path: path, line: index + 1) }
      let changes = fields[3].split(separator: " ").map { String($0) }
      variants.append(
        Variant(
          part: fields[0], name: fields[1], description: fields[2], changes: changes,
          runs: try Self.runs(of: directory + "/" + fields[1])))
    }
    guard variants.contains(where: { !$0.runs.isEmpty }) else { throw .nothingFinished(path: directory) }
    self.variants = variants
  }

  private static func runs(of directory: String) throws(StudyError) -> [Run] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let seeds = names.compactMap { $0.hasPrefix("seed-") ? Int($0.dropFirst(5)) : nil }
    var runs: [Run] = []
    for seed in seeds.sorted() {
      let run = "\(directory)/seed-\(seed)"
      guard let note = FileManager.default.contents(atPath: run + "/finished") else { continue }
      let times = String(decoding: note, as: UTF8.self).split(separator: "\n").dropFirst().first
      let seconds = times?.split(separator: " ").compactMap { Double($0) }.reduce(0, +)
      runs.append(Run(seed: seed, metrics: try RunMetrics(directory: run), seconds: seconds))
    }
    return runs
  }

  /// The names of the parts, as listed.
  public var parts: [String] {
    var seen: Set<String> = []
    return variants.map(\.part).filter { seen.insert($0).inserted }
  }

  /// All runs.
  public var runs: [Run] { variants.flatMap(\.runs) }

  /// `93 runs of 30 steps on seeds 1, 2, 3; 310 s of processor time in all`.
  public var summary: String {
    let steps = Set(runs.map(\.metrics.lastStep)).sorted().map(String.init).joined(separator: " or ")
    let seeds = Set(runs.map(\.seed)).sorted().map(String.init).joined(separator: ", ")
    let seconds = runs.compactMap(\.seconds).reduce(0, +)
    return
      "\(runs.count) runs of \(steps) steps on seeds \(seeds); \(fixed(seconds, 0)) s of processor time in all"
  }
}

extension Study.Variant {
  /// What it changes, without the sections of the keys: `lr=5e-4`.
  var shortChanges: String {
    changes.map { change in
      let key = change.prefix { $0 != "=" }
      return "`\(key.split(separator: ".").last ?? key)\(change.dropFirst(key.count))`"
    }.joined(separator: " ")
  }
}

/// A number with so many digits behind the point; `-0.0` as `0.0`.
func fixed(_ value: Double, _ digits: Int) -> String {
  let text = String(format: "%.\(digits)f", value)
  return text.hasPrefix("-") && !text.contains(where: { "123456789".contains($0) || $0.isLetter })
    ? String(text.dropFirst()) : text
}
