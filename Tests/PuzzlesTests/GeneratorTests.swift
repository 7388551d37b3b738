import Randomness
import Testing

@testable import Puzzles

@Suite("Drawn puzzles")
struct GeneratorTests {
  /// Answers to any question, right for some.
  static let others = [
    "", " ", "no idea", "0", "-1", "True", "[]", "{}", "[[1]]", "(", "1,2,3", "A", "1 2\n3 4", "x = 1", "1/0",
    "nan", "\u{0}",
  ]

  static func draw(_ task: String, _ level: Int, _ index: Int) throws -> Puzzle {
    let number = Puzzles.names.firstIndex(of: task) ?? 0
    var generator = NamedGenerator(
      RandomName(seed: 5, purpose: .test, step: number, ordinal: index, sample: level))
    return try #require(Puzzles.generate(task: task, difficulty: level, generator: &generator))
  }

  @Test("the reference answer scores 1, in tags, and with metadata that were written and read")
  func referenceIsRight() throws {
    for task in Puzzles.names {
      for level in Puzzles.difficulties {
        for index in 0..<20 {
          let puzzle = try Self.draw(task, level, index)
          let metadata = try #require(PuzzleValue(json: puzzle.metadata.json))
          #expect(metadata == puzzle.metadata)
          for response in [
            puzzle.answer, "<think>7, or <answer>8</answer></think> <answer>\(puzzle.answer)</answer>",
          ] {
            let score = Puzzles.score(
              task: task, metadata: metadata, answer: puzzle.answer, response: response)
            #expect(score.score == 1 && score.outcome == .correct, "\(task) \(puzzle) \(score)")
          }
        }
      }
    }
  }

  @Test("the same generator draws the same puzzle, another another")
  func deterministic() throws {
    for task in Puzzles.names {
      for level in Puzzles.difficulties {
        let puzzles = try (0..<5).map { try Self.draw(task, level, $0) }
        #expect(try puzzles == (0..<5).map { try Self.draw(task, level, $0) }, "\(task)")
        #expect(Set(puzzles.map(\.question)).count > 1, "\(task)")
      }
    }
  }

  @Test("two thousand questions of all tasks in turn are different, at mixed and at the easiest difficulty")
  func distinct() {
    let mixed = Set(
      (0..<2_050).map {
        Puzzles.generate(index: $0, seed: 1, difficulty: 1 + $0 / Puzzles.names.count % 5).puzzle.question
      })
    #expect(mixed.count >= 2_000, "\(mixed.count)")
    let easy = Set((0..<2_300).map { Puzzles.generate(index: $0, seed: 1, difficulty: 1).puzzle.question })
    #expect(easy.count >= 2_000, "\(easy.count)")
    #expect(
      Set(Puzzles.names.indices.map { Puzzles.generate(index: $0, seed: 1, difficulty: 1).task })
        == Set(Puzzles.names))
    for index in 0..<100 {
      let first = Puzzles.generate(index: index, seed: 3, difficulty: 2)
      let second = Puzzles.generate(index: index, seed: 3, difficulty: 2)
      #expect(first == second)
    }
  }

  @Test("answers to other questions score less than 1")
  func wrongAnswers() throws {
    for task in Puzzles.names {
      for level in [2, 4] {
        let puzzles = try (0..<8).map { try Self.draw(task, level, $0) }
        for puzzle in puzzles {
          for other in puzzles.map(\.answer) + Self.others where other != puzzle.answer {
            let score = Puzzles.score(
              task: task, metadata: puzzle.metadata, answer: puzzle.answer, response: other)
            // Where many answers are right, another puzzle's may be one of them.
            let hasMany = [
              "graph_color", "jugs", "kakurasu", "n_queens", "propositional_logic", "quantum_lock",
            ].contains(task)
            let isRight = score.score == 1 && !(hasMany && puzzles.map(\.answer).contains(other))
            #expect(!isRight, "\(task) \(puzzle) \(other): \(score)")
            #expect(0...1 ~= score.score)
          }
        }
      }
    }
  }

  @Test("a changed character makes a right answer wrong, or leaves it one")
  func mutations() throws {
    // Of tasks with one right answer and one way to write it.
    let strict = [
      "ab", "aiw", "base_conversion", "binary_matrix", "circuit_logic", "count_primes", "gcd",
      "letter_counting",
      "maze", "number_sequence", "rotate_matrix", "self_reference", "spiral_matrix", "string_insertion",
      "string_manipulation", "string_splitting", "sudoku", "zebra_puzzles", "word_sorting", "survo", "dice",
    ]
    for task in strict {
      for index in 0..<10 {
        let puzzle = try Self.draw(task, 3, index)
        let answer = Array(puzzle.answer.unicodeScalars)
        for place in stride(from: 0, to: answer.count, by: max(1, answer.count / 12)) {
          var changed = answer
          changed[place] = changed[place] == "7" ? "3" : "7"
          let response = String(String.UnicodeScalarView(changed))
          let score = Puzzles.score(
            task: task, metadata: puzzle.metadata, answer: puzzle.answer, response: response)
          #expect(score.score < 1, "\(task) \(puzzle.answer) \(response) \(score)")
        }
      }
    }
  }

  @Test("questions tell levels apart and say how to answer")
  func questions() throws {
    for task in Puzzles.names {
      for level in Puzzles.difficulties {
        let question = try Self.draw(task, level, 0).question
        #expect(question.contains("Answer") || question.contains("answer"), "\(task): \(question)")
      }
    }
  }

  @Test("difficulties outside 1 to 5 are the nearest of these; unknown tasks draw nothing")
  func bounds() throws {
    let name = RandomName(seed: 1, purpose: .test, step: 0, ordinal: 0, sample: 0)
    func draw(_ difficulty: Int, task: String = "chain_sum") -> Puzzle? {
      var generator = NamedGenerator(name)
      return Puzzles.generate(task: task, difficulty: difficulty, generator: &generator)
    }
    #expect(draw(-3) == draw(1))
    #expect(draw(9) == draw(5))
    #expect(draw(1, task: "rush_hour") == nil)
    #expect(Puzzles.names.count >= 80)
    #expect(Set(Puzzles.names).isSubset(of: Puzzles.scoredNames))
  }
}
