import Randomness

/// How many primes lie between two numbers.
///
/// Levels reach to 30, 100, 300, 1000, 10000, over up to 20, 50, 100, 150, 300 numbers.
enum CountPrimes: PuzzleTask {
  static let name = "count_primes"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let start = generator.integer(in: 1...at(level, 30, 100, 300, 1000, 10000))
    let end = start + generator.integer(in: 3...at(level, 20, 50, 100, 150, 300))
    let count = (start...end).count { $0 > 1 && PrimeFactorization.factors(of: $0).count == 1 }
    return Puzzle(
      question:
        "How many prime numbers are there from \(start) to \(end), both included? Answer with the number only.",
      answer: "\(count)",
      metadata: ["start": .integer(start), "end": .integer(end), "solution": .integer(count)])
  }
}
