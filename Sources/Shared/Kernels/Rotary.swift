import Foundation
public import Tensors

// Rotary position embedding, forward and backward, in the half-split layout of Llama and Qwen.
//
//   y[i]       = x[i] · cos(p θ_i) - x[i + d/2] · sin(p θ_i)
//   y[i + d/2] = x[i + d/2] · cos(p θ_i) + x[i] · sin(p θ_i)        0 ≤ i < d/2
//
// The backward rotates by the opposite angle. Source: Su et al. 2021, "RoFormer", arXiv:2104.09864, eq. 34.

/// Cosines and sines of every position's angles.
public struct RotaryTable: Sendable {
  /// The number of angles per position, half the head dimension.
  public let half: Int
  /// The number of positions.
  public let positions: Int

  private let cosines: Tensor
  private let sines: Tensor

  /// The table of angles `position · frequencies[i]`.
  ///
  /// The angle is rounded to `Float` before its cosine is taken, as the models' own code does; beyond a few
  /// thousand positions that rounding is visible.
  public init(frequencies: [Float], positions: Int) {
    half = frequencies.count
    self.positions = positions
    cosines = Tensor(zeros: [positions, half])
    sines = Tensor(zeros: [positions, half])
    var c = cosines.mutableSpan
    var s = sines.mutableSpan
    for position in 0..<positions {
      for (i, frequency) in frequencies.enumerated() {
        let angle = Double(Float(position) * frequency)
        c[position * half + i] = Float(cos(angle))
        s[position * half + i] = Float(sin(angle))
      }
    }
  }

  /// Rotates `heads` consecutive heads from column `column` of every row of `x`, in place.
  ///
  /// - Parameters:
  ///   - x: `[rows, rowLength]`.
  ///   - rowLength: Elements of a row.
  ///   - column: The first column of the first head.
  ///   - heads: How many heads, side by side.
  ///   - positions: The absolute position of each row.
  ///   - inverse: Rotates back: the gradient of the rotation.
  public func rotate(
    _ x: Tensor, rowLength: Int, column: Int, heads: Int, positions: [Int32], inverse: Bool = false
  ) {
    let half = half
    let cosines = cosines
    let sines = sines
    forEachRowBlock(positions.count, rowLength: heads * half * 2) { rows in
      let c = cosines.span
      let s = sines.span
      var x = x.mutableSpan
      for row in rows {
        let angle = Int(positions[row]) * half
        for head in 0..<heads {
          let start = row * rowLength + column + head * 2 * half
          forEachLane8Padded(half) { i, valid in
            let cosine = c.loadUpTo8(at: angle + i, count: valid)
            let sine =
              inverse ? -s.loadUpTo8(at: angle + i, count: valid) : s.loadUpTo8(at: angle + i, count: valid)
            let first = x.span.loadUpTo8(at: start + i, count: valid)
            let second = x.span.loadUpTo8(at: start + half + i, count: valid)
            x.storeUpTo8(first * cosine - second * sine, at: start + i, count: valid)
            x.storeUpTo8(second * cosine + first * sine, at: start + half + i, count: valid)
          }
        }
      }
    }
  }
}
