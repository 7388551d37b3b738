public import Tensors

// Sums of rows: residual connections and biases.

/// Adds `x` to `y`, element by element.
public func add(_ x: Tensor, to y: Tensor) {
  precondition(x.count == y.count, "add: x has \(x.count) elements, y \(y.count)")
  forEachRowBlock(x.count, rowLength: 1) { range in
    let x = x.span
    var y = y.mutableSpan
    let start = range.lowerBound
    forEachLane(range.count) { i in
      y.setLanes8(y.span.lanes8(at: start + i) + x.lanes8(at: start + i), at: start + i)
    } rest: { i in
      y[start + i] += x[start + i]
    }
  }
}

/// Adds `bias`, `[columns]`, to columns `column..<column + columns` of every row of `y`, `[rows, rowLength]`.
public func addBias(_ bias: Tensor, to y: Tensor, rowLength: Int, column: Int) {
  let columns = bias.count
  precondition(
    column + columns <= rowLength, "addBias: \(columns) columns from \(column) exceed \(rowLength)")
  let b = bias.span
  var out = y.mutableSpan
  for row in 0..<y.count / rowLength {
    let start = row * rowLength + column
    forEachLane(columns) { c in
      out.setLanes8(out.span.lanes8(at: start + c) + b.lanes8(at: c), at: start + c)
    } rest: { c in
      out[start + c] += b[c]
    }
  }
}

/// Adds the column sums of `dy`, rows in ascending order, to `dBias`: the gradient of
/// ``addBias(_:to:rowLength:column:)``.
public func addBiasBackward(dy: Tensor, rowLength: Int, column: Int, addingTo dBias: Tensor) {
  let columns = dBias.count
  let g = dy.span
  var out = dBias.mutableSpan
  for row in 0..<dy.count / rowLength {
    let start = row * rowLength + column
    forEachLane(columns) { c in
      out.setLanes8(out.span.lanes8(at: c) + g.lanes8(at: start + c), at: c)
    } rest: { c in
      out[c] += g[start + c]
    }
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
