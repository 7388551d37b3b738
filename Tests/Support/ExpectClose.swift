public import Testing

/// Records an issue unless every element of `actual` is near its expected value, and names the worst one.
///
/// Near means `|actual - expected| ≤ absolute + relative · |expected| + ofLargest · max |expected|`. Where an
/// infinity or a NaN is expected, nothing else will do.
///
/// - Parameters:
///   - actual: What was computed.
///   - expected: The oracle, usually the same formula in `Double`.
///   - absolute: The deviation that any element may have.
///   - relative: The deviation per size of the expected element.
///   - ofLargest: The deviation per size of the largest expected element, for sums whose terms cancel.
///   - what: What the elements are, for the message.
///   - sourceLocation: Where to report.
public func expectClose(
  _ actual: [Float], _ expected: [Double], absolute: Double = 1e-6, relative: Double = 1e-5,
  ofLargest: Double = 0,
  _ what: String = "element", sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record(
      "\(what): \(actual.count) elements, expected \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  let largest = expected.reduce(0) { $1.isFinite ? max($0, $1.magnitude) : $0 }
  var worst: (index: Int, share: Double)?
  var count = 0
  for (index, (found, wanted)) in zip(actual, expected).enumerated() {
    let bound = absolute + relative * wanted.magnitude + ofLargest * largest
    let share = deviation(Double(found), wanted, bound: bound)
    guard share > 1 else { continue }
    count += 1
    if share > (worst?.share ?? 0) { worst = (index, share) }
  }
  guard let worst else { return }
  Issue.record(
    """
    \(what)[\(worst.index)] is \(actual[worst.index]), expected \(expected[worst.index]): \(worst.share) times the \
    tolerance; \(count) of \(actual.count) are beyond it
    """, sourceLocation: sourceLocation)
}

/// As ``expectClose(_:_:absolute:relative:ofLargest:_:sourceLocation:)``, for an oracle in `Float`.
@_disfavoredOverload
public func expectClose(
  _ actual: [Float], _ expected: [Float], absolute: Double = 1e-6, relative: Double = 1e-5,
  ofLargest: Double = 0,
  _ what: String = "element", sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(
    actual, expected.map { Double($0) }, absolute: absolute, relative: relative, ofLargest: ofLargest, what,
    sourceLocation: sourceLocation)
}

/// Records an issue unless both are the same bits, and names the first element that differs.
///
/// NaNs are equal when their bits are; zeros of different sign are not.
public func expectSameBits(
  _ actual: [Float], _ expected: [Float], _ what: String = "element",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record(
      "\(what): \(actual.count) elements, expected \(expected.count)", sourceLocation: sourceLocation)
    return
  }
  let different = actual.indices.filter { actual[$0].bitPattern != expected[$0].bitPattern }
  guard let first = different.first else { return }
  Issue.record(
    """
    \(what)[\(first)] is \(actual[first]), expected the very bits of \(expected[first]); \(different.count) of \
    \(actual.count) differ
    """, sourceLocation: sourceLocation)
}

/// How many times the tolerance `found` is away from `wanted`.
private func deviation(_ found: Double, _ wanted: Double, bound: Double) -> Double {
  if wanted.isNaN || found.isNaN { return wanted.isNaN && found.isNaN ? 0 : .infinity }
  if wanted == found { return 0 }
  return (found - wanted).magnitude / bound
}
