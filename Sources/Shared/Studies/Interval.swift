import Foundation

/// A mean over seeds, and how far it may be off.
public struct Interval: Sendable, Equatable {
  /// The mean of the values.
  public let mean: Double

  /// Half the width of Student's interval, t · s / √n; nil for a single value, which says nothing of the others.
  public let halfWidth: Double?

  /// How many values there are.
  public let count: Int

  /// The interval that holds the mean of all seeds with `confidence`, if values are normally distributed over seeds.
  ///
  /// - Parameters:
  ///   - values: One per seed; nil comes back for none.
  ///   - confidence: Above 0 and below 1.
  public init?(_ values: [Double], confidence: Double = 0.95) {
    guard !values.isEmpty else { return nil }
    count = values.count
    let mean = values.reduce(0, +) / Double(values.count)
    self.mean = mean
    guard values.count > 1 else {
      halfWidth = nil
      return
    }
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
    halfWidth =
      studentQuantile(confidence: confidence, degrees: values.count - 1)
      * (variance / Double(values.count)).squareRoot()
  }

  /// Whether 0 lies outside.
  public var excludesZero: Bool { halfWidth.map { abs(mean) > $0 } ?? false }

  /// `81.3 ± 1.2`, the mean alone where there is no width.
  public func text(digits: Int) -> String {
    let mean = fixed(self.mean, digits)
    return halfWidth.map { "\(mean) ± \(fixed($0, digits))" } ?? mean
  }
}

/// How many standard errors to each side hold the mean with `confidence`, at `degrees` of freedom.
///
/// The root of the distribution's integral by bisection, exact to about 1e-12 of it.
public func studentQuantile(confidence: Double, degrees: Int) -> Double {
  precondition(degrees > 0 && confidence > 0 && confidence < 1, "studentQuantile: nothing to compute")
  var (low, high) = (0.0, 1.0)
  while studentProbability(within: high, degrees: degrees) < confidence { high *= 2 }
  for _ in 0..<200 {
    let middle = (low + high) / 2
    if studentProbability(within: middle, degrees: degrees) < confidence {
      low = middle
    } else {
      high = middle
    }
  }
  return (low + high) / 2
}

/// The probability that Student's t lies within -t and t.
///
/// The finite series in the angle atan(t / √ν); Abramowitz and Stegun, 26.7.3 and 26.7.4.
func studentProbability(within t: Double, degrees: Int) -> Double {
  let angle = atan(t / Double(degrees).squareRoot())
  let (sine, square) = (sin(angle), cos(angle) * cos(angle))
  let isOdd = !degrees.isMultiple(of: 2)
  var term = isOdd ? cos(angle) : 1.0
  var sum = degrees == 1 ? 0 : term
  for k in stride(from: isOdd ? 3 : 2, to: degrees, by: 2) {
    term *= square * Double(k - 1) / Double(k)
    sum += term
  }
  return isOdd ? 2 / Double.pi * (angle + sine * sum) : sine * sum
}
