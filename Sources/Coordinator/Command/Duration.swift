import Configuration

extension ConfigurationSection {
  /// The seconds of a duration such as `45s`, `30m`, `3h50m` or `1d12h`; nil where there is none.
  func duration(_ key: String) throws -> Double? {
    guard let text = try optionalString(key) else { return nil }
    guard let seconds = Self.seconds(of: text), seconds > 0 else {
      throw fail(key, "is `\(text)`; write a duration such as 45s, 30m, 3h50m or 1d12h")
    }
    return seconds
  }

  /// The seconds of `text`, units from days to seconds, each at most once.
  static func seconds(of text: String) -> Double? {
    var units: [(Character, Double)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
    var (total, digits) = (0.0, "")
    for character in text {
      if character.isASCII, character.isNumber {
        digits.append(character)
      } else {
        guard let place = units.firstIndex(where: { $0.0 == character }), let count = Double(digits) else {
          return nil
        }
        total += count * units[place].1
        units.removeFirst(place + 1)
        digits = ""
      }
    }
    return digits.isEmpty && !text.isEmpty ? total : nil
  }
}
