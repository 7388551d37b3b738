import Randomness

/// What one member of a family is to another.
///
/// Levels have 1 couple with children, then grandparents on one side, on both, with an uncle or an aunt, and
/// with cousins.
enum FamilyRelationships: PuzzleTask {
  static let name = "family_relationships"

  private struct Person {
    let name: String
    let isFemale: Bool
    var parents: [Int] = []
    var spouse: Int?
  }

  private static let women = [
    "Ada", "Bela", "Carla", "Elena", "Greta", "Hana", "Ines", "Judit", "Lena", "Nadia", "Olga", "Petra",
    "Rosa",
    "Tara", "Wanda",
  ]
  private static let men = [
    "Amir", "Dario", "Emil", "Felix", "Hugo", "Ivan", "Jonas", "Kofi", "Luis", "Milan", "Omar", "Pavel",
    "Sven",
    "Tomas", "Viktor",
  ]

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    while true {
      let people = family(level, &generator)
      let pair = generator.choose(2, of: Array(people.indices))
      guard let word = relation(of: pair[0], to: pair[1], in: people) else { continue }
      let (first, second) = (people[pair[0]].name, people[pair[1]].name)
      return Puzzle(
        question: """
          \(story(people)) What is \(first) to \(second)? Answer with one word only, such as mother, nephew or \
          father-in-law.
          """,
        answer: word,
        metadata: [
          "person1": .text(first), "person2": .text(second), "relationship": .text(word),
          "family_size": .integer(people.count),
        ])
    }
  }

  private static func family(_ level: Int, _ generator: inout NamedGenerator) -> [Person] {
    var names = (generator.shuffled(women), generator.shuffled(men))
    var people: [Person] = []
    func add(_ isFemale: Bool, parents: [Int] = []) -> Int {
      let name = isFemale ? names.0.removeLast() : names.1.removeLast()
      people.append(Person(name: name, isFemale: isFemale, parents: parents))
      return people.count - 1
    }
    func marry(_ a: Int, _ b: Int) -> [Int] {
      (people[a].spouse, people[b].spouse) = (b, a)
      return [a, b]
    }
    func couple() -> [Int] { marry(add(false), add(true)) }
    func children(_ parents: [Int], _ count: Int) {
      for _ in 0..<count { _ = add(generator.chance(0.5), parents: parents) }
    }
    let grandparents = at(level, 0, 1, 2, 2, 2)
    let hisParents = grandparents > 0 ? couple() : []
    let herParents = grandparents > 1 ? couple() : []
    let husband = add(false, parents: hisParents)
    children(marry(husband, add(true, parents: herParents)), generator.integer(in: 1...3))
    if level > 3 {
      let isFemale = generator.chance(0.5)
      let sibling = add(isFemale, parents: generator.chance(0.5) ? hisParents : herParents)
      let other = marry(sibling, add(!isFemale))
      if level > 4 { children(other, generator.integer(in: 1...2)) }
    }
    return people
  }

  private static func story(_ people: [Person]) -> String {
    var sentences: [String] = []
    for (index, person) in people.enumerated() {
      guard let spouse = person.spouse, spouse > index else { continue }
      sentences.append("\(person.name) and \(people[spouse].name) are married.")
      let children = people.filter { $0.parents.contains(index) }
      guard !children.isEmpty else { continue }
      let kinds = children.map { "\($0.isFemale ? "a daughter" : "a son"), \($0.name)" }
      sentences.append("They have " + kinds.joined(separator: ", and ") + ".")
    }
    return sentences.joined(separator: " ")
  }

  /// What `a` is to `b`; nil for relations without a word here.
  private static func relation(of a: Int, to b: Int, in people: [Person]) -> String? {
    let (from, to) = (people[a], people[b])
    func word(_ female: String, _ male: String) -> String { from.isFemale ? female : male }
    func parents(_ index: Int) -> [Int] { people[index].parents }
    func areSiblings(_ x: Int, _ y: Int) -> Bool { x != y && !parents(x).isEmpty && parents(x) == parents(y) }
    /// Whether `x` is a brother or sister of a parent of `y`, or married to one.
    func isUncle(_ x: Int, _ y: Int) -> Bool {
      parents(y).contains { parent in
        areSiblings(x, parent) || people[x].spouse.map { areSiblings($0, parent) } ?? false
      }
    }
    if from.spouse == b { return word("wife", "husband") }
    if to.parents.contains(a) { return word("mother", "father") }
    if from.parents.contains(b) { return word("daughter", "son") }
    if areSiblings(a, b) { return word("sister", "brother") }
    if to.parents.contains(where: { parents($0).contains(a) }) { return word("grandmother", "grandfather") }
    if from.parents.contains(where: { parents($0).contains(b) }) { return word("granddaughter", "grandson") }
    if isUncle(a, b) { return word("aunt", "uncle") }
    if isUncle(b, a) { return word("niece", "nephew") }
    if let spouse = to.spouse, parents(spouse).contains(a) { return word("mother-in-law", "father-in-law") }
    if let spouse = from.spouse, parents(spouse).contains(b) { return word("daughter-in-law", "son-in-law") }
    return nil
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    .word(answer, reference: try key.answer)
  }
}
