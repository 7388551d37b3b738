import Randomness

/// How many sisters, or women among friends and colleagues, somebody else of the circle has.
///
/// Source: the AIW problems of Nezhurina and others 2024, https://arxiv.org/abs/2406.02061. Levels have up to
/// 3, 4, 6, 9, 15 of each; friends from level 2 on, two circles from level 3 on.
enum SisterCounting: PuzzleTask {
  static let name = "aiw"

  private static let women = [
    "Carla", "Elena", "Greta", "Hana", "Judit", "Lena", "Nadia", "Olga", "Rosa", "Tara",
  ]
  private static let men = [
    "Amir", "Dario", "Emil", "Felix", "Hugo", "Jonas", "Luis", "Omar", "Pavel", "Viktor",
  ]

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let most = at(level, 3, 4, 6, 9, 15)
    let men = generator.integer(in: 1...most)
    let women = generator.integer(in: 1...most)
    let names = generator.choose(2, of: Self.women)
    let man = generator.element(of: Self.men)
    switch generator.next(below: min(level, 3)) {
    case 0:
      return puzzle(
        "siblings",
        "\(names[0]) has \(counted(men, "brother")) and \(counted(women, "sister")). How many sisters does one "
          + "of her brothers have?", women + 1)
    case 1:
      return puzzle(
        "friends",
        "\(names[0]) has \(counted(men, "male friend")) and \(counted(women, "female friend")). All of them are "
          + "friends of one another and have no other friends. How many female friends does \(man), one of the "
          + "men, have?", women + 1)
    default:
      let (others, more) = (generator.integer(in: 1...most), generator.integer(in: 2...most))
      return puzzle(
        "colleagues",
        "\(names[0]) has \(counted(men, "male colleague")) and \(counted(women + 1, "female colleague")), all "
          + "colleagues of one another. \(man) has \(counted(others, "male colleague")) and "
          + "\(counted(more, "female colleague")), all colleagues of one another. \(names[1]) belongs to both "
          + "circles, nobody else does, and nobody has other colleagues. How many female colleagues does "
          + "\(names[1]) have?", women + 1 + more - 1)
    }
  }

  private static func puzzle(_ kind: String, _ question: String, _ answer: Int) -> Puzzle {
    Puzzle(
      question: question + " Answer with the number only.", answer: "\(answer)",
      metadata: ["task_type": .text(kind)])
  }

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
