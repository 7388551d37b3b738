import Synchronization
import Tensors

/// What this machine's arithmetic gives, as one hash.
///
/// A hash over probe outputs of the kernels that enter a token's log-probability or an update: products of
/// several shapes, norms, activations, rotations, attention, log-softmax and AdamW. Ranks and resumed runs
/// compare it; where it differs the same bits cannot be promised.
public enum NumericsFingerprint {
  /// The fingerprint of a run whose products with weights of `shapes`, `[inner, outer]`, are computed by
  /// `backend` in `precision`.
  public static func current(
    backend: MatrixBackend, precision: Precision = .fp32, shapes: [[Int]], rotaryFrequencies: [Float] = []
  ) -> String {
    let subject = "\(backend.rawValue) \(precision.rawValue) \(shapes) \(rotaryFrequencies.map(\.bitPattern))"
    if let known = known.withLock({ $0[subject] }) { return known }
    let text = computed(backend, precision, shapes, rotaryFrequencies)
    known.withLock { $0[subject] = text }
    return text
  }

  /// What this process has found already.
  private static let known = Mutex<[String: String]>([:])

  private static func computed(
    _ backend: MatrixBackend, _ precision: Precision, _ shapes: [[Int]], _ rotaryFrequencies: [Float]
  ) -> String {
    var hash = Hash()
    for frequency in rotaryFrequencies { hash.add(frequency) }
    hash.add(rotated(rotaryFrequencies))
    for shape in Set(shapes).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      hash.add(product(7, shape[0], min(shape[1], Certification.mostColumns), backend, precision))
    }
    hash.add(kernels)
    // Gradients are the micro-kernel's, whoever computes forward.
    if precision != .fp32 { hash.add(product(5, 51, 33, .micro, precision)) }
    let name = precision == .fp32 ? "" : " precision=" + precision.rawValue
    return hash.text + " matmul=" + backend.description + name
  }

  /// Of everything but products with weights.
  private static let kernels: UInt64 = {
    var hash = Hash()
    let x = Probe.tensor(8 * 65, salt: 1)
    let weight = Probe.tensor(65, salt: 2)
    let y = Tensor(zeros: [8, 65])
    rmsNormForward(x, layout: VectorLayout(rows: 8, channels: 65), weight: weight, epsilon: 1e-6, into: y)
    hash.add(y)
    layerNormForward(x, weight: weight, bias: weight, epsilon: 1e-5, into: y)
    hash.add(y)
    geluForward(x, into: y)
    hash.add(y)
    let gated = Tensor(zeros: [4, 65])
    swiGLUForward(x, width: 65, into: gated)
    hash.add(gated)
    RotaryTable(frequencies: [1, 0.1, 0.01], positions: 9)
      .rotate(y, rowLength: 65, column: 1, heads: 2, positions: [0, 1, 2, 3, 4, 5, 6, 8])
    hash.add(y)
    hash.add(attention(.fp32))
    hash.add(attention(.bf16))
    let statistics = distributionStatistics(x.span, inverseTemperature: 0.7)
    hash.add(statistics.logSum)
    hash.add(statistics.entropy)
    let moments = (Probe.tensor(65, salt: 3), Tensor(zeros: [65]))
    adamWStep(
      parameters: weight, gradient: Probe.tensor(65, salt: 4), gradientFactor: 0.5, firstMoment: moments.0,
      secondMoment: moments.1, step: 3, settings: AdamWSettings(learningRate: 1e-2))
    hash.add(weight)
    hash.add(product(5, 50, 33, .micro, .fp32))
    return hash.value
  }()

  /// A vector of ones at some positions, by the model's own frequencies: cosines and sines are the C
  /// library's.
  private static func rotated(_ frequencies: [Float]) -> Tensor {
    let positions: [Int32] = [1, 2, 7, 63, 511]
    let x = Tensor(zeros: [positions.count, max(1, 2 * frequencies.count)])
    var values = x.mutableSpan
    for i in 0..<values.count { values[i] = 1 }
    if !frequencies.isEmpty {
      RotaryTable(frequencies: frequencies, positions: 512)
        .rotate(x, rowLength: 2 * frequencies.count, column: 0, heads: 1, positions: positions)
    }
    return x
  }

  private static func product(
    _ rows: Int, _ inner: Int, _ outer: Int, _ backend: MatrixBackend, _ precision: Precision
  ) -> Tensor {
    let packed = WeightMatrix(inner: inner, outer: outer, backend: backend, precision: precision)
    packed.pack(
      MatrixView(Probe.tensor(inner * outer, salt: 5), rows: inner, rowLength: outer, columns: outer))
    let y = Tensor(zeros: [rows, outer])
    packed.multiply(
      MatrixView(Probe.tensor(rows * inner, salt: 6), rows: rows, rowLength: inner, columns: inner),
      into: MatrixView(y, rows: rows, rowLength: outer, columns: outer))
    return y
  }

  private static func attention(_ precision: Precision) -> Tensor {
    let shape = AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 12)
    let cache = KeyValueShape(layers: 1, heads: 2, headDimension: 12, precision: precision)
    let segment = KeyValueSegment(pool: KeyValuePool(cache), positions: 11)
    let sequences = [SequenceRows(rows: 0..<11, own: segment)]
    let qkv = Probe.tensor(11 * shape.rowLength, salt: 7)
    let out = Tensor(zeros: [11, shape.queryWidth])
    storeKeysAndValues(qkv, shape: shape, layer: 0, sequences: sequences)
    attentionForward(qkv, shape: shape, layer: 0, sequences: sequences, scale: 0.3, into: out)
    return out
  }
}

/// FNV-1a over the bits of floats.
private struct Hash {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ bits: UInt64) { value = (value ^ bits) &* 0x100_0000_01b3 }

  mutating func add(_ x: Float) { value = (value ^ UInt64(x.bitPattern)) &* 0x100_0000_01b3 }

  mutating func add(_ tensor: Tensor) {
    let values = tensor.span
    for i in 0..<values.count { add(values[i]) }
  }

  var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
