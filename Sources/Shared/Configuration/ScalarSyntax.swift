/// How a single value is written: what counts as a number, and when a string needs quotes.
///
/// The grammar is YAML 1.2's core schema, less the forms that YAML 1.1 reads differently: `010` is 8 to one
/// and 10 to the other, so it is no number here. `1e-4`, which some readers take for a string, is one.
enum ScalarSyntax {
  /// The number `text` stands for, always finite.
  static func number(_ text: String) -> Double? {
    guard isNumber(text), let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// The integer `text` stands for: digits after an optional sign, so not `3.0`.
  static func integer(_ text: String) -> Int? {
    isInteger(unsigned(text)) ? Int(text) : nil
  }

  /// The boolean `text` stands for.
  static func boolean(_ text: String) -> Bool? {
    switch text {
    case "true", "True", "TRUE": true
    case "false", "False", "FALSE": false
    default: nil
    }
  }

  /// Whether `text` without quotes stands for no value.
  static func isNull(_ text: String) -> Bool {
    ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// `string` as YAML that reads back as the same string, in a list as well.
  static func write(_ string: String) -> String {
    if isPlainString(string) { return string }
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      default: text += isPrintable(scalar) ? String(scalar) : yamlEscape(scalar)
      }
    }
    return text + "\""
  }

  /// Sign, digits, fraction, exponent, of which only digits on one side of the point are needed.
  private static func isNumber(_ text: String) -> Bool {
    var rest = unsigned(text)[...]
    let whole = rest.prefix(while: isDigit)
    rest = rest.dropFirst(whole.count)
    var fraction = rest.prefix(0)
    if rest.first == UInt8(ascii: ".") {
      fraction = rest.dropFirst().prefix(while: isDigit)
      rest = rest.dropFirst(1 + fraction.count)
    }
    guard isInteger(Array(whole)) || (whole.isEmpty && !fraction.isEmpty) else { return false }
    guard let e = rest.first else { return true }
    guard e == UInt8(ascii: "e") || e == UInt8(ascii: "E") else { return false }
    let exponent = unsigned(rest.dropFirst())
    return !exponent.isEmpty && exponent.allSatisfy(isDigit)
  }

  private static func unsigned(_ text: String) -> [UInt8] { unsigned(Array(text.utf8)[...]) }

  private static func unsigned(_ text: ArraySlice<UInt8>) -> [UInt8] {
    let isSigned = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+")
    return Array(text.dropFirst(isSigned ? 1 : 0))
  }

  private static func isInteger(_ digits: [UInt8]) -> Bool {
    guard let first = digits.first, digits.allSatisfy(isDigit) else { return false }
    return first != UInt8(ascii: "0") || digits.count == 1
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Whether every YAML reader, of whatever version, takes `string` without quotes for a string.
  private static func isPlainString(_ string: String) -> Bool {
    // Words that some version of YAML takes for a boolean or for null.
    let words: Set = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
    guard let first = string.utf8.first, isLetter(first) || first == UInt8(ascii: "/"),
      !words.contains(string.lowercased())
    else { return false }
    return string.utf8.allSatisfy { isLetter($0) || isDigit($0) || "_-./@+".utf8.contains($0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }

  private static func yamlEscape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\t": "\\t"
    default:
      if scalar.value > 0xFFFF {
        "\\U" + hexadecimal(scalar.value, digits: 8)
      } else {
        "\\u" + hexadecimal(scalar.value, digits: 4)
      }
    }
  }

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

/// Whether `scalar` may stand in a line as it is: neither control, nor line break, nor invisible.
func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
  case .spaceSeparator: scalar == " "
  default: true
  }
}
