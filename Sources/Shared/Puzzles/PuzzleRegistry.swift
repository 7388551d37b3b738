extension Puzzles {
  /// The kinds of puzzles that can be drawn, by name.
  static let tasks: [any PuzzleTask.Type] = [
    BaseConversion.self, ChainSum.self, CountBits.self, CountPrimes.self, FractionSimplification.self,
    GreatestDivisor.self, LeastMultiple.self, LetterCounting.self, PrimeFactorization.self, Products.self,
    SpellBackward.self,
  ].sorted { $0.name < $1.name }

  /// The kinds that can be scored, by name.
  static let rules: [any PuzzleRule.Type] = (tasks.map { $0 as any PuzzleRule.Type } + [])
    .sorted { $0.name < $1.name }
}
