import Randomness

/// Whether a word can be laid out of the letters of another text.
///
/// Levels have notes of 3, 4, 6, 8, 12 letters.
enum RansomNote: PuzzleTask {
  static let name = "ransom_note"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let length = at(level, 3, 4, 6, 8, 12)
    let note = (0..<length).map { _ in UInt8(97 + generator.next(below: 2 * length + 2)) }
    let more = (0..<length).map { _ in UInt8(97 + generator.next(below: 2 * length + 2)) }
    var magazine = generator.shuffled(note + more)
    if generator.chance(0.5) {
      // One letter of the note is taken away; another like it may be left.
      let taken = generator.element(of: note)
      if let place = magazine.firstIndex(of: taken) { magazine.remove(at: place) }
    }
    var left = magazine
    let isSolvable = note.allSatisfy { letter in
      left.firstIndex(of: letter).map { left.remove(at: $0) } != nil
    }
    let texts = [note, magazine].map { String(decoding: $0, as: UTF8.self) }
    return Puzzle(
      question:
        "Letters may be cut out of \"\(texts[1])\", each once. Can \"\(texts[0])\" be laid with them? Answer True "
        + "or False.",
      answer: isSolvable ? "True" : "False",
      metadata: [
        "ransom_note": .text(texts[0]), "magazine": .text(texts[1]), "solution": .bool(isSolvable),
        "solvable": .bool(isSolvable), "note_length": .integer(note.count),
        "magazine_length": .integer(magazine.count),
      ])
  }
}
