/// LaTeX as plain text, as pylatexenc's `latex2text` writes it for ``PrimeMathRule``: `2\sqrt{3}` is `2sqrt(3)`.
///
/// Braces vanish, unknown commands too, a fraction is its parts with a slash between and no parentheses.
struct LatexAsText {
  private let text: Scalars
  private var index = 0
  private var depth = 0

  /// The plain form of `text` without white space at its ends; nil where an argument is missing or braces nest
  /// deeper than ``Limits/depth``.
  static func plain(_ text: Scalars) -> Scalars? {
    var text = text
    for (from, to) in [("\\tfrac", "\\frac"), ("\\dfrac", "\\frac"), ("\\frac", " \\frac")] {
      text = text.replacing(from, by: to)
    }
    var reader = LatexAsText(text: text)
    var result = Scalars()
    while reader.index < text.count {
      guard let piece = reader.pieces() else { return nil }
      result += piece
      // A brace that closes none is passed over.
      reader.index += 1
    }
    return result.trimmed
  }

  private init(text: Scalars) { self.text = text }

  /// What is written up to a closing brace or the end.
  private mutating func pieces() -> Scalars? {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Limits.depth else { return nil }
    var result = Scalars()
    while index < text.count, text[index] != "}" {
      switch text[index] {
      case "&":
        index += 1
        result = Self.cut(result) + [" "]
        skipBlanks()
      case "\\" where text.has("\\\\".scalars, at: index):
        index += 2
        result = Self.cut(result) + ["\n"]
        skipBlanks()
      default:
        guard let piece = piece() else { return nil }
        result += piece
      }
    }
    return result
  }

  private static func cut(_ text: Scalars) -> Scalars {
    var text = text
    while let last = text.last, last == " " { text.removeLast() }
    return text
  }

  private mutating func skipBlanks() {
    while index < text.count, text[index].isSpace { index += 1 }
  }

  /// One character, group or command.
  private mutating func piece() -> Scalars? {
    switch text[index] {
    case "{":
      index += 1
      guard let inside = pieces() else { return nil }
      index += 1
      return inside
    case "\\": return command()
    default:
      index += 1
      return [text[index - 1]]
    }
  }

  private mutating func argument() -> Scalars? {
    skipBlanks()
    guard index < text.count, text[index] != "}" else { return nil }
    return piece()
  }

  private mutating func command() -> Scalars? {
    index += 1
    guard index < text.count else { return [] }
    let start = index
    while index < text.count, text[index].isLetter { index += 1 }
    guard index > start else {
      index += 1
      let sign = text[index - 1]
      return sign == "!" || sign == "|" ? [] : ",;: ".unicodeScalars.contains(sign) ? [" "] : [sign]
    }
    let name = String(text[start..<index])
    skipBlanks()
    return written(name)
  }

  private mutating func written(_ name: String) -> Scalars? {
    switch name {
    case "frac":
      guard let top = argument(), let bottom = argument() else { return nil }
      return top + ["/"] + bottom
    case "sqrt":
      if index < text.count, text[index] == "[" {
        index = (text[index...].firstIndex(of: "]") ?? text.count - 1) + 1
      }
      return argument().map { "sqrt(".scalars + $0 + [")"] }
    case "mathbb": return argument().map { $0.map { Self.doubleStruck[$0] ?? $0 } }
    case "begin", "end":
      guard let environment = argument() else { return nil }
      if name == "begin", environment == "array".scalars { _ = argument() }
      if name == "begin" { skipBlanks() }
      return name == "begin" ? "[ ".scalars : " ]".scalars
    default: return Self.words.contains(name) ? name.scalars : Self.signs[name] ?? []
    }
  }

  private static let doubleStruck: [Unicode.Scalar: Unicode.Scalar] = [
    "R": "ℝ", "Z": "ℤ", "N": "ℕ", "Q": "ℚ", "C": "ℂ",
  ]

  private static let words: Set = [
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "exp", "ln", "log", "lim",
    "max", "min", "sup", "inf", "pi",
  ]

  private static let signs: [String: Scalars] = [
    "infty": "inf", "cdot": "*", "times": "*", "cup": "U", "cap": "∩", "div": "÷", "pm": "±", "mp": "∓",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "neq": "≠", "in": "∈", "circ": "∘", "approx": "≈",
    "equiv": "≡", "sim": "∼", "to": "→", "rightarrow": "→", "setminus": "∖", "mid": "|", "vert": "|",
    "lvert": "|", "rvert": "|", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "langle": "⟨",
    "rangle": "⟩", "lbrace": "{", "rbrace": "}", "emptyset": "∅", "varnothing": "∅", "dots": "…",
    "ldots": "…", "cdots": "⋯", "prime": "'", "angle": "∠", "perp": "⊥", "parallel": "∥", "quad": "  ",
    "qquad": "    ", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ",
    "varepsilon": "ε", "theta": "θ", "lambda": "λ", "mu": "μ", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "phi": "ϕ", "varphi": "φ", "psi": "ψ", "omega": "ω", "Delta": "Δ", "Omega": "Ω", "Phi": "Φ",
    "ell": "ℓ", "sum": "∑", "prod": "∏", "int": "∫",
  ].mapValues(\.scalars)
}
