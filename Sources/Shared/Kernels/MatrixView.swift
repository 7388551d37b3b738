public import Tensors

/// A view of a matrix inside a tensor: element (i, j) is `tensor[offset + i · rowStride + j · columnStride]`.
public struct MatrixView: Sendable {
  /// Where the elements live.
  public var tensor: Tensor
  /// The position of element (0, 0), in elements.
  public var offset: Int
  /// The number of rows.
  public var rows: Int
  /// The number of columns.
  public var columns: Int
  /// The distance between rows, in elements.
  public var rowStride: Int
  /// The distance between columns, in elements.
  public var columnStride: Int

  /// Columns `column..<column + columns` of a row-major tensor whose rows have `rowLength` elements.
  public init(_ tensor: Tensor, rows: Int, rowLength: Int, column: Int = 0, columns: Int) {
    self.tensor = tensor
    self.offset = column
    self.rows = rows
    self.columns = columns
    rowStride = rowLength
    columnStride = 1
    precondition(
      column + columns <= rowLength && rows * rowLength <= tensor.count,
      "MatrixView: \(rows) rows of \(rowLength), columns \(column)..<\(column + columns), exceed \(tensor.count)"
    )
  }

  /// The same elements with rows and columns exchanged.
  public var transposed: MatrixView {
    var view = self
    swap(&view.rows, &view.columns)
    swap(&view.rowStride, &view.columnStride)
    return view
  }

  /// The rows of `range` alone.
  func rows(_ range: Range<Int>) -> MatrixView {
    var view = self
    view.offset += range.lowerBound * rowStride
    view.rows = range.count
    return view
  }

  /// The columns of `range` alone.
  func columns(_ range: Range<Int>) -> MatrixView { transposed.rows(range).transposed }
}

/// One part of a matrix put together from several: element (0, 0) of `view` stands at (`row`, `column`).
public struct MatrixPart: Sendable {
  /// The part's elements.
  public var view: MatrixView
  /// The row of the whole where the part begins.
  public var row: Int
  /// The column of the whole where the part begins.
  public var column: Int

  /// Creates a part; by default it begins where the whole does.
  public init(_ view: MatrixView, row: Int = 0, column: Int = 0) {
    self.view = view
    self.row = row
    self.column = column
  }
}

extension [MatrixPart] {
  /// Traps unless each part lies inside `rows` × `columns` and together they have as many elements.
  func checkCover(rows: Int, columns: Int) {
    let isInside = allSatisfy { part in
      part.row >= 0 && part.row + part.view.rows <= rows && part.column >= 0
        && part.column + part.view.columns <= columns
    }
    precondition(
      isInside && reduce(0) { $0 + $1.view.rows * $1.view.columns } == rows * columns,
      "pack: \(map { "\($0.view.rows) × \($0.view.columns) at (\($0.row), \($0.column))" }) do not cover \(rows) × \(columns)"
    )
  }
}
