/// What one case says: how far the numbers are apart, and the worst of them in words if that is too far.
struct Comparison {
  /// The largest deviation as a share of the tolerance; infinite where a NaN, a count or a refusal differs.
  private(set) var deviation = 0.0

  /// What differs most, if it is beyond tolerance.
  private(set) var difference: String?

  /// Compares every number the case expects with ours of the same name.
  init(of quantities: [CaseQuantity], with row: AlgorithmCase) {
    guard !row.isRefused else {
      note(.infinity, "it was computed, and must be refused")
      return
    }
    let ours = Dictionary(quantities.map { ($0.name, $0.numbers) }, uniquingKeysWith: +)
    let expected = JSONValue.object(row.expected.members).quantities()
    if expected.isEmpty { note(.infinity, "it expects nothing") }
    for (name, numbers) in expected.sorted(by: { $0.key < $1.key }) {
      compare(ours[name], numbers, name, row)
    }
  }

  /// Compares a refusal of ours with what the case expects.
  init(ofRefusal error: String, with row: AlgorithmCase) {
    if !row.isRefused { note(.infinity, "it was refused: \(error)") }
  }

  private mutating func compare(_ ours: [Double]?, _ expected: [Double], _ name: String, _ row: AlgorithmCase)
  {
    guard let ours else { return note(.infinity, "\(name) is not computed here") }
    guard ours.count == expected.count else {
      return note(.infinity, "\(name) has \(ours.count) numbers, expected \(expected.count)")
    }
    for (index, (our, other)) in zip(ours, expected).enumerated() {
      let tolerance = row.absoluteTolerance + row.relativeTolerance * other.magnitude
      let distance = (our - other).magnitude
      let share = distance == 0 ? 0 : distance.isNaN || tolerance == 0 ? .infinity : distance / tolerance
      note(share, "\(name)\(ours.count > 1 ? "[\(index)]" : "") is \(our), expected \(other)")
    }
  }

  private mutating func note(_ share: Double, _ words: @autoclosure () -> String) {
    guard share > deviation else { return }
    deviation = share
    if share > 1 { difference = words() }
  }
}
