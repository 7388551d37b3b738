import Randomness

/// Figures, solids and exact values of trigonometric functions.
enum GeometryProblems {
  static func geometry(level: Int, generator: inout NamedGenerator) -> Draft {
    let size = 3 + 4 * level
    switch generator.next(below: 7) {
    case 0:
      let (a, b) = (generator.integer(in: 1...size), generator.integer(in: 1...size))
      return Draft(
        "The legs of a right triangle measure \(a) and \(b). How long, exactly, is the hypotenuse?",
        Notation.root(a * a + b * b), "surd")
    case 1:
      let p = (generator.integer(in: -size...size), generator.integer(in: -size...size))
      let d = (generator.nonzero(in: -size...size), generator.nonzero(in: -size...size))
      return Draft(
        "How far, exactly, is the point $(\(p.0),\(p.1))$ from the point $(\(p.0 + d.0),\(p.1 + d.1))$?",
        Notation.root(d.0 * d.0 + d.1 * d.1), "surd")
    case 2: return triangle(size, &generator)
    case 3:
      let radius = generator.integer(in: 2...2 * size)
      let angle = 5 * generator.integer(in: 2...60)
      return generator.coin()
        ? Draft(
          "What is the exact area of a sector with radius \(radius) and central angle \(angle) degrees?",
          Notation.pi(.of(angle * radius * radius, 360)), "pi")
        : Draft(
          "What is the exact length of an arc with radius \(radius) and central angle \(angle) degrees?",
          Notation.pi(.of(angle * radius, 180)), "pi")
    case 4:
      let sides = generator.integer(in: 5...8 + 8 * level)
      return Draft(
        "How many degrees has each interior angle of a regular polygon with \(sides) sides?",
        .of((sides - 2) * 180, sides))
    case 5: return solid(size, &generator)
    default:
      let (a, b, c) = (
        generator.integer(in: 1...size), generator.integer(in: 1...size), generator.integer(in: 1...size)
      )
      return Draft(
        "A box measures \(a) by \(b) by \(c). What is the exact length of its space diagonal?",
        Notation.root(a * a + b * b + c * c), "surd")
    }
  }

  private static func triangle(_ size: Int, _ generator: inout NamedGenerator) -> Draft {
    var points: [(Int, Int)] = []
    var doubled = 0
    repeat {
      points = (0..<3).map { _ in (generator.integer(in: -size...size), generator.integer(in: -size...size)) }
      doubled =
        (points[1].0 - points[0].0) * (points[2].1 - points[0].1)
        - (points[2].0 - points[0].0) * (points[1].1 - points[0].1)
    } while doubled == 0
    let corners = points.map { "(\($0.0),\($0.1))" }.joined(separator: ", ")
    return Draft("Find the area of the triangle with corners $\(corners)$.", .of(abs(doubled), 2))
  }

  private static func solid(_ size: Int, _ generator: inout NamedGenerator) -> Draft {
    let (radius, height) = (generator.integer(in: 1...size), generator.integer(in: 2...2 * size))
    let (name, volume): (String, Rational) =
      switch generator.next(below: 3) {
      case 0: ("cylinder with radius \(radius) and height \(height)", .of(radius * radius * height, 1))
      case 1: ("cone with base radius \(radius) and height \(height)", .of(radius * radius * height, 3))
      default: ("ball with radius \(radius)", .of(4 * radius * radius * radius, 3))
      }
    return Draft("What is the exact volume of a \(name)?", Notation.pi(volume), "pi")
  }

  /// Sine, cosine or tangent at multiples of 30 and 45 degrees, turned further at higher levels.
  static func trigonometry(level: Int, generator: inout NamedGenerator) -> Draft {
    let function = generator.pick(["sin", "cos", "tan"])
    var base = 0
    repeat {
      base = generator.pick([0, 30, 45, 60, 90, 120, 135, 150, 180, 210, 225, 240, 270, 300, 315, 330])
    } while function == "tan" && base % 180 == 90
    if level == 1 { base %= 180 }
    if function == "tan", base % 180 == 90 { base = 45 }
    let turns = level < 3 ? 0 : generator.integer(in: -level...level)
    let angle = base + 360 * turns
    let inRadians = level >= 2 && generator.coin()
    let written: String
    if inRadians {
      let turn = Rational.of(angle, 180)
      written = turn.isZero ? "0" : turn == .one ? "\\pi" : "\(turn.latex)\\pi"
    } else {
      written = "\(angle)^\\circ"
    }
    let factor = level < 4 ? 1 : generator.integer(in: 2...9)
    let value = exact(function, base)
    let answer = factor == 1 || value == "0" ? value : "\(factor)\\cdot\\left(\(value)\\right)"
    return Draft(
      "What is the exact value of $\(factor == 1 ? "" : "\(factor)")\\\(function)\\left(\(written)\\right)$?",
      answer, "surd")
  }

  /// The value at `angle`, from 0 to 359 degrees.
  private static func exact(_ function: String, _ angle: Int) -> String {
    let sines = [0: "0", 30: "\\frac{1}{2}", 45: "\\frac{\\sqrt{2}}{2}", 60: "\\frac{\\sqrt{3}}{2}", 90: "1"]
    let tangents = [0: "0", 30: "\\frac{\\sqrt{3}}{3}", 45: "1", 60: "\\sqrt{3}"]
    func signed(_ table: [Int: String], _ first: Int, isNegative: Bool) -> String {
      let value = table[first] ?? "0"
      return value == "0" || !isNegative ? value : "-\(value)"
    }
    switch function {
    case "cos": return exact("sin", (angle + 90) % 360)
    case "sin":
      let half = angle % 180
      return signed(sines, min(half, 180 - half), isNegative: angle > 180)
    default:
      let half = angle % 180
      return signed(tangents, min(half, 180 - half), isNegative: half > 90)
    }
  }
}
