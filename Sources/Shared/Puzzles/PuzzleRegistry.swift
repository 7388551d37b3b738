extension Puzzles {
  /// The kinds of puzzles that can be drawn, by the task's name.
  static let tasks: [any PuzzleTask.Type] = byName([
    BaseConversion.self, BasicArithmetic.self, BitwiseArithmetic.self, CalendarArithmetic.self,
    ChainSum.self, CoinFlip.self, ComplexArithmetic.self, CountBits.self, CountPrimes.self,
    DecimalArithmetic.self, DecimalChainSum.self, Dice.self, FractionSimplification.self,
    GreatestDivisor.self, LeastMultiple.self, LegCounting.self, LetterCounting.self, NumberFormat.self,
    PolynomialEquations.self, PowerFunction.self, PrimeFactorization.self, Products.self,
    SimpleEquations.self, SimpleGeometry.self, SisterCounting.self, SpellBackward.self,
  ])

  /// The kinds that can be scored, by the task's name.
  static let rules: [any PuzzleRule.Type] = byName(
    tasks + [

    ])

  private static func byName(_ tasks: [any PuzzleTask.Type]) -> [any PuzzleTask.Type] {
    tasks.sorted { $0.name < $1.name }
  }

  private static func byName(_ rules: [any PuzzleRule.Type]) -> [any PuzzleRule.Type] {
    rules.sorted { $0.name < $1.name }
  }
}
