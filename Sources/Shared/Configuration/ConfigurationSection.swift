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

  /// What other trainers' keys mean; of the root only.
  private(set) var foreignKeys = ForeignKeys([])

  /// Keys that the command line took away; of the root only.
  private(set) var removed: [[String]] = []

  /// The variables of the environment that the configuration names, with their values; of the root only.
  public private(set) var variables: [String: String] = [:]

  private let positions: [String: Int]
  private var spellings: [String: String] = [:]

  /// The root of the configuration in `yaml`, with `overrides` such as `trainer.seed=1` set.
  ///
  /// An empty text is a configuration that leaves everything at its default. Other trainers' names of options
  /// are replaced by those of `foreignKeys`; `${…}` is resolved against the whole, overrides included.
  ///
  /// - Parameters:
  ///   - yaml: The text of one YAML document, a mapping.
  ///   - file: Its path, for messages.
  ///   - overrides: Arguments in Hydra's grammar; of two with one key the later holds.
  ///   - foreignKeys: What keys mean that no room reads.
  ///   - environment: The variables that `${oc.env:…}` finds. Ranks may have different ones, so all of a run
  ///     must be given the same.
  ///   - reader: Reads every option of a provisional root. It is called if a `${…}` names a key that is not
  ///     given, which then stands for that option's default.
  /// - Returns: The root section.
  /// - Throws: What is wrong with the text or an argument; wrong values are found by the readers.
  public static func load(
    yaml: String, file: String, overrides: [String] = [], foreignKeys: ForeignKeys = ForeignKeys([]),
    environment: [String: String] = [:],
    reader: (ConfigurationSection) -> Void = { _ in }
  ) throws(ConfigurationError) -> ConfigurationSection {
    var given = try GivenKeys(yaml: yaml, file: file, overrides: overrides)
    given.foreignKeys = foreignKeys
    var first = Interpolation(root: given.entries, environment: environment, defaults: [:])
    let resolved = first.resolved(leavesOut: false)
    guard first.hasMissing else { return try given.root(resolved, variables: first.variables) }
    let provisional = try given.root(first.resolved(leavesOut: true), variables: [:])
    reader(provisional)
    let defaults = Dictionary(provisional.resolved.map { ($0.path, $0.value) }) { first, _ in first }
    var second = Interpolation(root: given.entries, environment: environment, defaults: defaults)
    return try given.root(second.resolved(leavesOut: false), variables: second.variables)
  }

  /// What a file and the command line give together.
  private struct GivenKeys {
    let whole: Place
    var entries: [YAMLValue.Entry] = []
    var removed: [[String]] = []
    var foreignKeys = ForeignKeys([])

    init(yaml: String, file: String, overrides: [String]) throws(ConfigurationError) {
      whole = Place(file: file, line: 0, column: 0)
      if let root = try YAMLReader.read(yaml, file: file) {
        guard let given = root.entries else {
          throw .malformed(
            place: root.place,
            reason: "the file is \(root.summary); it must be lines of the form `key: value`")
        }
        entries = given
      }
      for override in overrides {
        if let key = try Override(override).apply(to: &entries) { removed.append(key) }
      }
    }

    func root(
      _ resolved: [YAMLValue.Entry], variables: [String: String]
    ) throws(ConfigurationError) -> ConfigurationSection {
      let options = ResolvedOptions()
      let root = ConfigurationSection(
        components: [], place: whole, entries: try foreignKeys.translated(resolved, notes: &options.notes),
        options: options)
      root.foreignKeys = foreignKeys
      root.removed = removed
      root.variables = variables
      return root
    }
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
    return newSection(key, entries: try entriesOfSection(key))
  }

  /// The sections in the list under `key`, none if it is `null` or absent.
  ///
  /// They are called by their numbers: `reward.rewards.0.weight`. The list may be written as a section of these too,
  /// which is how a resolved configuration has it.
  public func sections(_ key: String) throws(ConfigurationError) -> [ConfigurationSection] {
    let elements = try elements(key)
    let list = subsections[key] ?? newSection(key, entries: elements)
    let names = list.entries.indices.map(String.init)
    guard Set(list.entries.map(\.key)) == Set(names) else {
      throw .wrongValue(
        place: list.ownPlace, key: dotted(key), value: "a section", expected: "a list of sections")
    }
    var sections: [ConfigurationSection] = []
    for name in names { sections.append(try list.section(name)) }
    return sections
  }

  private func newSection(_ key: String, entries: [YAMLValue.Entry]) -> ConfigurationSection {
    precondition(!readKeys.contains(key), "`\(dotted(key))` is read both as a value and as a section")
    let section = ConfigurationSection(
      components: components + [key], place: entry(key)?.keyPlace ?? ownPlace, entries: entries,
      options: options)
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
    .invalid(
      place: place(of: key), key: entry(spelling(of: key))?.foreignName ?? dotted(spelling(of: key)),
      reason: reason)
  }

  /// Tells the operator something about the value of `key`, before the run begins.
  ///
  /// - Parameters:
  ///   - key: The key of this section that is meant.
  ///   - sentence: What follows its name, such as `is 0, so that truncated answers are rewarded`.
  public func warn(_ key: String, _ sentence: String) {
    let entry = entry(spelling(of: key))
    options.notes.append(
      ConfigurationNote(
        place: place(of: key), key: entry?.foreignName ?? dotted(spelling(of: key)),
        value: entry?.value.flow ?? "", kind: .warning(sentence)))
  }

  /// What the operator should know of the whole run's keys; complete once the root is closed.
  public var notes: [ConfigurationNote] { options.notes }

  /// Every option of the whole run that was asked for so far, in that order.
  public var resolved: [ResolvedOption] { options.all }

  /// The options of the whole run that were asked for so far, as a file that `load` reads to the same values.
  ///
  /// Defaults are written out, so that a run can be repeated with a program that has other defaults.
  public func resolvedYAML() -> String { options.all.isEmpty ? "" : options.yaml() }

  /// The entry given under `key` or one of its other names, all of which count as read.
  ///
  /// - Throws: If the file, or the command line, gives two of them.
  func take(_ key: String, aliases: [String]) throws(ConfigurationError) -> YAMLValue.Entry? {
    precondition(subsections[key] == nil, "`\(dotted(key))` is read both as a value and as a section")
    let names = [key] + aliases
    readKeys.formUnion(names)
    var given = names.compactMap(entry)
    // An argument goes before the file under whichever name.
    if let argument = given.first(where: { $0.keyPlace == .commandLine }),
      given.count(where: { $0.keyPlace == .commandLine }) == 1
    {
      given = [argument]
    }
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

  /// The elements of a list as entries that have their numbers for keys.
  private func elements(_ key: String) throws(ConfigurationError) -> [YAMLValue.Entry] {
    guard let value = entry(key)?.value, case .list(let elements) = value.content else {
      return try entriesOfSection(key)
    }
    return elements.enumerated().map {
      YAMLValue.Entry(key: String($0.offset), keyPlace: $0.element.place, value: $0.element)
    }
  }

  private func entriesOfSection(_ key: String) throws(ConfigurationError) -> [YAMLValue.Entry] {
    guard let value = entry(key)?.value else { return [] }
    if case .failed(let error) = value.content { throw error }
    guard let entries = value.entries else {
      throw .wrongValue(
        place: value.place, key: dotted(key), value: value.summary,
        expected: "a section, with keys below it")
    }
    return entries
  }
}
