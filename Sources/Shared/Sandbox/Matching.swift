extension PlainValue {
  /// Whether a solution that answered this has met `expected`.
  ///
  /// Numbers are compared by value: integers exactly, with a double on either side to a relative 1e-9 (or an
  /// absolute 1e-12, near zero); a NaN meets nothing. Truth values meet truth values only. A tuple may stand where
  /// a list is expected, since expectations come from JSON, which has one kind of sequence; every other kind
  /// meets its own kind. Sets and mappings are compared without order.
  public func meets(_ expected: PlainValue) -> Bool {
    switch (self, expected) {
    case (.integer(let answer), .integer(let expected)): answer == expected
    case (.integer(let answer), .real(let expected)): isClose(answer.double, expected)
    case (.real(let answer), .integer(let expected)): isClose(answer, expected.double)
    case (.real(let answer), .real(let expected)): isClose(answer, expected)
    case (.complex(let real, let imaginary), .complex(let expectedReal, let expectedImaginary)):
      isClose(real, expectedReal) && isClose(imaginary, expectedImaginary)
    case (.row(let kind, let answer), .row(let expectedKind, let expected)):
      kind.meets(expectedKind) && answer.count == expected.count
        && (kind.isOrdered
          ? zip(answer, expected).allSatisfy { $0.meets($1) } : Set(answer) == Set(expected))
    case (.mapping(let answer), .mapping(let expected)):
      answer.count == expected.count && isSame(answer, expected)
    case (.handle, _), (_, .handle): false
    default: self == expected
    }
  }

  private func isClose(_ answer: Double, _ expected: Double) -> Bool {
    if answer == expected { return true }
    guard answer.isFinite, expected.isFinite else { return false }
    return abs(answer - expected) <= max(1e-9 * max(abs(answer), abs(expected)), 1e-12)
  }

  private func isSame(_ answer: [Pair], _ expected: [Pair]) -> Bool {
    let elements = Dictionary(answer.map { ($0.key, $0.element) }, uniquingKeysWith: { first, _ in first })
    return expected.allSatisfy { elements[$0.key]?.meets($0.element) ?? false }
  }
}

extension PlainValue.Row {
  var isOrdered: Bool { self != .set && self != .frozenSet }

  fileprivate func meets(_ expected: PlainValue.Row) -> Bool {
    self == expected || (self == .tuple && expected == .list)
      || (!isOrdered && !expected.isOrdered)
  }
}
