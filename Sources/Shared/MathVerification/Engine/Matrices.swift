/// Matrices as rows of terms.
enum Matrices {
  /// The rows of `term`, if it is a matrix, a multiple of one, a sum of some or a transpose.
  static func value(_ term: Term) -> [[Term]]? {
    switch term {
    case .matrix(let rows): return rows
    case .function(.transpose, let arguments):
      guard let rows = arguments.first.flatMap(value) else { return nil }
      return rows[0].indices.map { column in rows.map { $0[column] } }
    case .product(let factors):
      let matrices = factors.compactMap(value)
      guard matrices.count == 1 else { return nil }
      let scalars = factors.filter { value($0) == nil }
      return matrices[0].map { row in row.map { .product(scalars + [$0]) } }
    case .sum(let parts):
      guard let first = parts.first.flatMap(value) else { return nil }
      var sum = first
      for part in parts.dropFirst() {
        guard let rows = value(part), rows.count == sum.count, rows[0].count == sum[0].count else {
          return nil
        }
        for (row, entries) in rows.enumerated() {
          for (column, entry) in entries.enumerated() { sum[row][column] = .sum([sum[row][column], entry]) }
        }
      }
      return sum
    default: return nil
    }
  }

  /// The determinant of the matrix that is a function's only argument, as one sum of products.
  static func determinant(of arguments: [Term]) -> Term? {
    guard arguments.count == 1, let rows = value(arguments[0]) else { return nil }
    return determinant(rows)
  }

  /// The determinant of a square matrix of at most four rows, by its first row.
  static func determinant(_ rows: [[Term]]) -> Term? {
    guard rows.count <= 4, rows.count == rows[0].count else { return nil }
    if rows.count == 1 { return rows[0][0] }
    var parts: [Term] = []
    for column in rows.indices {
      let minor = rows.dropFirst().map { row in row.indices.filter { $0 != column }.map { row[$0] } }
      guard let determinant = determinant(minor) else { return nil }
      let part = Term.product([rows[0][column], determinant])
      parts.append(column.isMultiple(of: 2) ? part : part.negated)
    }
    return .sum(parts)
  }
}
