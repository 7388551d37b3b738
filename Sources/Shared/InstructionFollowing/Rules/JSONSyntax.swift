/// Whether a text is JSON as Python reads it: RFC 8259 with `NaN`, `Infinity` and `-Infinity`, any value at the
/// top, and repeated names allowed.
///
/// Like Python it refuses whole numbers of more than 4,300 digits. It has no stack of calls to run out of: what is
/// nested deeper than 1,000 levels, where Python gives up, is no document.
struct JSONSyntax {
  private static let depthLimit = 1_000
  private static let digitLimit = 4_300

  private let text: Scalars
  private var place = 0

  private init(_ text: Scalars) { self.text = text }

  /// Whether `text` is one value with nothing but blanks around it.
  static func isDocument(_ text: Scalars) -> Bool {
    var reader = JSONSyntax(text)
    return reader.readDocument()
  }

  private var next: Unicode.Scalar? { place < text.count ? text[place] : nil }

  /// What the innermost open bracket waits for after a value.
  private enum Container { case array, object }

  private mutating func readDocument() -> Bool {
    var open: [Container] = []
    while true {
      // A value starts here; containers with something in them go round again.
      skipBlanks()
      switch next {
      case "[":
        place += 1
        skipBlanks()
        if !take("]") {
          open.append(.array)
          guard open.count < Self.depthLimit else { return false }
          continue
        }
      case "{":
        place += 1
        skipBlanks()
        if !take("}") {
          open.append(.object)
          guard open.count < Self.depthLimit, readName() else { return false }
          continue
        }
      default:
        guard readScalar() else { return false }
      }
      guard let isFinished = closeContainers(&open) else { return false }
      if isFinished { return place == text.count }
    }
  }

  /// Goes on after a value: over brackets that close, to the next element if there is one; nil if neither
  /// stands there, true if nothing is open.
  private mutating func closeContainers(_ open: inout [Container]) -> Bool? {
    skipBlanks()
    while let container = open.last {
      if take(",") {
        skipBlanks()
        return container == .array || readName() ? false : nil
      }
      guard take(container == .array ? "]" : "}") else { return nil }
      open.removeLast()
      skipBlanks()
    }
    return true
  }

  private mutating func skipBlanks() {
    while let next, next == " " || next == "\t" || next == "\n" || next == "\r" { place += 1 }
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    place += 1
    return true
  }

  /// A member's name and its colon.
  private mutating func readName() -> Bool {
    guard readString() else { return false }
    skipBlanks()
    return take(":")
  }

  private mutating func readScalar() -> Bool {
    if next == .quote { return readString() }
    for word in Self.words where text.has(word, at: place) {
      place += word.count
      return true
    }
    return readNumber()
  }

  private static let words = ["true", "false", "null", "NaN", "Infinity", "-Infinity"].map(Scalars.init(_:))

  private mutating func readString() -> Bool {
    guard take(.quote) else { return false }
    while let scalar = next {
      place += 1
      switch scalar {
      case .quote: return true
      case "\\": guard readEscape() else { return false }
      default: guard scalar.value >= 0x20 else { return false }
      }
    }
    return false
  }

  private mutating func readEscape() -> Bool {
    guard let scalar = next else { return false }
    place += 1
    guard scalar == "u" else { return "\"\\/bfnrt".unicodeScalars.contains(scalar) }
    let digits = text[place..<min(place + 4, text.count)]
    place += digits.count
    return digits.count == 4 && digits.allSatisfy(\.properties.isASCIIHexDigit)
  }

  private mutating func readNumber() -> Bool {
    _ = take("-")
    let whole = readDigits()
    guard whole == 1 || (whole > 1 && text[place - whole] != "0") else { return false }
    var isWhole = true
    let beforeFraction = place
    if take(.period) {
      if readDigits() > 0 { isWhole = false } else { place = beforeFraction }
    }
    let beforeExponent = place
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      if readDigits() > 0 { isWhole = false } else { place = beforeExponent }
    }
    return !isWhole || whole <= Self.digitLimit
  }

  private mutating func readDigits() -> Int {
    let start = place
    while let next, next.isASCIIDigit { place += 1 }
    return place - start
  }
}
