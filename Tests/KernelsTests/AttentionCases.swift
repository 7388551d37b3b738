import Foundation
import Kernels
import Tensors
import TestSupport

/// What tests of attention share: shapes, segments, and attention in plain words.

extension Precision {
  static let both: [Precision] = [.fp32, .bf16]

  /// `x` as a page keeps it.
  func rounded(_ x: Float) -> Float { self == .bf16 ? float(bfloat16Bits: bfloat16Bits(x)) : x }
}

extension AttentionShape {
  /// One or several heads and groups, dimensions around the vectors' and slices' widths, and real ones.
  static let variety = [
    AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 1),
    AttentionShape(heads: 3, keyValueHeads: 3, headDimension: 7),
    AttentionShape(heads: 6, keyValueHeads: 2, headDimension: 8),
    AttentionShape(heads: 4, keyValueHeads: 1, headDimension: 9),
    AttentionShape(heads: 2, keyValueHeads: 1, headDimension: 40),
    AttentionShape(heads: 14, keyValueHeads: 2, headDimension: 32),
    AttentionShape(heads: 2, keyValueHeads: 2, headDimension: 64),
    AttentionShape(heads: 13, keyValueHeads: 1, headDimension: 128),
  ]

  var scale: Float { 1 / Float(headDimension).squareRoot() }

  func cache(_ precision: Precision, layers: Int = 1) -> KeyValueShape {
    KeyValueShape(layers: layers, heads: keyValueHeads, headDimension: headDimension, precision: precision)
  }

  /// A segment from a pool of its own.
  func segment(_ precision: Precision, positions: Int) -> KeyValueSegment {
    KeyValueSegment(pool: KeyValuePool(cache(precision)), positions: positions)
  }

  /// The same rows with keys and values as a page keeps them.
  func rounded(_ qkv: [Float], _ precision: Precision) -> [Float] {
    qkv.enumerated().map { $0.offset % rowLength < queryWidth ? $0.element : precision.rounded($0.element) }
  }
}

/// Stores the rows and attends from them.
func attend(_ qkv: Tensor, _ shape: AttentionShape, _ sequences: [SequenceRows]) -> Tensor {
  let (rows, width) = (qkv.shape[0], shape.queryWidth)
  let out = Tensor([Float](repeating: .nan, count: rows * width), shape: [rows, width])
  storeKeysAndValues(qkv, shape: shape, layer: 0, sequences: sequences)
  attentionForward(qkv, shape: shape, layer: 0, sequences: sequences, scale: shape.scale, into: out)
  return out
}

/// Attends from all rows of one sequence in one call.
func prefill(_ qkv: Tensor, _ shape: AttentionShape, _ precision: Precision) -> Tensor {
  let length = qkv.shape[0]
  return attend(
    qkv, shape, [SequenceRows(rows: 0..<length, own: shape.segment(precision, positions: length))])
}

/// Causal attention over the rows of one sequence, by the formula.
func oracleAttention(_ qkv: [Double], shape: AttentionShape) -> [Double] {
  let (dimension, width) = (shape.headDimension, shape.rowLength)
  let length = qkv.count / width
  var out = [Double](repeating: 0, count: length * shape.queryWidth)
  for row in 0..<length {
    for head in 0..<shape.heads {
      let weights = oracleWeights(qkv, shape: shape, row: row, head: head)
      let v = shape.queryWidth + shape.keyValueWidth + head / shape.groupSize * dimension
      for d in 0..<dimension {
        out[row * shape.queryWidth + head * dimension + d] =
          (0...row).reduce(0.0) { $0 + weights[$1] * qkv[$1 * width + v + d] }
      }
    }
  }
  return out
}

/// The probabilities of the positions that `row` sees.
func oracleWeights(_ qkv: [Double], shape: AttentionShape, row: Int, head: Int) -> [Double] {
  let (dimension, width) = (shape.headDimension, shape.rowLength)
  let q = row * width + head * dimension
  let k = shape.queryWidth + head / shape.groupSize * dimension
  let scores = (0...row).map { j in
    Double(shape.scale) * (0..<dimension).reduce(0.0) { $0 + qkv[q + $1] * qkv[j * width + k + $1] }
  }
  let maximum = scores.max() ?? 0
  let weights = scores.map { exp($0 - maximum) }
  let sum = weights.reduce(0, +)
  return weights.map { $0 / sum }
}

/// The gradient of `Σ dOut · attention(qkv)` for one sequence, by the formula.
func oracleGradient(_ qkv: [Double], dOut: [Double], shape: AttentionShape) -> [Double] {
  let (dimension, width, scale) = (shape.headDimension, shape.rowLength, Double(shape.scale))
  var gradient = [Double](repeating: 0, count: qkv.count)
  for row in 0..<qkv.count / width {
    let slopes = dOut[row * shape.queryWidth..<(row + 1) * shape.queryWidth]
    for head in 0..<shape.heads where slopes.contains(where: { $0 != 0 }) {
      let p = oracleWeights(qkv, shape: shape, row: row, head: head)
      let q = row * width + head * dimension
      let g = row * shape.queryWidth + head * dimension
      let k = shape.queryWidth + head / shape.groupSize * dimension
      let v = k + shape.keyValueWidth
      let dP = (0...row).map { j in
        (0..<dimension).reduce(0.0) { $0 + dOut[g + $1] * qkv[j * width + v + $1] }
      }
      let delta = dot(p, dP)
      for j in 0...row {
        let slope = scale * p[j] * (dP[j] - delta)
        for d in 0..<dimension {
          gradient[q + d] += slope * qkv[j * width + k + d]
          gradient[j * width + k + d] += slope * qkv[q + d]
          gradient[j * width + v + d] += p[j] * dOut[g + d]
        }
      }
    }
  }
  return gradient
}

/// Causal attention over the rows of one sequence as `Attention.swift` defines it, one operation at a time.
func definedAttention(_ qkv: [Float], shape: AttentionShape) -> [Float] {
  let (dimension, width) = (shape.headDimension, shape.rowLength)
  let length = qkv.count / width
  var out: [Float] = []
  for row in 0..<length {
    for head in 0..<shape.heads {
      let q = row * width + head * dimension
      let k = shape.queryWidth + head / shape.groupSize * dimension
      let v = k + shape.keyValueWidth
      let scores = (0...row).map { j in
        (0..<dimension).reduce(Float(0)) { $0.addingProduct(qkv[q + $1], qkv[j * width + k + $1]) }
          * shape.scale
      }
      let maximum = scores.max() ?? 0
      let weights = scores.map { exponential($0 - maximum) }
      var lanes = SIMD8<Float>()
      for (j, weight) in weights.enumerated() { lanes[j % 8] += weight }
      let factor = 1 / lanes.treeSum
      out += (0..<dimension).map { d in
        (0...row).reduce(Float(0)) { $0.addingProduct(weights[$1], qkv[$1 * width + v + d]) } * factor
      }
    }
  }
  return out
}
