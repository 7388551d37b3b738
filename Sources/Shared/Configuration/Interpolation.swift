/// Resolves OmegaConf's `${…}` in a tree of values, against that tree.
///
/// | written | stands for |
/// |---|---|
/// | `${a.b}`, `${a.b[0]}` | the value under the dotted key, an element of a list |
/// | `${.b}`, `${..b}` | the same, from the section of the value, from the one around it |
/// | `${oc.select:a.b,default}` | the value, or the default where it is not given |
/// | `${oc.env:NAME}`, `${oc.env:NAME,default}` | a variable of the environment |
/// | `${oc.decode:text}` | the text, read like the value of an override |
/// | `\${` | `${` itself |
///
/// A value that is one interpolation becomes what it stands for, be it a section; others become texts.
struct Interpolation {
  /// Why a value has no meaning; `isMissing` where only a key is not given.
  private struct Problem: Error {
    let reason: String
    var isMissing = false
  }

  /// The most characters that one value may have.
  private static let maximumLength = 100_000

  private let root: [YAMLValue.Entry]
  private let environment: [String: String]
  /// What options are that nobody gives: YAML text by dotted key.
  private let defaults: [String: String]
  /// The keys being looked up, to find circles.
  private var open: [String] = []
  private var remaining = YAMLReader.maximumValues

  /// Whether some value names a key that nobody gives.
  private(set) var hasMissing = false

  /// The variables of the environment that were asked for and are set.
  private(set) var variables: [String: String] = [:]

  init(root: [YAMLValue.Entry], environment: [String: String], defaults: [String: String]) {
    self.root = root
    self.environment = environment
    self.defaults = defaults
  }

  /// The tree with every value resolved.
  ///
  /// A value that cannot be resolved becomes the error that its reader throws, so that an option nobody reads
  /// may say what it wants. Those that name a key nobody gives are left out if `leavesOut` is set.
  mutating func resolved(leavesOut: Bool) -> [YAMLValue.Entry] {
    resolved(root, path: [], leavesOut: leavesOut)
  }

  private mutating func resolved(
    _ entries: [YAMLValue.Entry], path: [String], leavesOut: Bool
  ) -> [YAMLValue.Entry] {
    var result: [YAMLValue.Entry] = []
    for var entry in entries {
      let path = path + [entry.key]
      if case .section(let inner) = entry.value.content {
        entry.value.content = .section(resolved(inner, path: path, leavesOut: leavesOut))
      } else {
        do {
          open = []
          entry.value = try value(entry.value, path: path)
        } catch {
          hasMissing = hasMissing || error.isMissing
          if error.isMissing, leavesOut { continue }
          entry.value.content = .failed(
            .invalid(
              place: entry.value.place, key: path.joined(separator: "."),
              reason: "is \(entry.value.summary): \(error.reason)"))
        }
      }
      result.append(entry)
    }
    return result
  }

  /// `value` with all interpolations in it replaced; `path` leads to it from the root.
  private mutating func value(_ value: YAMLValue, path: [String]) throws(Problem) -> YAMLValue {
    remaining -= 1
    guard remaining > 0 else { throw Problem(reason: "what it stands for is too large") }
    var value = value
    switch value.content {
    case .failed: break
    case .scalar(let text, let isQuoted):
      guard text.contains("${") else { break }
      value.content = try content(text, isQuoted: isQuoted, path: path)
    case .list(let elements):
      var resolved: [YAMLValue] = []
      for element in elements { resolved.append(try self.value(element, path: path)) }
      value.content = .list(resolved)
    case .section(var entries):
      for index in entries.indices {
        entries[index].value = try self.value(entries[index].value, path: path + [entries[index].key])
      }
      value.content = .section(entries)
    }
    return value
  }

  // MARK: Texts

  private mutating func content(
    _ text: String, isQuoted: Bool, path: [String]
  ) throws(Problem) -> YAMLValue.Content {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${") {
      let before = rest[..<start.lowerBound]
      if before.hasSuffix("\\") {
        result += before.dropLast() + "${"
        rest = rest[start.upperBound...]
        continue
      }
      let end = try Self.end(of: rest[start.upperBound...])
      let meaning = try expression(String(rest[start.upperBound..<end]), path: path)
      rest = rest[rest.index(after: end)...]
      if result.isEmpty, before.isEmpty, rest.isEmpty { return meaning.content }
      guard case .scalar(let piece, _) = meaning.content else {
        throw Problem(reason: "\(meaning.summary) cannot be part of a text")
      }
      result += before + piece
      guard result.utf8.count < Self.maximumLength else {
        throw Problem(reason: "what it stands for is too long")
      }
    }
    return .scalar(result + rest, isQuoted: isQuoted)
  }

  /// The place of the brace that closes what begins after `${`.
  private static func end(of text: Substring) throws(Problem) -> String.Index {
    var depth = 0
    for index in text.indices {
      if text[index] == "{" { depth += 1 }
      guard text[index] == "}" else { continue }
      if depth == 0 { return index }
      depth -= 1
    }
    throw Problem(reason: "`${` is not closed; write `\\${` for the text")
  }

  /// What stands between `${` and `}`.
  private mutating func expression(_ written: String, path: [String]) throws(Problem) -> YAMLValue {
    guard open.count < YAMLReader.maximumDepth else { throw Problem(reason: "it goes through too many keys") }
    var text = written
    if written.contains("${") {
      guard case .scalar(let inner, _) = try content(written, isQuoted: false, path: path) else {
        throw Problem(reason: "`\(written)` names no key")
      }
      text = inner
    }
    guard let colon = text.firstIndex(of: ":") else { return try key(Self.trimmed(text[...]), path: path) }
    let name = Self.trimmed(text[..<colon])
    let (first, fallback) = Self.arguments(text[text.index(after: colon)...])
    switch name {
    case "oc.env":
      if let value = environment[first] {
        variables[first] = value
        return Self.scalar(value)
      }
      guard let fallback else {
        throw Problem(
          reason: "the environment has no \(quoted(first)); set it, or give a default after a comma")
      }
      return try decoded(fallback)
    case "oc.select":
      do {
        return try key(first, path: path)
      } catch {
        guard error.isMissing, let fallback else { throw error }
        return try decoded(fallback)
      }
    case "oc.decode":
      let value = try decoded(Self.trimmed(text[text.index(after: colon)...]))
      guard case .scalar(let inner, isQuoted: true) = value.content else { return value }
      return try decoded(inner)
    default:
      throw Problem(
        reason:
          "there is no resolver \(quoted(name)) here; known are `oc.select`, `oc.env` and `oc.decode`")
    }
  }

  private mutating func decoded(_ text: String) throws(Problem) -> YAMLValue {
    do {
      return try HydraValue.read(text)
    } catch {
      throw Problem(reason: "its default \(error.reason)")
    }
  }

  /// The two arguments of a resolver, split at the first comma outside of brackets and quotes.
  private static func arguments(_ text: Substring) -> (String, String?) {
    guard let comma = text.firstIndex(of: ",") else { return (trimmed(text), nil) }
    return (trimmed(text[..<comma]), trimmed(text[text.index(after: comma)...]))
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0.isWhitespace }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }

  private static func scalar(_ text: String) -> YAMLValue {
    YAMLValue(place: .commandLine, content: .scalar(text, isQuoted: false))
  }

  // MARK: Keys

  /// The value under `written`, which counts from the root, or after dots from the section of `path`.
  private mutating func key(_ written: String, path: [String]) throws(Problem) -> YAMLValue {
    let dots = written.prefix { $0 == "." }.count
    let name = written.dropFirst(dots).replacing("[", with: ".").replacing("]", with: "")
    let relative = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !relative.contains(""), dots <= path.count else {
      throw Problem(reason: "\(quoted(written)) is no key")
    }
    let full = (dots == 0 ? [] : Array(path.prefix(path.count - dots))) + relative
    let dotted = full.joined(separator: ".")
    guard !open.contains(dotted) else {
      throw Problem(reason: "\(quoted(dotted)) leads back to itself")
    }
    open.append(dotted)
    defer { open.removeLast() }
    if let found = try look(up: full[...], in: .section(root), path: []) {
      return try value(found, path: full)
    }
    guard let text = defaults[dotted], let value = try? YAMLReader.read(text, file: "") else {
      throw Problem(
        reason: "\(quoted(dotted)) is not given; give it, or write `${oc.select:\(dotted),default}`",
        isMissing: true)
    }
    return value
  }

  /// The value at the end of `rest`, nil if it is not given.
  private mutating func look(
    up rest: ArraySlice<String>, in content: YAMLValue.Content, path: [String]
  ) throws(Problem) -> YAMLValue? {
    guard let name = rest.first else { return nil }
    var found: YAMLValue?
    switch content {
    case .section(let entries): found = entries.first { $0.key == name }?.value
    case .list(let elements): found = Int(name).flatMap { elements.indices.contains($0) ? elements[$0] : nil }
    case .scalar, .failed: break
    }
    guard var found, rest.count > 1 else { return found }
    // A section may be an interpolation itself.
    if found.isScalar { found = try value(found, path: path + [name]) }
    return try look(up: rest.dropFirst(), in: found.content, path: path + [name])
  }
}
