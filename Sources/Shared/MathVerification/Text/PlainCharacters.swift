/// Mathematics written in characters that LaTeX and ASCII have other names for.
///
/// | written | read as |
/// |---|---|
/// | `−` (minus) | `-` |
/// | digits of other scripts, full-width forms | `0`…`9`, ASCII |
/// | `²` `³` … | `^{2}` `^{3}` … |
/// | `π` `√` `∞` `≤` `≥` `≠` `±` `∪` `∩` `∈` `∅` `°` `·` `½` … | the LaTeX command |
/// | NUL and other control characters, zero-width and direction marks | nothing |
///
/// `×` and `÷` stay: the patterns of plain expressions know them.
enum PlainCharacters {
  /// `text` in LaTeX's characters.
  static func clean(_ text: String) -> Scalars {
    var result = Scalars()
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      if scalar.value < 128 {
        // White space stays; other control characters say nothing.
        if scalar.value >= 32 || (scalar.value >= 9 && scalar.value <= 13) { result.append(scalar) }
      } else {
        append(scalar, to: &result)
      }
    }
    return result
  }

  private static func append(_ scalar: Unicode.Scalar, to result: inout Scalars) {
    if let command = commands[scalar] {
      result += command
    } else if let digit = scalar.digit {
      result.append(digit)
    } else if scalar.value >= 0xFF01 && scalar.value <= 0xFF5E {
      result.append(Unicode.Scalar(UInt8(scalar.value - 0xFEE0)))
    } else if let exponent = superscripts.firstIndex(of: scalar) {
      result += "^{\(exponent)}".scalars
    } else if !isInvisible(scalar) {
      result.append(scalar)
    }
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    let value = scalar.value
    return (0x80...0x9F).contains(value) || (0x200B...0x200F).contains(value)
      || (0x202A...0x202E).contains(value) || (0x2060...0x2069).contains(value) || value == 0xFEFF
  }

  private static let superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹".scalars

  private static let commands: [Unicode.Scalar: Scalars] = [
    "−": "-", "π": "\\pi ", "√": "\\sqrt ", "∞": "\\infty ", "≤": "\\le ", "≥": "\\ge ",
    "≠": "\\ne ", "±": "\\pm ", "∪": "\\cup ", "∩": "\\cap ", "∈": "\\in ", "∅": "\\emptyset ",
    "°": "^\\circ ",
    "·": "\\cdot ", "⋅": "\\cdot ", "≈": "\\approx ", "→": "\\to ", "∖": "\\setminus ", "ℝ": "\\mathbb{R}",
    "½": "\\frac{1}{2}", "⅓": "\\frac{1}{3}", "⅔": "\\frac{2}{3}", "¼": "\\frac{1}{4}", "¾": "\\frac{3}{4}",
    "θ": "\\theta ", "α": "\\alpha ", "β": "\\beta ", "γ": "\\gamma ", "λ": "\\lambda ", "μ": "\\mu ",
    "φ": "\\phi ", "ω": "\\omega ", "‘": "'", "’": "'", "“": "\"", "”": "\"",
  ].mapValues(\.scalars)
}
