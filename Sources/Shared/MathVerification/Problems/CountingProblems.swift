import Randomness

/// Whole numbers, arrangements and chances.
enum CountingProblems {
  static func numberTheory(level: Int, generator: inout NamedGenerator) -> Draft {
    let size = Whole.power(10, min(level, 4)) * 3
    let n = generator.integer(in: 12...12 + size)
    switch generator.next(below: 6) {
    case 0:
      let (base, exponent) = (generator.integer(in: 2...9 + 5 * level), generator.integer(in: 5...20 * level))
      let modulus = generator.integer(in: 5...10 + 20 * level)
      let value = (0..<exponent).reduce(1) { rest, _ in rest * base % modulus }
      return Draft(
        "What is the remainder when $\(base)^{\(exponent)}$ is divided by \(modulus)?", value % modulus)
    case 1:
      return Draft(
        "How many positive whole numbers divide \(n)?", Whole.factors(n).reduce(1) { $0 * ($1.exponent + 1) })
    case 2:
      let phi = Whole.factors(n).reduce(n) { $0 / $1.prime * ($1.prime - 1) }
      return Draft(
        "How many of the numbers $1, 2, \\dots, \(n)$ have no common factor above 1 with \(n)?", phi)
    case 3: return remainders(level, &generator)
    case 4:
      let other = generator.integer(in: 12...12 + size / 3)
      let divisor = Whole.gcd(n, other)
      return generator.coin()
        ? Draft("Find the least common multiple of \(n) and \(other).", n / divisor * other)
        : Draft("Find the greatest common divisor of \(n * 6) and \(other * 6).", divisor * 6)
    default:
      let prime = generator.pick([2, 3, 5, 7])
      let top = generator.integer(in: 10...40 * level)
      var (rest, count) = (top, 0)
      while rest > 0 {
        rest /= prime
        count += rest
      }
      return Draft("What is the largest $k$ for which $\(prime)^k$ divides $\(top)!$?", count)
    }
  }

  /// Two remainders, two coprime moduli.
  private static func remainders(_ level: Int, _ generator: inout NamedGenerator) -> Draft {
    var (p, q) = (0, 0)
    repeat {
      p = generator.integer(in: 3...6 + 5 * level)
      q = generator.integer(in: 3...6 + 5 * level)
    } while Whole.gcd(p, q) != 1
    let value = generator.integer(in: 0...p * q - 1)
    return Draft(
      "Find the smallest whole number $n \\ge 0$ that leaves remainder \(value % p) on division by \(p) and "
        + "remainder \(value % q) on division by \(q).", value)
  }

  static func counting(level: Int, generator: inout NamedGenerator) -> Draft {
    switch generator.next(below: 5) {
    case 0:
      let n = generator.integer(in: 5...7 + 4 * level)
      let k = generator.integer(in: 2...min(n - 1, 2 + level))
      let group = generator.pick(["delegates", "pictures", "flavours", "books", "runners"])
      return generator.coin()
        ? Draft("In how many ways can \(k) of \(n) \(group) be chosen, order aside?", Whole.binomial(n, k))
        : Draft(
          "In how many ways can \(k) of \(n) \(group) be put in a row?", (0..<k).reduce(1) { $0 * (n - $1) })
    case 1: return arrangements(level, &generator)
    case 2:
      let (parts, sum) = (generator.integer(in: 2...3 + level), generator.integer(in: 6...7 + 4 * level))
      let names = (1...parts).map { "x_\($0)" }.joined(separator: " + ")
      return generator.coin()
        ? Draft(
          "How many solutions in whole numbers $x_i \\ge 0$ has $\(names) = \(sum)$?",
          Whole.binomial(sum + parts - 1, parts - 1))
        : Draft(
          "How many solutions in whole numbers $x_i \\ge 1$ has $\(names) = \(sum)$?",
          Whole.binomial(sum - 1, parts - 1))
    case 3: return paths(level, &generator)
    default:
      let (digits, values) = (generator.integer(in: 2...3 + level), generator.integer(in: 3...6 + level))
      return Draft(
        "A code has \(digits) places, each holding one of \(values) symbols, and no two places next to each other may "
          + "hold the same one. How many codes are there?", values * Whole.power(values - 1, digits - 1))
    }
  }

  private static func arrangements(_ level: Int, _ generator: inout NamedGenerator) -> Draft {
    let letters = generator.choose(2 + (level + 1) / 2, of: Array("ABDEGKLMNORSTU").map(String.init))
    let counts = letters.map { _ in generator.integer(in: 1...3) }
    var word = zip(letters, counts).flatMap { Array(repeating: $0, count: $1) }
    generator.shuffle(&word)
    let ways = counts.reduce(Whole.factorial(word.count)) { $0 / Whole.factorial($1) }
    return Draft(
      "How many different words, with or without meaning, can be formed from all letters of \(word.joined())?",
      ways)
  }

  private static func paths(_ level: Int, _ generator: inout NamedGenerator) -> Draft {
    let (width, height) = (generator.integer(in: 3...4 + level), generator.integer(in: 3...4 + level))
    let (x, y) = (generator.integer(in: 1...width - 1), generator.integer(in: 1...height - 1))
    let all = Whole.binomial(width + height, width)
    let through = Whole.binomial(x + y, x) * Whole.binomial(width - x + height - y, width - x)
    let ending = generator.coin()
    return Draft(
      "On a grid one walks from $(0,0)$ to $(\(width),\(height))$ in steps of 1 to the right or up. How many walks "
        + "\(ending ? "avoid" : "pass through") the point $(\(x),\(y))$?", ending ? all - through : through)
  }

  static func probability(level: Int, generator: inout NamedGenerator) -> Draft {
    switch generator.next(below: 4) {
    case 0: return urn(level, &generator)
    case 1:
      let dice = level < 3 ? 2 : 3
      let sum = generator.integer(in: dice + 1...6 * dice - 1)
      var ways = [1]
      for _ in 0..<dice {
        ways = (0..<(ways.count + 6)).map { total in
          (1...6).reduce(0) { $0 + (ways.indices.contains(total - $1) ? ways[total - $1] : 0) }
        }
      }
      let atLeast = level.isMultiple(of: 2)
      let good = atLeast ? ways[sum...].reduce(0, +) : ways[sum]
      return Draft(
        "\(dice == 2 ? "Two" : "Three") fair dice are thrown. What is the probability that they show "
          + "\(atLeast ? "at least" : "exactly") \(sum) together?", .of(good, Whole.power(6, dice)))
    case 2: return test(level, &generator)
    default:
      let n = generator.integer(in: 3...4 + level)
      let k = generator.integer(in: 0...n)
      let (p, q) = (generator.integer(in: 1...3), generator.integer(in: 4...6))
      return Draft(
        "An event has probability $\\frac{\(p)}{\(q)}$. In \(n) independent trials, what is the probability that it "
          + "happens exactly \(k) times?",
        .of(Whole.binomial(n, k) * Whole.power(p, k) * Whole.power(q - p, n - k), Whole.power(q, n)))
    }
  }

  private static func urn(_ level: Int, _ generator: inout NamedGenerator) -> Draft {
    let (white, black) = (generator.integer(in: 3...4 + 2 * level), generator.integer(in: 3...4 + 2 * level))
    let drawn = generator.integer(in: 2...3)
    let good = generator.integer(in: 0...drawn)
    let colours = generator.choose(2, of: ["red", "green", "blue", "white", "yellow", "purple"])
    return Draft(
      "A bag holds \(white) \(colours[0]) and \(black) \(colours[1]) balls. \(drawn == 2 ? "Two" : "Three") are taken out "
        + "without looking and without putting any back. What is the probability that exactly \(good) of them "
        + "\(good == 1 ? "is" : "are") \(colours[0])?",
      .of(
        Whole.binomial(white, good) * Whole.binomial(black, drawn - good),
        Whole.binomial(white + black, drawn)))
  }

  /// Bayes' rule with percentages.
  private static func test(_ level: Int, _ generator: inout NamedGenerator) -> Draft {
    let share = generator.integer(in: 1...5 * level)
    let (hit, miss) = (5 * generator.integer(in: 14...19), generator.integer(in: 1...10))
    let (sick, healthy) = (share * hit, (100 - share) * miss)
    let story = generator.pick([
      ("of the parts from a factory are faulty", "faulty parts", "sound ones", "part", "faulty"),
      (
        "of the mushrooms in a wood are poisonous", "poisonous mushrooms", "edible ones", "mushroom",
        "poisonous"
      ),
      ("of the letters that arrive are spam", "spam letters", "others", "letter", "spam"),
    ])
    return Draft(
      "\(share)% \(story.0). A detector signals for \(hit)% of the \(story.1) and for \(miss)% of the \(story.2). It signals "
        + "for a \(story.3) picked at random. What is the probability, as a fraction, that this \(story.3) is \(story.4)?",
      .of(sick, sick + healthy))
  }
}
