extension Unit {
  /// The unit of one symbol or word, with a prefix if it takes one.
  ///
  /// A name that stands for itself goes before one with a prefix: `min` is a minute, `Pa` a pascal, `cd` a candela.
  static func named(_ name: String) -> Unit? {
    if let unit = symbols[name] ?? lowerWords[name.lowercased()] { return unit }
    for (prefix, factor) in prefixes where name.hasPrefix(prefix) {
      let rest = String(name.dropFirst(prefix.count))
      if prefixed.contains(rest), let unit = symbols[rest] {
        return Unit(dimension: unit.dimension, factor: unit.factor * factor)
      }
    }
    for (prefix, factor) in prefixWords where name.lowercased().hasPrefix(prefix) {
      if let unit = lowerWords[String(name.lowercased().dropFirst(prefix.count))] {
        return Unit(dimension: unit.dimension, factor: unit.factor * factor)
      }
    }
    return nil
  }

  private static func make(
    _ factor: Double, _ m: Int, _ kg: Int, _ s: Int, _ a: Int = 0, _ k: Int = 0, _ mol: Int = 0
  ) -> Unit {
    Unit(dimension: [m, kg, s, a, k, mol, 0], factor: factor)
  }

  private static let symbols: [String: Unit] = [
    "m": make(1, 1, 0, 0), "g": make(1e-3, 0, 1, 0), "s": make(1, 0, 0, 1), "A": make(1, 0, 0, 0, 1),
    "K": make(1, 0, 0, 0, 0, 1), "mol": make(1, 0, 0, 0, 0, 0, 1),
    "cd": Unit(dimension: [0, 0, 0, 0, 0, 0, 1], factor: 1),
    "N": make(1, 1, 1, -2), "J": make(1, 2, 1, -2), "W": make(1, 2, 1, -3), "Pa": make(1, -1, 1, -2),
    "Hz": make(1, 0, 0, -1), "C": make(1, 0, 0, 1, 1), "V": make(1, 2, 1, -3, -1), "Ω": make(1, 2, 1, -3, -2),
    "F": make(1, -2, -1, 4, 2), "T": make(1, 0, 1, -2, -1), "Wb": make(1, 2, 1, -2, -1),
    "H": make(1, 2, 1, -2, -2),
    "S": make(1, -2, -1, 3, 2), "L": make(1e-3, 3, 0, 0), "l": make(1e-3, 3, 0, 0),
    "M": make(1e3, -3, 0, 0, 0, 0, 1),
    "eV": make(1.602_176_634e-19, 2, 1, -2), "cal": make(4.184, 2, 1, -2), "Wh": make(3600, 2, 1, -2),
    "bar": make(1e5, -1, 1, -2), "atm": make(101_325, -1, 1, -2), "mmHg": make(133.322_387_415, -1, 1, -2),
    "torr": make(133.322_368_421, -1, 1, -2), "Torr": make(133.322_368_421, -1, 1, -2),
    "psi": make(6894.757_293, -1, 1, -2),
    "min": make(60, 0, 0, 1), "h": make(3600, 0, 0, 1), "hr": make(3600, 0, 0, 1), "hrs": make(3600, 0, 0, 1),
    "d": make(86_400, 0, 0, 1), "yr": make(31_557_600, 0, 0, 1), "t": make(1e3, 0, 1, 0),
    "u": make(1.660_539_066_6e-27, 0, 1, 0),
    "Da": make(1.660_539_066_6e-27, 0, 1, 0), "Å": make(1e-10, 1, 0, 0), "in": make(0.0254, 1, 0, 0),
    "ft": make(0.3048, 1, 0, 0),
    "mi": make(1609.344, 1, 0, 0), "yd": make(0.9144, 1, 0, 0), "lb": make(0.453_592_37, 0, 1, 0),
    "oz": make(0.028_349_523, 0, 1, 0),
    "mph": make(0.447_04, 1, 0, -1), "kmh": make(1 / 3.6, 1, 0, -1), "kph": make(1 / 3.6, 1, 0, -1),
    "ha": make(1e4, 2, 0, 0),
    "rad": none, "sr": none, "%": Unit(dimension: none.dimension, factor: 0.01),
    "°": Unit(dimension: none.dimension, factor: .pi / 180),
    "deg": Unit(dimension: none.dimension, factor: .pi / 180), "°C": celsius, "degC": celsius,
    "Bq": make(1, 0, 0, -1),
    "Gy": make(1, 2, 0, -2), "Sv": make(1, 2, 0, -2), "dyn": make(1e-5, 1, 1, -2),
    "erg": make(1e-7, 2, 1, -2),
    "cc": make(1e-6, 3, 0, 0), "sec": make(1, 0, 0, 1), "ohm": make(1, 2, 1, -3, -2),
  ]

  private static let celsius = Unit(dimension: [0, 0, 0, 0, 1, 0, 0], factor: 1, offset: 273.15)

  /// Symbols that take a prefix.
  private static let prefixed: Set = [
    "m", "g", "s", "A", "K", "mol", "N", "J", "W", "Pa", "Hz", "C", "V", "Ω", "F", "T", "Wb", "H", "S", "L",
    "l", "M", "eV", "cal",
    "Wh", "bar", "Bq", "Gy", "Sv", "t", "yr", "ohm", "rad", "Da",
  ]

  /// Longest first.
  private static let prefixes: [(String, Double)] = [
    ("da", 1e1), ("Y", 1e24), ("Z", 1e21), ("E", 1e18), ("P", 1e15), ("T", 1e12), ("G", 1e9), ("M", 1e6),
    ("k", 1e3), ("h", 1e2),
    ("d", 1e-1), ("c", 1e-2), ("m", 1e-3), ("µ", 1e-6), ("u", 1e-6), ("n", 1e-9), ("p", 1e-12), ("f", 1e-15),
    ("a", 1e-18),
  ]

  private static let prefixWords: [(String, Double)] = [
    ("giga", 1e9), ("mega", 1e6), ("kilo", 1e3), ("hecto", 1e2), ("deci", 1e-1), ("centi", 1e-2),
    ("milli", 1e-3), ("micro", 1e-6),
    ("nano", 1e-9), ("pico", 1e-12),
  ]

  private static let lowerWords: [String: Unit] = {
    var words: [String: Unit] = [:]
    for (word, symbol) in names {
      words[word] = symbols[symbol]
      words[word + "s"] = symbols[symbol]
    }
    for (word, symbol) in plurals { words[word] = symbols[symbol] }
    return words
  }()

  private static let names = [
    ("metre", "m"), ("meter", "m"), ("gram", "g"), ("gramme", "g"), ("second", "s"), ("ampere", "A"),
    ("amp", "A"), ("kelvin", "K"),
    ("mole", "mol"), ("newton", "N"), ("joule", "J"), ("watt", "W"), ("pascal", "Pa"), ("coulomb", "C"),
    ("volt", "V"), ("ohm", "Ω"),
    ("farad", "F"), ("tesla", "T"), ("litre", "L"), ("liter", "L"), ("calorie", "cal"), ("minute", "min"),
    ("hour", "h"), ("day", "d"),
    ("year", "yr"), ("tonne", "t"), ("mile", "mi"), ("yard", "yd"), ("pound", "lb"), ("degree", "°"),
    ("radian", "rad"),
    ("electronvolt", "eV"), ("atmosphere", "atm"), ("celsius", "°C"),
  ]

  private static let plurals = [
    ("feet", "ft"), ("foot", "ft"), ("inch", "in"), ("inches", "in"), ("percent", "%"), ("hertz", "Hz"),
    ("pct", "%"),
  ]
}
