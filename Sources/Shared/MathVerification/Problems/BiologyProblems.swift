import Glibc
import Randomness

/// Heredity, sequences, populations, metabolism.
enum BiologyProblems {
  private typealias Draft = StemProblems.StemDraft

  static func crosses(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let count = level < 3 ? 1 : level < 5 ? 2 : 3
    let letters = generator.choose(count, of: ["A", "B", "D", "E", "G", "H", "R", "T"])
    var chance = Rational.one
    var genotypes = ["", ""]
    var wanted: [String] = []
    for letter in letters {
      let small = letter.lowercased()
      // How many of each parent's two alleles are dominant.
      let dominant = (generator.next(below: 3), generator.next(below: 3))
      for (parent, number) in [dominant.0, dominant.1].enumerated() {
        genotypes[parent] += [small + small, letter + small, letter + letter][number]
      }
      let recessive = Rational.of(2 - dominant.0, 2) * .of(2 - dominant.1, 2)
      let isRecessive = generator.coin()
      chance = chance * (isRecessive ? recessive : .one - recessive)
      wanted.append("the \(isRecessive ? "recessive" : "dominant") form of \(letter)")
    }
    let genes =
      count == 1
      ? "Gene \(letters[0]) has a dominant allele \(letters[0]) and a recessive one."
      : "The genes \(letters.joined(separator: ", ")) are on different chromosomes; capital letters stand for dominant alleles."
    let organism = generator.pick([
      "pea plants", "mice", "fruit flies", "guinea pigs", "snapdragons", "rabbits",
    ])
    return Draft(
      "\(genes) Two \(organism) with the genotypes \(genotypes[0]) and \(genotypes[1]) are crossed. What is the probability "
        + "that an offspring shows \(wanted.joined(separator: " and "))? Give a fraction or a whole number.",
      .expression(chance.latex))
  }

  static func alleles(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let hundredths = generator.integer(in: 5...70)
    let q = Double(hundredths) / 100
    let size = generator.pick([500, 800, 1000, 2000, 5000, 12_000, 40_000])
    let animal = generator.pick(["beetles", "lizards", "voles", "finches", "poppies", "trout"])
    let opening = "In \(size) \(animal) in Hardy-Weinberg equilibrium"
    switch level < 3 ? generator.next(below: 2) : 1 + generator.next(below: 2) {
    case 0:
      return Draft(
        "\(opening) a recessive allele has the frequency \(Decimal.hundredths(hundredths)). How many of them are expected to "
          + "show the recessive trait?", Double(size) * q * q, "")
    case 1:
      return Draft(
        "\(opening) a recessive allele has the frequency \(Decimal.hundredths(hundredths)). How many of them are expected to "
          + "be heterozygous?", Double(size) * 2 * q * (1 - q), "")
    default:
      let percent = generator.integer(in: 1...60)
      let root = (Double(percent) / 100).squareRoot()
      return Draft(
        "\(opening) \(percent)% show a recessive trait. What percentage carries the allele without showing it?",
        200 * root * (1 - root), "%")
    }
  }

  private static let bases = ["A", "C", "G", "T"]
  private static let complements = ["A": "T", "C": "G", "G": "C", "T": "A"]

  /// The standard genetic code, codons in the order U, C, A, G.
  private static let aminoAcids = Array("FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG")

  private static func aminoAcid(_ codon: [String]) -> Character {
    let order = ["U", "C", "A", "G"]
    return aminoAcids[codon.reduce(0) { 4 * $0 + (order.firstIndex(of: $1) ?? 0) }]
  }

  static func nucleicAcids(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    let strand = (0..<(5 + 2 * level + generator.next(below: 4))).map { _ in generator.pick(bases) }
    let text = strand.joined()
    switch level < 3 ? generator.next(below: 3) : generator.next(below: 4) {
    case 0:
      let answer = strand.reversed().map { complements[$0] ?? $0 }.joined()
      return Draft(
        "One strand of DNA reads 5'-\(text)-3'. Give the other strand, also from 5' to 3'.", .exact(answer))
    case 1:
      let answer = strand.map { $0 == "A" ? "U" : complements[$0] ?? $0 }.joined()
      return Draft(
        "The template strand of a gene reads 3'-\(text)-5'. Give the mRNA made from it, from 5' to 3'.",
        .exact(answer))
    case 2:
      let share = Double(strand.filter { $0 == "G" || $0 == "C" }.count) / Double(strand.count)
      return Draft("What percentage of the bases in \(text) are G or C?", 100 * share, "%")
    default:
      var codons = [["A", "U", "G"]]
      while codons.count < level + 2 {
        let codon = (0..<3).map { _ in generator.pick(["U", "C", "A", "G"]) }
        if aminoAcid(codon) != "*" { codons.append(codon) }
      }
      let protein = String(codons.map(aminoAcid))
      let stop = generator.pick([["U", "A", "A"], ["U", "A", "G"], ["U", "G", "A"]])
      return Draft(
        "Translate the mRNA 5'-\((codons + [stop]).joined().joined())-3' by the standard genetic code. Give the amino acids in "
          + "one-letter symbols, without the stop.", .exact(protein))
    }
  }

  static func populations(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    switch level < 3 ? 0 : generator.next(below: 3) {
    case 0:
      let (start, period) = (generator.integer(in: 50...900), generator.pick([10, 12, 15, 20, 25, 30, 40]))
      let doublings = generator.integer(in: 1...3 + level)
      let microbe = generator.pick(["yeast cells", "bacteria", "algae", "amoebae"])
      return Draft(
        "\(start) \(microbe) double in number every \(period) minutes. How many are there after \(period * doublings) minutes?",
        Double(start << doublings), "", tolerance: 0.001)
    case 1:
      let (marked, caught) = (generator.integer(in: 30...200), generator.integer(in: 30...200))
      let again = generator.integer(in: 3...min(25, caught))
      return Draft(
        "\(marked) crabs are caught, marked and set free. Later \(caught) are caught, of which \(again) carry a mark. What "
          + "population size does the Lincoln-Petersen estimate give?",
        Double(marked * caught) / Double(again), "")
    default:
      let (start, limit) = (generator.integer(in: 50...400), generator.integer(in: 600...3000))
      let (hundredths, time) = (generator.integer(in: 10...90), generator.integer(in: 1...8))
      let growth = exp(-Double(hundredths * time) / 100)
      return Draft(
        "A herd of \(start) grows logistically, with r = \(Decimal.hundredths(hundredths)) per year and a carrying capacity of "
          + "\(limit), in continuous time. How large is it after \(time) years?",
        Double(limit) / (1 + Double(limit - start) / Double(start) * growth), "")
    }
  }

  static func enzymes(level: Int, generator: inout NamedGenerator) -> StemProblems.StemDraft {
    if level < 4, generator.next(below: 3) == 0 {
      let energy = 100 * generator.integer(in: 50...900)
      let (percent, step) = (generator.pick([5, 8, 10, 12, 15]), generator.integer(in: 2...4))
      return Draft(
        "The plants of a meadow bind \(energy) kJ. At each step of the food chain \(percent)% of the energy is passed on. How "
          + "many kJ reach trophic level \(step), the plants being level 1?",
        Double(energy) * pow(Double(percent) / 100, Double(step - 1)), "kJ")
    }
    let (fastest, half, substrate) = (
      generator.integer(in: 20...250), generator.integer(in: 5...300), generator.integer(in: 5...400)
    )
    let (k, s) = (Double(half) / 10, Double(substrate) / 10)
    let opening =
      "An enzyme follows Michaelis-Menten kinetics with Vmax = \(fastest) micromol/min and Km = \(Decimal.tenths(half)) mM."
    if level >= 3, generator.coin() {
      let percent = generator.integer(in: 10...90)
      return Draft(
        "\(opening) At what substrate concentration, in mM, does it work at \(percent)% of Vmax?",
        k * Double(percent) / Double(100 - percent), "mM")
    }
    return Draft(
      "\(opening) How fast does it work, in micromol/min, at \(Decimal.tenths(substrate)) mM of substrate?",
      Double(fastest) * s / (k + s), "umol/min")
  }
}
