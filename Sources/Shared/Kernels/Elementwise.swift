import CKernels
public import Tensors

// Sums of rows: residual connections and biases.

/// Adds `x` to `y`, element by element.
public func add(_ x: Tensor, to y: Tensor) {
  precondition(x.count == y.count, "add: x has \(x.count) elements, y \(y.count)")
  forEachRowBlock(x.count, rowLength: 1) { part in
    let (start, count) = (part.lowerBound, part.count)
    unsafe ck_add(x.elements(start, count), count, y.elements(start, count))
  }
}

/// Adds `bias`, `[columns]`, to columns `column..<column + columns` of every row of `y`, `[rows, rowLength]`.
public func addBias(_ bias: Tensor, to y: Tensor, rowLength: Int, column: Int) {
  let columns = bias.count
  precondition(
    column + columns <= rowLength, "addBias: \(columns) columns from \(column) exceed \(rowLength)")
  forEachRowBlock(y.count / rowLength, rowLength: columns) { rows in
    for row in rows {
      unsafe ck_add(bias.elements(0, columns), columns, y.elements(row * rowLength + column, columns))
    }
  }
}

/// Adds the column sums of `dy`, rows in ascending order, to `dBias`: the gradient of
/// ``addBias(_:to:rowLength:column:)``.
public func addBiasBackward(dy: Tensor, rowLength: Int, column: Int, addingTo dBias: Tensor) {
  let columns = dBias.count
  let rows = dy.count / rowLength
  precondition(
    column + columns <= rowLength, "addBiasBackward: \(columns) columns from \(column) exceed \(rowLength)")
  forEachChannelBlock(columns, rows: rows) { block in
    let (first, count) = (block.lowerBound, block.count)
    unsafe ck_add_columns(
      dy.elements(column + first, 0), rows, rowLength, count, dBias.elements(first, count))
  }
}

/// Sets every element of `x` to zero.
public func setZero(_ x: Tensor) {
  forEachRowBlock(x.count, rowLength: 1) { range in
    var x = x.mutableSpan
    let start = range.lowerBound
    forEachLane(range.count) { i in
      x.setLanes8(SIMD8(), at: start + i)
    } rest: { i in
      x[start + i] = 0
    }
  }
}

/// Copies `x` into `y`.
public func copy(_ x: Tensor, to y: Tensor) {
  precondition(x.count == y.count, "copy: x has \(x.count) elements, y \(y.count)")
  forEachRowBlock(x.count, rowLength: 1) { range in
    let x = x.span
    var y = y.mutableSpan
    let start = range.lowerBound
    forEachLane(range.count) { i in
      y.setLanes8(x.lanes8(at: start + i), at: start + i)
    } rest: { i in
      y[start + i] = x[start + i]
    }
  }
}
