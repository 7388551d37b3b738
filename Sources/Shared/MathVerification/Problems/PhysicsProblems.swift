import Glibc
import Randomness

/// Motion, energy, circuits, light, heat, decay.
enum PhysicsProblems {
  private typealias Draft = StemProblems.StemDraft

  private static let gravity = 9.8
  private static let gravityNote = "Take g = 9.8 m/s^2 and neglect air resistance."

  static func kinematics(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let start = generator.integer(in: 0...6 + 4 * level)
    let tenths = generator.integer(in: 5...20 + 10 * level)
    let acceleration = Double(tenths) / 10
    let thing = generator.pick(["train", "scooter", "sledge", "rocket car", "tram", "motorbike"])
    let opening = "A \(thing) moving at \(start) m/s speeds up steadily at \(Decimal.tenths(tenths)) m/s^2."
    switch generator.next(below: 3) {
    case 0:
      let time = generator.integer(in: 2...6 + 2 * level)
      let t = Double(time)
      return Draft(
        "\(opening) What distance does it cover in \(time) s?", Double(start) * t + acceleration * t * t / 2,
        "m")
    case 1:
      let distance = generator.integer(in: 10...80 * level)
      return Draft(
        "\(opening) How fast is it after \(distance) m?",
        (Double(start * start) + 2 * acceleration * Double(distance)).squareRoot(), "m/s")
    default:
      let end = start + generator.integer(in: 3...10 + 5 * level)
      return Draft(
        "\(opening) How long does it take to reach \(end) m/s?", Double(end - start) / acceleration, "s")
    }
  }

  static func projectile(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let speed = generator.integer(in: 8...20 + 8 * level)
    let degrees = 5 * generator.integer(in: 3...15)
    let angle = Double(degrees) * .pi / 180
    let (across, up) = (Double(speed) * cos(angle), Double(speed) * sin(angle))
    if level >= 4 {
      let height = generator.integer(in: 3...40)
      let time = (up + (up * up + 2 * gravity * Double(height)).squareRoot()) / gravity
      let opening =
        "From the top of a tower \(height) m high a stone is thrown at \(speed) m/s, \(degrees) degrees above the horizontal."
      return generator.coin()
        ? Draft(
          "\(opening) How far from the foot of the tower does it hit the ground? \(gravityNote)",
          across * time, "m")
        : Draft("\(opening) After what time does it hit the ground? \(gravityNote)", time, "s")
    }
    let opening = "On level ground a ball is kicked at \(speed) m/s, \(degrees) degrees above the horizontal."
    switch generator.next(below: 3) {
    case 0:
      return Draft(
        "\(opening) How far away does it come down? \(gravityNote)", across * 2 * up / gravity, "m")
    case 1: return Draft("\(opening) How high does it rise? \(gravityNote)", up * up / (2 * gravity), "m")
    default: return Draft("\(opening) For how long is it in the air? \(gravityNote)", 2 * up / gravity, "s")
    }
  }

  static func forces(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let mass = generator.integer(in: 2...20 * level)
    if level < 3 {
      let force = generator.integer(in: 5...80 * level)
      return generator.coin()
        ? Draft(
          "A resultant force of \(force) N acts on a crate of \(mass) kg. What is the crate's acceleration?",
          Double(force) / Double(mass), "m/s^2")
        : Draft(
          "A crate of \(mass) kg is to be accelerated at \(Decimal.tenths(force)) m/s^2. What resultant force is needed?",
          Double(force) / 10 * Double(mass), "N")
    }
    let degrees = generator.integer(in: 20...50)
    let hundredths = generator.integer(in: 2...30)
    let (angle, friction) = (Double(degrees) * .pi / 180, Double(hundredths) / 100)
    let opening =
      "A box of \(mass) kg slides down a ramp inclined at \(degrees) degrees; the coefficient of kinetic friction is "
      + "\(Decimal.hundredths(hundredths)), g = 9.8 m/s^2."
    return generator.coin()
      ? Draft("\(opening) What is its acceleration?", gravity * (sin(angle) - friction * cos(angle)), "m/s^2")
      : Draft(
        "\(opening) How large is the friction force?", friction * Double(mass) * gravity * cos(angle), "N")
  }

  static func energy(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let mass = generator.integer(in: 2...20 * level)
    let m = Double(mass)
    switch generator.next(below: 3) {
    case 0:
      let speed = generator.integer(in: 2...5 + 4 * level)
      return Draft(
        "A boat of \(mass) kg moves at \(speed) m/s. What is its kinetic energy?",
        m * Double(speed * speed) / 2, "J")
    case 1:
      let (height, time) = (generator.integer(in: 2...10 * level), generator.integer(in: 3...30))
      return Draft(
        "A hoist raises \(mass) kg steadily by \(height) m in \(time) s. What useful power does it deliver? Take g = 9.8 m/s^2.",
        m * gravity * Double(height) / Double(time), "W")
    default:
      let height = generator.integer(in: 2...15 * level)
      return Draft(
        "A smooth slide is \(height) m high. With what speed does a child of \(mass) kg who starts at rest reach its foot? "
          + "Take g = 9.8 m/s^2 and neglect friction.", (2 * gravity * Double(height)).squareRoot(), "m/s")
    }
  }

  static func collision(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let (m1, m2) = (generator.integer(in: 1...4 * level), generator.integer(in: 1...4 * level))
    let u1 = generator.integer(in: 2...4 + 2 * level)
    let u2 = u1 - generator.integer(in: 1...4 + 3 * level)
    let opening =
      "On a straight frictionless track a glider of \(m1) kg with velocity \(u1) m/s runs into a glider of \(m2) kg with "
      + "velocity \(u2) m/s (positive velocities point the same way)."
    let (a, b) = (Double(m1), Double(m2))
    let momentum = a * Double(u1) + b * Double(u2)
    if level >= 4, generator.coin() {
      return Draft(
        "\(opening) The collision is perfectly elastic. What is the velocity of the first glider afterwards?",
        (momentum - b * Double(u1 - u2)) / (a + b), "m/s")
    }
    if level >= 2, generator.coin() {
      let loss = a * b * Double((u1 - u2) * (u1 - u2)) / (2 * (a + b))
      return Draft("\(opening) They stay together. How much kinetic energy is lost?", loss, "J")
    }
    return Draft(
      "\(opening) They stay together. What is their velocity afterwards?", momentum / (a + b), "m/s")
  }

  static func resistors(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let r = (0..<3).map { _ in generator.integer(in: 2...20 * level) }
    let parallel = 1 / (1 / Double(r[0]) + 1 / Double(r[1]))
    if level < 3 {
      return generator.coin()
        ? Draft(
          "Resistors of \(r[0]) ohm and \(r[1]) ohm are connected in parallel. What is the total resistance?",
          parallel, "ohm")
        : Draft(
          "Resistors of \(r[0]) ohm, \(r[1]) ohm and \(r[2]) ohm are connected in parallel. What is the total resistance?",
          1 / (1 / parallel + 1 / Double(r[2])), "ohm")
    }
    let voltage = generator.integer(in: 3...48)
    let opening =
      "A resistor of \(r[2]) ohm is in series with a pair of parallel resistors of \(r[0]) ohm and \(r[1]) ohm, and "
      + "\(voltage) V are applied to the whole."
    let current = Double(voltage) / (Double(r[2]) + parallel)
    return generator.coin()
      ? Draft("\(opening) What current does the source supply?", current, "A")
      : Draft(
        "\(opening) What power is converted in the \(r[2]) ohm resistor?", current * current * Double(r[2]),
        "W")
  }

  static func optics(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    if level >= 2, generator.coin() {
      let degrees = generator.integer(in: 10...70)
      let hundredths = generator.integer(in: 125...190)
      let refracted = asin(sin(Double(degrees) * .pi / 180) / (Double(hundredths) / 100)) * 180 / .pi
      return Draft(
        "Light in air (n = 1.00) falls on glass (n = \(Decimal.hundredths(hundredths))) at \(degrees) degrees to the normal. "
          + "What is the angle of refraction, in degrees?", refracted, "deg")
    }
    let focus = generator.integer(in: 4...5 + 5 * level)
    var distance = focus
    while abs(distance - focus) < 2 { distance = generator.integer(in: 3...30 + 20 * level) }
    let image = 1 / (1 / Double(focus) - 1 / Double(distance))
    let opening =
      "A thin converging lens of focal length \(focus) cm forms an image of an object \(distance) cm in front of it."
    return generator.coin()
      ? Draft("\(opening) How far from the lens is the image (negative for a virtual one)?", image, "cm")
      : Draft(
        "\(opening) By what factor is the image magnified (its size alone)?", abs(image / Double(distance)),
        "")
  }

  private static let metals = [
    ("aluminium", 90), ("iron", 45), ("copper", 39), ("silver", 24), ("lead", 13), ("zinc", 39),
  ]

  static func heat(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let water = generator.integer(in: 50...150 * level)
    let cold = generator.integer(in: 4...25)
    if level < 3 {
      let end = generator.integer(in: cold + 10...95)
      return Draft(
        "What heat warms \(water) g of water from \(cold) to \(end) degrees Celsius? The specific heat is 4.18 J/(g K).",
        Double(water) * 4.18 * Double(end - cold), "J")
    }
    let metal = generator.pick(metals)
    let (mass, hot) = (generator.integer(in: 100...900), generator.integer(in: cold + 20...98))
    let capacities = (Double(mass) * Double(metal.1) / 100, Double(water) * 4.18)
    return Draft(
      "\(mass) g of \(metal.0) (specific heat \(Decimal.hundredths(metal.1)) J/(g K)) at \(hot) degrees Celsius are dropped into "
        + "\(water) g of water (4.18 J/(g K)) at \(cold) degrees Celsius. What temperature, in degrees Celsius, results "
        + "if no heat is lost?",
      (capacities.0 * Double(hot) + capacities.1 * Double(cold)) / (capacities.0 + capacities.1), "degC")
  }

  static func halfLife(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let period = generator.integer(in: 2...20)
    let amount = generator.pick([80, 96, 120, 160, 200, 240, 320, 480, 640, 800])
    let unit = generator.pick([("day", "days"), ("h", "hours"), ("min", "minutes"), ("yr", "years")])
    let opening = "A nuclide has a half-life of \(period) \(unit.1)."
    if level < 3 {
      let count = generator.integer(in: 1...3 + level)
      return Draft(
        "\(opening) Of \(amount) mg, how many mg are left after \(period * count) \(unit.1)?",
        Double(amount) / Double(1 << count), "mg")
    }
    if level == 5, generator.coin() {
      let percent = generator.integer(in: 5...90)
      return Draft(
        "\(opening) After how many \(unit.1) is \(percent)% of it left?",
        Double(period) * log(100 / Double(percent)) / log(2), unit.0)
    }
    let time = generator.integer(in: period / 2 + 1...5 * period)
    return Draft(
      "\(opening) Of \(amount) mg, how many mg are left after \(time) \(unit.1)?",
      Double(amount) * exp2(-Double(time) / Double(period)), "mg")
  }

  static func fields(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    if generator.coin() {
      let (a, b) = (generator.integer(in: 1...6 * level), generator.integer(in: 1...6 * level))
      let distance = generator.integer(in: 5...95)
      let r = Double(distance) / 100
      return Draft(
        "Charges of \(a) microcoulomb and \(b) microcoulomb are \(distance) cm apart. What force do they exert on each other? "
          + "Take k = 8.99e9 N m^2/C^2.", 8.99e9 * Double(a * b) * 1e-12 / (r * r), "N")
    }
    let length = generator.integer(in: 200...900)
    if level >= 3, generator.coin() {
      return Draft(
        "What energy, in eV, has a photon of wavelength \(length) nm? Take h = 6.626e-34 J s, c = 3.00e8 m/s, 1 eV = 1.602e-19 J.",
        6.626e-34 * 3e8 / (Double(length) * 1e-9) / 1.602e-19, "eV")
    }
    return Draft(
      "What is the frequency of light of wavelength \(length) nm? Take c = 3.00e8 m/s.",
      3e8 / (Double(length) * 1e-9), "Hz")
  }
}
