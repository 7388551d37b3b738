import Randomness

/// Operations on matrices of integers, rows of equal length.
enum DigitMatrix {
  static func draw(
    rows: Int, columns: Int, most: Int = 9, from generator: inout NamedGenerator
  ) -> [[Int]] {
    (0..<rows).map { _ in (0..<columns).map { _ in generator.integer(in: 0...most) } }
  }

  static func transposed(_ matrix: [[Int]]) -> [[Int]] {
    guard let width = matrix.first?.count else { return [] }
    return (0..<width).map { column in matrix.map { $0[column] } }
  }

  /// Turned clockwise by a quarter.
  static func turned(_ matrix: [[Int]]) -> [[Int]] { transposed(matrix.reversed()) }

  /// The elements from the upper left corner clockwise inwards.
  static func spiral(_ matrix: [[Int]]) -> [Int] {
    var (rest, result) = (matrix, [Int]())
    while !rest.isEmpty {
      result += rest.removeFirst()
      // What was the right column becomes the upper row.
      rest = transposed(rest).reversed()
    }
    return result
  }

  /// The cells above, below, left and right of (`row`, `column`) that lie in the matrix.
  static func neighbors(_ row: Int, _ column: Int, in matrix: [[Int]]) -> [(Int, Int)] {
    [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)].filter {
      matrix.indices.contains($0.0) && matrix[$0.0].indices.contains($0.1)
    }
  }

  /// Each cell's number of steps to the nearest of `sources`, over cells that `isOpen` names; -1 if none leads
  /// there.
  static func distances(
    in matrix: [[Int]], from sources: [(Int, Int)], isOpen: (Int) -> Bool
  ) -> [[Int]] {
    var distances = matrix.map { $0.map { _ in -1 } }
    var ring = sources
    for (row, column) in sources { distances[row][column] = 0 }
    var distance = 0
    while !ring.isEmpty {
      distance += 1
      var next: [(Int, Int)] = []
      for (row, column) in ring {
        for (r, c) in neighbors(row, column, in: matrix) where distances[r][c] < 0 && isOpen(matrix[r][c]) {
          distances[r][c] = distance
          next.append((r, c))
        }
      }
      ring = next
    }
    return distances
  }

  /// The places that hold `value`.
  static func places(of value: Int, in matrix: [[Int]]) -> [(Int, Int)] {
    matrix.indices.flatMap { row in
      matrix[row].indices.filter { matrix[row][$0] == value }.map { (row, $0) }
    }
  }
}
