/// What is refused before it is parsed.
///
/// Composed nodes are released one inside the other, so a chain of aliases, each around the one before it,
/// can build a tree deeper than the stack. The parser limits nesting within an anchor only.
enum YAMLLimits {
  /// The levels that are certain to fit a stack of 8 MiB; its end comes after 25,000.
  private static let safeDepth = 10_000

  /// Refuses a text whose aliases could nest too deep.
  ///
  /// The bound is generous: the most levels anywhere in the text, once for each alias.
  static func check(_ text: String, file: String) throws(ConfigurationError) {
    var measure = Measure()
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) { measure.add(line) }
    guard measure.aliases <= safeDepth / (1 + measure.deepestFlow + measure.deepestBlock) else {
      throw .malformed(
        place: Place(file: file, line: 0, column: 0),
        reason: "\(measure.aliases) aliases in a deeply nested file; write out what they stand for")
    }
  }

  /// Upper bounds, counted without regard to quotes.
  private struct Measure {
    var aliases = 0
    var deepestFlow = 0
    var deepestBlock = 0
    private var openFlow = 0

    mutating func add(_ line: Substring.UTF8View) {
      // A block is opened by indentation, or by a dash or question mark within it.
      let opening = line.prefix { " -?".utf8.contains($0) }
      let rest = line.dropFirst(opening.count)
      guard rest.first != UInt8(ascii: "#") else { return }
      deepestBlock = max(deepestBlock, opening.count)
      var previous = UInt8(ascii: " ")
      for byte in rest {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"): openFlow += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): openFlow = max(0, openFlow - 1)
        case UInt8(ascii: "*") where " [{,:".utf8.contains(previous): aliases += 1
        default: break
        }
        deepestFlow = max(deepestFlow, openFlow)
        previous = byte
      }
    }
  }

  /// The message for a value at `place` below too many others.
  static func tooDeep(_ place: Place) -> ConfigurationError {
    .malformed(
      place: place,
      reason: "sections and lists are nested more than \(YAMLReader.maximumDepth) deep; check the indentation"
    )
  }
}
