// What becomes of many numbers in metrics.

/// In order; 0 of none.
func mean(_ values: [Double]) -> Double {
  values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
}

/// The share of values that pass; 0 of none.
func share(_ values: [Double], where test: (Double) -> Bool) -> Double {
  values.isEmpty ? 0 : Double(values.count(where: test)) / Double(values.count)
}

/// Over n - 1, in order; 0 of fewer than two.
func deviation(_ values: [Double]) -> Double {
  guard values.count > 1 else { return 0 }
  let center = mean(values)
  return (values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(values.count - 1)).squareRoot()
}

/// nil of none, NaN with a NaN.
func largest(_ values: [Double]) -> Double? {
  values.first { $0.isNaN } ?? values.max()
}

/// nil of none, NaN with a NaN.
func smallest(_ values: [Double]) -> Double? {
  values.first { $0.isNaN } ?? values.min()
}
