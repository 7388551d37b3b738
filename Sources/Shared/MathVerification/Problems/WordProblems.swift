import Randomness

/// Stories about things, journeys, prices and shares.
enum WordProblems {
  private static let people = [
    "Amara", "Bruno", "Chiara", "Dmitri", "Esra", "Farid", "Greta", "Hiro", "Imani", "Jonas", "Kamal",
    "Lucia",
    "Marek", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Samir", "Tamara", "Umberto", "Vera", "Wiktor",
    "Yara",
  ]

  private static let things = [
    "marbles", "postcards", "seashells", "buttons", "walnuts", "pebbles", "badges", "candles", "ribbons",
    "tiles",
    "feathers", "chestnuts", "magnets", "crayons", "tokens", "beads", "stamps", "coins",
  ]

  /// A count that goes up and down; from level 3 on a sentence that has nothing to do with it.
  static func story(level: Int, generator: inout NamedGenerator) -> Draft {
    let person = generator.pick(people)
    let thing = generator.pick(things)
    var count = generator.integer(in: 5 * level...30 * level)
    var sentences = ["\(person) has \(count) \(thing)."]
    let steps = level + 1 + generator.next(below: 2)
    let interruption = level >= 3 ? generator.next(below: steps) : -1
    for step in 0..<steps {
      if step == interruption {
        let other = generator.pick(people.filter { $0 != person })
        sentences.append(
          "\(other), who watches, owns \(generator.integer(in: 10...90)) \(generator.pick(things)).")
      }
      sentences.append(storyStep(&count, person, level, &generator))
    }
    sentences.append("How many \(thing) does \(person) have in the end?")
    return Draft(sentences.joined(separator: " "), count)
  }

  private static func storyStep(
    _ count: inout Int, _ person: String, _ level: Int, _ generator: inout NamedGenerator
  ) -> String {
    let divisors = (2...9).filter { count % $0 == 0 && count / $0 > 1 }
    let percents = [10, 20, 25, 40, 50].filter { count * $0 % 100 == 0 && count > 10 }
    switch generator.next(below: 6) {
    case 0 where count > 3:
      let loss = generator.integer(in: 1...min(count - 1, 20 * level))
      count -= loss
      return generator.pick(["\(person) gives \(loss) of them to a friend.", "\(loss) of them get lost."])
    case 1 where count < 400:
      let factor = generator.integer(in: 2...min(4, level + 1))
      count *= factor
      let words = ["", "", "doubles", "triples", "grows to four times as many"]
      return "Over the summer the number \(words[factor])."
    case 2 where !divisors.isEmpty:
      let boxes = generator.pick(divisors)
      count /= boxes
      return "\(person) puts them into \(boxes) boxes with equally many in each and keeps only one box."
    case 3 where !percents.isEmpty && level > 1:
      let percent = generator.pick(percents)
      count -= count * percent / 100
      return "Then \(percent)% of them break."
    case 4:
      let (packs, size) = (generator.integer(in: 2...6), generator.integer(in: 2...12))
      count += packs * size
      return "\(person) buys \(packs) packs of \(size)."
    default:
      let gain = generator.integer(in: 2...20 * level)
      count += gain
      return generator.pick(["\(person) finds \(gain) more.", "A neighbour brings \(gain) more."])
    }
  }

  /// The mean speed of two legs; from level 3 on also when two travellers meet or one catches up.
  static func speed(level: Int, generator: inout NamedGenerator) -> Draft {
    let vehicle = generator.pick(["cyclist", "van", "tram", "ferry", "lorry", "motorist"])
    switch level < 3 ? 0 : generator.next(below: 3) {
    case 0:
      let hours = (generator.integer(in: 1...2 + level), generator.integer(in: 1...2 + level))
      let speeds = (generator.integer(in: 12...90), generator.integer(in: 12...90))
      return Draft(
        "A \(vehicle) travels for \(hours.0) h at \(speeds.0) km/h and then for \(hours.1) h at \(speeds.1) km/h. "
          + "What is the average speed over the whole journey, in km/h?",
        .of(hours.0 * speeds.0 + hours.1 * speeds.1, hours.0 + hours.1))
    case 1:
      let distance = 10 * generator.integer(in: 6...20 * level)
      let speeds = (generator.integer(in: 18...80), generator.integer(in: 18...80))
      return Draft(
        "Two villages are \(distance) km apart. From each of them a \(vehicle) sets out towards the other at the same "
          + "moment, one at \(speeds.0) km/h, the other at \(speeds.1) km/h. After how many hours do they meet?",
        .of(distance, speeds.0 + speeds.1))
    default:
      let slow = generator.integer(in: 10...50)
      let fast = slow + generator.integer(in: 3...40)
      let lead = generator.integer(in: 1...4)
      return Draft(
        "A \(vehicle) leaves at \(slow) km/h. A second one follows \(lead) h later on the same road at \(fast) km/h. "
          + "How many hours after its own departure does the second one catch up?",
        .of(slow * lead, fast - slow))
    }
  }

  /// A price raised and reduced; at level 5 sometimes the price before is asked for.
  static func percents(level: Int, generator: inout NamedGenerator) -> Draft {
    let changes = (level + 1) / 2
    let price = 50 * generator.integer(in: 2...60)
    var value = Rational(price)
    var words: [String] = []
    for _ in 0..<changes {
      let percent = 5 * generator.integer(in: 1...10)
      let isRise = generator.coin()
      value = value * .of(100 + (isRise ? percent : -percent), 100)
      words.append("\(isRise ? "raised" : "cut") by \(percent)%")
    }
    let thing = generator.pick(["bicycle", "coat", "camera", "desk", "guitar", "stove", "tent", "telescope"])
    let story = words.joined(separator: ", then ")
    if level == 5, generator.coin() {
      return Draft(
        "The price of a \(thing) was \(story), and is now \(value.isInteger ? value.latex : "$\(value.latex)$") dollars. "
          + "What was it before all changes, in dollars?", price)
    }
    return Draft(
      "A \(thing) costs \(price) dollars. Its price is \(story). What is the price now, in dollars?", value)
  }

  /// A share of a total, or the total from the difference of two shares.
  static func ratio(level: Int, generator: inout NamedGenerator) -> Draft {
    let count = level < 2 ? 2 : 3
    var parts: [Int] = []
    while parts.count < count {
      let part = generator.integer(in: 1...4 + level)
      if !parts.contains(part) { parts.append(part) }
    }
    let unit = generator.integer(in: 6...30 * level)
    let ratio = parts.map(String.init).joined(separator: ":")
    let names = generator.choose(count, of: people)
    let (first, second) = (generator.next(below: count), generator.next(below: count - 1))
    let other = second < first ? second : second + 1
    let list = names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    let thing = generator.pick(["dollars", "grams of flour", "litres of paint", "seedlings", "points"])
    if level >= 3, generator.coin() {
      let (large, small) = parts[first] > parts[other] ? (first, other) : (other, first)
      return Draft(
        "\(list) divide some \(thing) among themselves in the ratio \(ratio), in this order. \(names[large]) gets "
          + "\((parts[large] - parts[small]) * unit) more than \(names[small]). How many \(thing) are there altogether?",
        parts.reduce(0, +) * unit)
    }
    return Draft(
      "\(list) divide \(parts.reduce(0, +) * unit) \(thing) among themselves in the ratio \(ratio), in this order. "
        + "How many does \(names[first]) get?", parts[first] * unit)
  }
}
