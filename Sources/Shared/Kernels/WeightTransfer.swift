import CKernels
import Tensors

// Taking weights out of their packed forms again: for files, and for a reference that becomes the policy.

extension WeightMatrix {
  /// Takes over the bits of `other`, a matrix of the same extents, backend and precision.
  public func copy(from other: WeightMatrix) {
    switch (form, other.form) {
    case (let mine as PackedMatrix, let theirs as PackedMatrix): mine.copy(from: theirs)
    case (let mine as OneDNNMatrix, let theirs as OneDNNMatrix): mine.copy(from: theirs)
    default:
      let elements = Tensor(zeros: [inner, outer])
      let whole = MatrixView(elements, rows: inner, rowLength: outer, columns: outer)
      other.unpack(into: [MatrixPart(whole)])
      pack(whole)
    }
  }

  /// Writes the elements, rounded as products read them, to `parts`, which together cover the matrix.
  public func unpack(into parts: [MatrixPart]) { form.unpack(into: parts) }
}

extension PackedMatrix {
  /// Takes over the bits of `other`, a matrix of the same extents and precision.
  func copy(from other: PackedMatrix) { words.copy(from: other.words) }

  /// Writes the elements to `parts`.
  func unpack(into parts: [MatrixPart]) {
    let (words, precision, steps) = (words, precision, ck_steps(precision.code, inner))
    for part in parts {
      part.write(rows: 0..<inner) { row, column in
        let step = precision == .fp32 ? row : row / 2
        let word = words.span[(column / panelWidth * steps + step) * panelWidth + column % panelWidth]
        if precision == .fp32 { return Float(bitPattern: word) }
        return Float(bitPattern: row % 2 == 0 ? word << 16 : word & 0xffff_0000)
      }
    }
  }
}

extension MatrixPart {
  /// Stores `element(row, column)` of the whole matrix where this part covers `rows`, in parallel.
  func write(rows: Range<Int>, _ element: @Sendable (_ row: Int, _ column: Int) -> Float) {
    let own = rows.clamped(to: row..<row + view.rows)
    forEachBlock(own.count) { index in
      let line = own.lowerBound + index
      var out = view.tensor.mutableSpan
      let start = view.offset + (line - row) * view.rowStride
      for j in 0..<view.columns { out[start + j * view.columnStride] = element(line, column + j) }
    }
  }
}
