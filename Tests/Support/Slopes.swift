/// The partial derivatives of `function` at `point`, by central differences in `Double`.
///
/// The error is about `step² · f‴ / 6` plus 1e-16 / `step` of the value: near 1e-10 for smooth functions of
/// size 1 and the step given here.
///
/// - Parameters:
///   - point: Where.
///   - step: How far to either side.
///   - function: What is differentiated.
/// - Returns: One for each element of `point`.
public func slopes(
  at point: [Double], step: Double = 1e-5, of function: (_ point: [Double]) -> Double
) -> [Double] {
  var moved = point
  return point.indices.map { i in
    moved[i] = point[i] + step
    let up = function(moved)
    moved[i] = point[i] - step
    let down = function(moved)
    moved[i] = point[i]
    return (up - down) / (2 * step)
  }
}

/// The elements in `Double`, exactly.
public func doubles(_ elements: [Float]) -> [Double] { elements.map { Double($0) } }

/// The sum of the products of two rows, in `Double`.
public func dot(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count, "dot: \(a.count) and \(b.count) elements")
  return a.indices.reduce(0) { $0 + a[$1] * b[$1] }
}
