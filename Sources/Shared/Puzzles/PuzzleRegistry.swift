extension Puzzles {
  /// The kinds of puzzles that can be drawn, by the task's name.
  static let tasks: [any PuzzleTask.Type] = byName([
    BaseConversion.self, BasicArithmetic.self, BinaryAlternation.self, BinaryMatrix.self,
    BitwiseArithmetic.self, CaesarCipher.self, CalendarArithmetic.self, ChainSum.self, CircuitLogic.self,
    CoinFlip.self, ColorCubeRotation.self, ComplexArithmetic.self, CountBits.self, CountPrimes.self,
    Countdown.self, CourseSchedule.self, Cryptarithm.self, DecimalArithmetic.self, DecimalChainSum.self,
    Dice.self, FamilyRelationships.self, FractionSimplification.self, Futoshiki.self, GameOfLife.self,
    GraphColoring.self, GreatestDivisor.self, GroupAnagrams.self, IsomorphicStrings.self, Jugs.self,
    Kakurasu.self, KnightSwap.self, KnightsAndKnaves.self, LargestIsland.self, LeastMultiple.self,
    LegCounting.self, LetterCounting.self, LetterJumble.self, MahjongRounds.self, ManipulateMatrix.self,
    Maze.self, MiniSudoku.self, ModuloGrid.self, NQueens.self, NeedleHaystack.self, NumberFiltering.self,
    NumberFormat.self, NumberSequence.self, NumberSorting.self, PalindromeGeneration.self,
    PalindromePartitioning.self, PathStar.self, PolynomialEquations.self, PoolMatrix.self,
    PowerFunction.self, PrimeFactorization.self, Products.self, PropositionalLogic.self, Puzzle24.self,
    QuantumLock.self, RansomNote.self, RectangleCount.self, RotateMatrix.self, RottenOranges.self,
    SelfReference.self, ShortestPath.self, SimpleEquations.self, SimpleGeometry.self, SisterCounting.self,
    SpellBackward.self, SpiralMatrix.self, StringInsertion.self, StringManipulation.self,
    StringSplitting.self, StringSynthesis.self, Sudoku.self, Survo.self, Syllogism.self, TokenPairs.self,
    TowerOfHanoi.self, WordLadder.self, WordSequenceReversal.self, WordSorting.self, ZebraPuzzles.self,
  ])

  /// The kinds that can be scored, by the task's name.
  static let rules: [any PuzzleRule.Type] = byName(
    tasks + [
      SentenceReordering.self
    ])

  private static func byName(_ tasks: [any PuzzleTask.Type]) -> [any PuzzleTask.Type] {
    tasks.sorted { $0.name < $1.name }
  }

  private static func byName(_ rules: [any PuzzleRule.Type]) -> [any PuzzleRule.Type] {
    rules.sorted { $0.name < $1.name }
  }
}
