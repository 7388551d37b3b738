/// A section of a run's configuration, read key by key.
///
/// Each room reads its own options from its own section, so that a key, its default, its range and its
/// meaning stand in one place. Keys nobody read are mistakes; `close()` on the root reports them once all
/// rooms have read.
///
/// ```swift
/// let run = try ConfigurationSection.load(yaml: text, file: "run.yaml", overrides: ["trainer.nnodes=2"])
/// let actor = try run.section("actor_rollout_ref").section("actor")
/// let clipRatioLow = try actor.number("clip_ratio_low", default: 0.2, in: 0...1)
/// try run.close()
/// ```
///
/// What is given counts, even if it is `null`: only the `optional` readers take that for no value.
public final class ConfigurationSection {
  /// The sections from the root to this one, without the root.
  let components: [String]

  /// Where the section stands; the file where it has none of its own.
  let ownPlace: Place

  /// The keys given, in the order of the file, then those that only the command line gives.
  let entries: [YAMLValue.Entry]

  /// Every name some room asked for as a value.
  private(set) var readKeys: Set<String> = []

  /// Every section some room asked for.
  private(set) var subsections: [String: ConfigurationSection] = [:]

  /// What all sections of the run were asked.
  let options: ResolvedOptions

  private let positions: [String: Int]
  private var spellings: [String: String] = [:]

  /// The root of the configuration in `yaml`, with `overrides` such as `trainer.seed=1` set.
  ///
  /// An empty text is a configuration that leaves everything at its default.
  ///
  /// - Parameters:
  ///   - yaml: The text of one YAML document, a mapping.
  ///   - file: Its path, for messages.
  ///   - overrides: Arguments `dotted.key=value`; of two with one key the later holds.
  /// - Returns: The root section.
  /// - Throws: What is wrong with the text or an argument; wrong values are found by the readers.
  public static func load(
    yaml: String, file: String, overrides: [String] = []
  ) throws(ConfigurationError) -> ConfigurationSection {
    let whole = Place(file: file, line: 0, column: 0)
    var entries: [YAMLValue.Entry] = []
    if let root = try YAMLReader.read(yaml, file: file) {
      guard let given = root.entries else {
        throw .malformed(
          place: root.place, reason: "the file is \(root.summary); it must be lines of the form `key: value`")
      }
      entries = given
    }
    for override in overrides { try Override(override).apply(to: &entries) }
    return ConfigurationSection(components: [], place: whole, entries: entries, options: ResolvedOptions())
  }

  private init(
    components: [String], place: Place, entries: [YAMLValue.Entry], options: ResolvedOptions
  ) {
    self.components = components
    ownPlace = place
    self.entries = entries
    self.options = options
    positions = Dictionary(uniqueKeysWithValues: zip(entries.map(\.key), entries.indices))
  }

  /// The dotted path of this section, such as `actor_rollout_ref.actor`; empty at the root.
  public var path: String { components.joined(separator: ".") }

  /// The section under `key`, empty if none is given; the same object each time.
  public func section(_ key: String) throws(ConfigurationError) -> ConfigurationSection {
    if let known = subsections[key] { return known }
    precondition(!readKeys.contains(key), "`\(dotted(key))` is read both as a value and as a section")
    let section = ConfigurationSection(
      components: components + [key], place: entry(key)?.keyPlace ?? ownPlace,
      entries: try entriesOfSection(key), options: options)
    subsections[key] = section
    return section
  }

  /// Whether `key` is given, be it `null`; asking does not count as reading.
  public func contains(_ key: String) -> Bool { positions[key] != nil }

  /// Where the value of `key` was written, under whichever name it was read; the section's place if nowhere.
  public func place(of key: String) -> Place {
    entry(spelling(of: key))?.value.place ?? ownPlace
  }

  /// An error for what only a reader can see, such as two options that contradict each other.
  ///
  /// ```swift
  /// guard high >= low else { throw actor.fail("clip_ratio_high", "is below `clip_ratio_low`") }
  /// ```
  ///
  /// - Parameters:
  ///   - key: The key of this section whose place and dotted name the message starts with.
  ///   - reason: The rest of the sentence.
  /// - Returns: The error, to be thrown.
  public func fail(_ key: String, _ reason: String) -> ConfigurationError {
    .invalid(place: place(of: key), key: dotted(spelling(of: key)), reason: reason)
  }

  /// Every option of the whole run that was asked for so far, in that order.
  public var resolved: [ResolvedOption] { options.all }

  /// The options of the whole run that were asked for so far, as a file that `load` reads to the same values.
  ///
  /// Defaults are written out, so that a run can be repeated with a program that has other defaults.
  public func resolvedYAML() -> String { options.all.isEmpty ? "" : options.yaml() }

  /// The entry given under `key` or one of its other names, all of which count as read.
  func take(_ key: String, aliases: [String]) throws(ConfigurationError) -> YAMLValue.Entry? {
    precondition(subsections[key] == nil, "`\(dotted(key))` is read both as a value and as a section")
    let names = [key] + aliases
    readKeys.formUnion(names)
    let given = names.compactMap(entry)
    if given.count > 1 {
      throw .conflictingKeys(
        place: given[1].keyPlace, key: dotted(given[1].key), other: dotted(given[0].key),
        otherPlace: given[0].keyPlace)
    }
    spellings[key] = given.first?.key
    return given.first
  }

  /// `key` with the path of this section before it.
  func dotted(_ key: String) -> String { (components + [key]).joined(separator: ".") }

  private func entry(_ key: String) -> YAMLValue.Entry? { positions[key].map { entries[$0] } }

  private func spelling(of key: String) -> String { spellings[key] ?? key }

  private func entriesOfSection(_ key: String) throws(ConfigurationError) -> [YAMLValue.Entry] {
    guard let value = entry(key)?.value else { return [] }
    guard let entries = value.entries else {
      throw .wrongValue(
        place: value.place, key: dotted(key), value: value.summary,
        expected: "a section, with keys below it")
    }
    return entries
  }
}
