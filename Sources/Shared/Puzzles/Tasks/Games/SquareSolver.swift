/// Fills squares whose rows and columns, and blocks if there are any, hold each number from 1 to the size once.
///
/// It looks for solutions until it has two, or has tried `budget` places, and then says that it does not know.
/// Which numbers it tries first can be drawn, so that it makes squares as well.
struct SquareSolver {
  let size: Int

  /// Rows and columns of a block; nil without blocks.
  let block: (rows: Int, columns: Int)?

  /// Pairs of cells, the first with the smaller number, by row · size + column.
  var smaller: [(Int, Int)] = []

  private(set) var solutions: [[Int]] = []

  /// Whether the search ended before it had seen everything.
  private(set) var gaveUp = false

  private var budget = 0
  private var cells: [Int] = []
  private var peers: [[Int]] = []

  init(size: Int, block: (rows: Int, columns: Int)?, smaller: [(Int, Int)] = []) {
    self.size = size
    self.block = block
    self.smaller = smaller
    peers = (0..<size * size).map { cell in
      (0..<size * size).filter { other in other != cell && Self.see(cell, other, size, block) }
    }
  }

  private static func see(_ a: Int, _ b: Int, _ size: Int, _ block: (rows: Int, columns: Int)?) -> Bool {
    if a / size == b / size || a % size == b % size { return true }
    guard let block else { return false }
    return a / size / block.rows == b / size / block.rows
      && a % size / block.columns == b % size / block.columns
  }

  /// The solutions of `puzzle`, cells by row, 0 where a number is wanted; at most `limit` of them.
  mutating func solve(_ puzzle: [Int], limit: Int = 2, budget: Int = 20000, order: [Int]? = nil) {
    cells = puzzle
    solutions = []
    gaveUp = false
    self.budget = budget
    search(limit: limit, order: order ?? Array(1...size))
  }

  /// Whether `puzzle` has exactly one solution, as far as the budget tells.
  mutating func isUnique(_ puzzle: [Int]) -> Bool {
    solve(puzzle)
    return solutions.count == 1 && !gaveUp
  }

  private mutating func search(limit: Int, order: [Int]) {
    // The cell with the fewest numbers left.
    var (best, bestMask, fewest) = (-1, 0, size + 1)
    for cell in cells.indices where cells[cell] == 0 {
      let mask = candidates(cell)
      if mask.nonzeroBitCount < fewest { (best, bestMask, fewest) = (cell, mask, mask.nonzeroBitCount) }
      if fewest == 0 { return }
    }
    guard best >= 0 else {
      solutions.append(cells)
      return
    }
    for number in order where bestMask & (1 << number) != 0 {
      budget -= 1
      if budget < 0 { gaveUp = true }
      if gaveUp || solutions.count >= limit { return }
      cells[best] = number
      search(limit: limit, order: order)
      cells[best] = 0
    }
  }

  /// The numbers that `cell` may hold as bits.
  private func candidates(_ cell: Int) -> Int {
    var mask = (1 << (size + 1)) - 2
    for peer in peers[cell] { mask &= ~(1 << cells[peer]) }
    for (low, high) in smaller {
      // Beside a known number only the smaller or the larger ones are left.
      if cell == low { mask &= (1 << (cells[high] == 0 ? size : cells[high])) - 1 }
      if cell == high { mask &= ~((1 << ((cells[low] == 0 ? 1 : cells[low]) + 1)) - 1) }
    }
    return mask
  }
}
