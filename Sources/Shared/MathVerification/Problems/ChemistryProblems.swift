import Glibc
import Randomness

/// Amounts, reactions, solutions, gases.
enum ChemistryProblems {
  private typealias Draft = StemProblems.StemDraft

  /// Atomic masses in g/mol as questions quote them.
  private static let masses: [String: Double] = [
    "H": 1.008, "C": 12.011, "N": 14.007, "O": 15.999, "Na": 22.99, "Mg": 24.305, "Al": 26.982, "P": 30.974,
    "S": 32.06,
    "Cl": 35.45, "K": 39.098, "Ca": 40.078, "Fe": 55.845, "Cu": 63.546, "Zn": 65.38, "Ag": 107.868,
  ]

  /// The atoms in a formula such as `Ca(OH)2`, in the order of first mention.
  static func atoms(_ formula: String) -> [(element: String, count: Int)] {
    var stack: [[(String, Int)]] = [[]]
    let letters = Array(formula)
    var index = 0
    func number() -> Int {
      var value = 0
      while index < letters.count, let digit = letters[index].wholeNumberValue {
        value = 10 * value + digit
        index += 1
      }
      return max(value, 1)
    }
    while index < letters.count {
      let letter = letters[index]
      index += 1
      if letter == "(" {
        stack.append([])
      } else if letter == ")" {
        let group = stack.removeLast()
        let count = number()
        stack[stack.count - 1] += group.map { ($0.0, $0.1 * count) }
      } else {
        var name = String(letter)
        if index < letters.count, letters[index].isLowercase {
          name.append(letters[index])
          index += 1
        }
        stack[stack.count - 1].append((name, number()))
      }
    }
    var result: [(String, Int)] = []
    for (name, count) in stack[0] {
      if let place = result.firstIndex(where: { $0.0 == name }) {
        result[place].1 += count
      } else {
        result.append((name, count))
      }
    }
    return result
  }

  private static func molarMass(_ formula: String) -> Double {
    atoms(formula).reduce(0) { $0 + Double($1.count) * (masses[$1.element] ?? 0) }
  }

  /// The sentence that quotes the atomic masses of all elements in `formulas`.
  private static func quoted(_ formulas: [String]) -> String {
    var elements: [String] = []
    for atom in formulas.flatMap(atoms) where !elements.contains(atom.element) {
      elements.append(atom.element)
    }
    return "Atomic masses in g/mol: " + elements.map { "\($0) \(masses[$0] ?? 0)" }.joined(separator: ", ")
      + "."
  }

  private static let compounds = [
    "H2O", "CO2", "NH3", "CH4", "NaCl", "CaCO3", "H2SO4", "HNO3", "NaOH", "C6H12O6", "C2H5OH", "KMnO4", "MgO",
    "Al2O3", "Fe2O3",
    "CuSO4", "ZnCl2", "AgNO3", "Na2CO3", "H3PO4", "C3H8", "Ca(OH)2", "KCl", "Mg(OH)2", "Na3PO4", "C12H22O11",
    "K2SO4", "Al2(SO4)3",
    "Cu(NO3)2", "Ca3(PO4)2", "C8H18", "NaHCO3", "FeCl3", "ZnS", "C2H4O2",
  ].filter { $0 != "KMnO4" }

  static func molarMass(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let formula = generator.pick(compounds)
    let mass = molarMass(formula)
    let tenths = generator.integer(in: 5...500 * level)
    let note = quoted([formula])
    switch generator.next(below: 4) {
    case 0:
      return Draft(
        "How many moles are \(Decimal.tenths(tenths)) g of \(formula)? \(note)", Double(tenths) / 10 / mass,
        "mol")
    case 1:
      return Draft(
        "What is the mass of \(Decimal.tenths(tenths / 10 + 1)) mol of \(formula)? \(note)",
        Double(tenths / 10 + 1) / 10 * mass, "g")
    case 2: return Draft("What is the molar mass of \(formula)? \(note)", mass, "g/mol")
    default:
      let part = generator.pick(atoms(formula))
      let share = Double(part.count) * (masses[part.element] ?? 0) / mass
      return Draft("What percentage of the mass of \(formula) is \(part.element)? \(note)", 100 * share, "%")
    }
  }

  /// Balanced reactions: coefficients and formulas before and after the arrow.
  static let reactions: [(left: [(Int, String)], right: [(Int, String)])] = [
    ([(2, "H2"), (1, "O2")], [(2, "H2O")]), ([(1, "N2"), (3, "H2")], [(2, "NH3")]),
    ([(1, "CH4"), (2, "O2")], [(1, "CO2"), (2, "H2O")]),
    ([(1, "C3H8"), (5, "O2")], [(3, "CO2"), (4, "H2O")]),
    ([(2, "C8H18"), (25, "O2")], [(16, "CO2"), (18, "H2O")]),
    ([(1, "C2H5OH"), (3, "O2")], [(2, "CO2"), (3, "H2O")]),
    ([(4, "Al"), (3, "O2")], [(2, "Al2O3")]), ([(4, "Fe"), (3, "O2")], [(2, "Fe2O3")]),
    ([(1, "Fe2O3"), (3, "CO")], [(2, "Fe"), (3, "CO2")]),
    ([(1, "Zn"), (2, "HCl")], [(1, "ZnCl2"), (1, "H2")]),
    ([(2, "Al"), (6, "HCl")], [(2, "AlCl3"), (3, "H2")]),
    ([(1, "CaCO3"), (2, "HCl")], [(1, "CaCl2"), (1, "H2O"), (1, "CO2")]),
    ([(2, "NaOH"), (1, "H2SO4")], [(1, "Na2SO4"), (2, "H2O")]),
    ([(3, "NaOH"), (1, "H3PO4")], [(1, "Na3PO4"), (3, "H2O")]),
    ([(3, "Ca(OH)2"), (2, "H3PO4")], [(1, "Ca3(PO4)2"), (6, "H2O")]),
    ([(2, "Na"), (2, "H2O")], [(2, "NaOH"), (1, "H2")]),
    ([(2, "Mg"), (1, "O2")], [(2, "MgO")]),
    ([(3, "Cu"), (8, "HNO3")], [(3, "Cu(NO3)2"), (2, "NO"), (4, "H2O")]),
    ([(4, "NH3"), (5, "O2")], [(4, "NO"), (6, "H2O")]), ([(2, "ZnS"), (3, "O2")], [(2, "ZnO"), (2, "SO2")]),
    ([(1, "C6H12O6"), (6, "O2")], [(6, "CO2"), (6, "H2O")]),
    ([(2, "C2H6"), (7, "O2")], [(4, "CO2"), (6, "H2O")]),
    ([(2, "AgNO3"), (1, "CaCl2")], [(2, "AgCl"), (1, "Ca(NO3)2")]), ([(1, "P4"), (5, "O2")], [(1, "P4O10")]),
    ([(2, "KClO3")], [(2, "KCl"), (3, "O2")]), ([(2, "Fe"), (3, "Cl2")], [(2, "FeCl3")]),
    ([(1, "Al2(SO4)3"), (6, "NaOH")], [(2, "Al(OH)3"), (3, "Na2SO4")]),
    ([(3, "Mg"), (1, "N2")], [(1, "Mg3N2")]),
  ]

  private static func written(_ side: [(Int, String)], _ withNumbers: Bool) -> String {
    side.map { withNumbers && $0.0 > 1 ? "\($0.0) \($0.1)" : $0.1 }.joined(separator: " + ")
  }

  static func stoichiometry(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let reaction = generator.pick(reactions)
    let (from, to) = (generator.pick(reaction.left), generator.pick(reaction.right))
    let grams = generator.integer(in: 2...60 * level)
    let yield = level >= 4 ? generator.integer(in: 60...95) : 100
    let mass =
      Double(grams) / molarMass(from.1) * Double(to.0) / Double(from.0) * molarMass(to.1) * Double(yield)
      / 100
    let equation = "\(written(reaction.left, true)) -> \(written(reaction.right, true))"
    let others = reaction.left.count > 1 ? ", the rest of the reactants being in excess" : ""
    return Draft(
      "In the reaction \(equation), what mass of \(to.1) is obtained from \(grams) g of \(from.1)\(others)"
        + "\(yield == 100 ? "" : ", at a yield of \(yield)%")? \(quoted([from.1, to.1]))", mass, "g")
  }

  static func balancing(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    var reaction = generator.pick(reactions)
    generator.shuffle(&reaction.left)
    generator.shuffle(&reaction.right)
    if generator.coin() { (reaction.left, reaction.right) = (reaction.right, reaction.left) }
    return Draft(
      "Find the smallest whole numbers that balance \(written(reaction.left, false)) -> \(written(reaction.right, false)). "
        + "Give all coefficients, ones too, in this order.",
      .integers((reaction.left + reaction.right).map(\.0)))
  }

  static func solutions(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let volume = generator.integer(in: 10...120 * level)
    let tenths = generator.integer(in: 2...20 * level)
    switch generator.next(below: 3) {
    case 0:
      let target = generator.integer(in: 1...max(1, tenths - 1))
      return Draft(
        "\(volume) mL of a solution of \(Decimal.tenths(tenths)) mol/L are diluted to \(Decimal.tenths(target)) mol/L. "
          + "What is the final volume in mL?", Double(volume * tenths) / Double(target), "mL")
    case 1:
      let formula = generator.pick(compounds)
      return Draft(
        "What mass of \(formula) is dissolved in \(volume) mL of a solution of \(Decimal.tenths(tenths)) mol/L? \(quoted([formula]))",
        Double(volume) / 1000 * Double(tenths) / 10 * molarMass(formula), "g")
    default:
      let formula = generator.pick(compounds)
      return Draft(
        "\(Decimal.tenths(tenths)) g of \(formula) are dissolved to \(volume) mL of solution. What is the concentration in mol/L? "
          + quoted([formula]), Double(tenths) / 10 / molarMass(formula) / (Double(volume) / 1000), "mol/L")
    }
  }

  static func acidity(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let (digits, exponent) = (generator.integer(in: 10...99), generator.integer(in: 2...5))
    let concentration = Double(digits) / 10 * pow(10, -Double(exponent))
    let written = "\(Decimal.tenths(digits))e-\(exponent) mol/L"
    if level < 3 {
      let isAcid = generator.coin()
      let p = -log10(concentration)
      return Draft(
        "What is the pH of \(written) of a strong \(isAcid ? "monoprotic acid" : "base with one hydroxide ion") at 25 degrees "
          + "Celsius? Take pKw = 14.00 and ignore the ions of water itself.", isAcid ? p : 14 - p, "",
        tolerance: 0.005)
    }
    let acidConstant = generator.integer(in: 300...950)
    if level >= 4, generator.coin() {
      let tenths = generator.integer(in: 1...9)
      let hydrogen = (pow(10, -Double(acidConstant) / 100) * Double(tenths) / 10).squareRoot()
      return Draft(
        "What is the pH of 0.\(tenths) mol/L of a weak acid with pKa = \(Decimal.hundredths(acidConstant))? Use the usual "
          + "approximation that little of it is dissociated.", -log10(hydrogen), "", tolerance: 0.005)
    }
    let (acid, base) = (generator.integer(in: 5...90), generator.integer(in: 5...90))
    return Draft(
      "A buffer holds \(Decimal.hundredths(acid)) mol/L of an acid with pKa = \(Decimal.hundredths(acidConstant)) and "
        + "\(Decimal.hundredths(base)) mol/L of its conjugate base. What is its pH?",
      Double(acidConstant) / 100 + log10(Double(base) / Double(acid)), "", tolerance: 0.005)
  }

  static func gas(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let (temperature, pressure) = (generator.integer(in: 250...450), generator.integer(in: 80...400))
    if level < 3 {
      let tenths = generator.integer(in: 2...20 * level + 20)
      return Draft(
        "What volume do \(Decimal.tenths(tenths)) mol of an ideal gas fill at \(temperature) K and \(pressure) kPa? "
          + "Take R = 8.314 J/(mol K).", Double(tenths) / 10 * 8.314 * Double(temperature) / Double(pressure),
        "L")
    }
    let volume = generator.integer(in: 2...40)
    let (otherTemperature, otherPressure) = (
      generator.integer(in: 250...450), generator.integer(in: 80...400)
    )
    let opening = "A sealed amount of ideal gas fills \(volume) L at \(temperature) K and \(pressure) kPa."
    let state = Double(volume) * Double(pressure) / Double(temperature)
    if generator.coin() {
      return Draft(
        "\(opening) What volume does it fill at \(otherTemperature) K and \(otherPressure) kPa?",
        state * Double(otherTemperature) / Double(otherPressure), "L")
    }
    return Draft("\(opening) How many moles is it? Take R = 8.314 J/(mol K).", state / 8.314, "mol")
  }
}
