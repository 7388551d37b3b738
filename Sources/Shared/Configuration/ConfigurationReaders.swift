// Every reader returns the default if the key is absent, and throws if what is given does not fit. All take
// `aliases`, other names of the same option; giving an option under two names is an error.

extension ConfigurationSection {
  /// The number under `key`; an integer counts, as do `1e-4` and `.5`, infinity and NaN do not.
  public func number(
    _ key: String, default: Double, in range: ClosedRange<Double>, aliases: [String] = []
  ) throws(ConfigurationError) -> Double {
    precondition(
      range.contains(`default`) && `default`.isFinite, "default of `\(dotted(key))` is not in \(range)")
    return try read(key, aliases, default: `default`, expected: .number(range), write: \.description) {
      Self.number($0, in: range)
    }
  }

  /// The integer under `key`, without a fraction: `3.0` is none.
  public func integer(
    _ key: String, default: Int, in range: ClosedRange<Int>, aliases: [String] = []
  ) throws(ConfigurationError) -> Int {
    precondition(range.contains(`default`), "default of `\(dotted(key))` is not in \(range)")
    return try read(key, aliases, default: `default`, expected: .integer(range), write: \.description) {
      Self.integer($0, in: range)
    }
  }

  /// The boolean under `key`, `true` or `false`.
  public func boolean(
    _ key: String, default: Bool, aliases: [String] = []
  ) throws(ConfigurationError) -> Bool {
    try read(key, aliases, default: `default`, expected: .boolean, write: \.description) {
      $0.plainText.flatMap(ScalarSyntax.boolean)
    }
  }

  /// The text under `key`; it needs no quotes to look like a number.
  public func string(
    _ key: String, default: String, aliases: [String] = []
  ) throws(ConfigurationError) -> String {
    try read(key, aliases, default: `default`, expected: .string, write: ScalarSyntax.write) { $0.string }
  }

  /// The texts under `key`: a list of them, or a single one.
  public func strings(
    _ key: String, default: [String], aliases: [String] = []
  ) throws(ConfigurationError) -> [String] {
    try read(key, aliases, default: `default`, expected: .strings, write: Self.write) { Self.strings($0) }
  }

  /// The case of `T` whose raw value stands under `key`.
  public func choice<T: RawRepresentable & CaseIterable>(
    _ key: String, default: T, aliases: [String] = []
  ) throws(ConfigurationError) -> T where T.RawValue == String {
    let cases = T.allCases.map(\.rawValue)
    return try read(
      key, aliases, default: `default`, expected: .choice(cases), write: { ScalarSyntax.write($0.rawValue) },
      parse: { value in value.choiceText.flatMap(T.init(rawValue:)) })
  }

  /// The number under `key`, nil if that is `null`, and `default` if it is absent.
  public func optionalNumber(
    _ key: String, default: Double? = nil, in range: ClosedRange<Double>, aliases: [String] = []
  ) throws(ConfigurationError) -> Double? {
    try optional(key, aliases, default: `default`, expected: .number(range), write: \.description) {
      Self.number($0, in: range)
    }
  }

  /// The integer under `key`, nil if that is `null` or absent.
  public func optionalInteger(
    _ key: String, in range: ClosedRange<Int>, aliases: [String] = []
  ) throws(ConfigurationError) -> Int? {
    try optional(key, aliases, expected: .integer(range), write: \.description) {
      Self.integer($0, in: range)
    }
  }

  /// The text under `key`, nil if that is `null` or absent.
  public func optionalString(
    _ key: String, aliases: [String] = []
  ) throws(ConfigurationError) -> String? {
    try optional(key, aliases, expected: .string, write: ScalarSyntax.write) { $0.string }
  }

  /// The texts in the list under `key`, nil if that is `null` or absent.
  public func optionalStrings(
    _ key: String, aliases: [String] = []
  ) throws(ConfigurationError) -> [String]? {
    try optional(key, aliases, expected: .strings, write: Self.write) { Self.strings($0) }
  }

  /// Settings of other options: a section under `key` whose leaves are returned as `dotted.key=value`, in order.
  public func assignments(_ key: String) throws(ConfigurationError) -> [String] {
    try read(
      key, [], default: [], expected: .string,
      write: { "{" + $0.map(Self.flowEntry).joined(separator: ", ") + "}" },
      parse: { value in value.entries.map { Self.leaves($0, below: "") } })
  }

  private static func leaves(_ entries: [YAMLValue.Entry], below path: String) -> [String] {
    entries.flatMap { entry in
      let name = path + entry.key
      if case .section(let inner) = entry.value.content { return leaves(inner, below: name + ".") }
      return [name + "=" + entry.value.flow]
    }
  }

  /// `a.b=1` as an entry of a mapping in one line.
  private static func flowEntry(_ assignment: String) -> String {
    let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.joined(separator: ": ")
  }

  private func optional<T>(
    _ key: String, _ aliases: [String], default: T? = nil, expected: ExpectedValue, write: (T) -> String,
    parse: (YAMLValue) -> T?
  ) throws(ConfigurationError) -> T? {
    try read(
      key, aliases, default: `default`, expected: .orNull(expected), write: { $0.map(write) ?? "null" },
      parse: { value in value.isNull ? .some(nil) : parse(value).map(Optional.some) })
  }

  /// What all readers share: find the value, check it, note what it was and where it came from.
  private func read<T>(
    _ key: String, _ aliases: [String], default: T, expected: ExpectedValue, write: (T) -> String,
    parse: (YAMLValue) -> T?
  ) throws(ConfigurationError) -> T {
    let path = components + [key]
    guard let entry = try take(key, aliases: aliases) else {
      options.add(ResolvedOption(components: path, value: write(`default`), origin: .default))
      return `default`
    }
    let place = entry.value.place
    if case .failed(let error) = entry.value.content { throw error }
    let name = entry.foreignName ?? dotted(entry.key)
    guard let value = parse(entry.value) else {
      throw .wrongValue(place: place, key: name, value: entry.value.summary, expected: expected.description)
    }
    let origin: ResolvedOption.Origin = place == .commandLine ? .commandLine : .file(place)
    let alias = entry.foreignName ?? (entry.key == key ? nil : entry.key)
    options.add(ResolvedOption(components: path, value: write(value), origin: origin, alias: alias))
    return value
  }

  private static func number(_ value: YAMLValue, in range: ClosedRange<Double>) -> Double? {
    value.plainText.flatMap(ScalarSyntax.number).flatMap { range.contains($0) ? $0 : nil }
  }

  private static func integer(_ value: YAMLValue, in range: ClosedRange<Int>) -> Int? {
    value.plainText.flatMap(ScalarSyntax.integer).flatMap { range.contains($0) ? $0 : nil }
  }

  private static func strings(_ value: YAMLValue) -> [String]? {
    guard case .list(let values) = value.content else { return value.string.map { [$0] } }
    let texts = values.compactMap(\.string)
    return texts.count == values.count ? texts : nil
  }

  private static func write(_ strings: [String]) -> String {
    "[" + strings.map(ScalarSyntax.write).joined(separator: ", ") + "]"
  }
}

/// What a reader takes; its description completes "it must be".
indirect enum ExpectedValue: CustomStringConvertible {
  case number(ClosedRange<Double>)
  case integer(ClosedRange<Int>)
  case boolean
  case string
  case strings
  case choice([String])
  case orNull(ExpectedValue)

  var description: String {
    switch self {
    case .number(let range):
      let greatest = Double.greatestFiniteMagnitude
      let (isOpenBelow, isOpenAbove) = (range.lowerBound <= -greatest, range.upperBound >= greatest)
      return "a number" + bounds(range, isOpenBelow, isOpenAbove)
    case .integer(let range):
      return "an integer" + bounds(range, range.lowerBound == .min, range.upperBound == .max)
    case .boolean: return "`true` or `false`"
    case .string: return "a text"
    case .strings: return "a text or a list of texts"
    case .choice(let cases): return "one of " + cases.map { "`\($0)`" }.joined(separator: ", ")
    case .orNull(let expected): return "\(expected) or `null`"
    }
  }

  /// The range in words, without a bound that every value keeps.
  private func bounds<T>(_ range: ClosedRange<T>, _ isOpenBelow: Bool, _ isOpenAbove: Bool) -> String {
    switch (isOpenBelow, isOpenAbove) {
    case (true, true): ""
    case (true, false): " of at most \(range.upperBound)"
    case (false, true): " of at least \(range.lowerBound)"
    case (false, false): " in \(range.lowerBound)...\(range.upperBound)"
    }
  }
}
