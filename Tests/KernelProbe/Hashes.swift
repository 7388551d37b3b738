import Kernels
import Models
import Tensors

/// FNV-1a over bit patterns.
struct BitHash {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ element: Float) { value = (value ^ UInt64(element.bitPattern)) &* 0x100_0000_01b3 }

  mutating func add(_ elements: Span<Float>) {
    for i in elements.indices { add(elements[i]) }
  }

  mutating func add(_ elements: Span<Int64>) {
    for i in elements.indices { value = (value ^ UInt64(bitPattern: elements[i])) &* 0x100_0000_01b3 }
  }
}

func hexadecimal(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

/// Numbers in -1...1 that look random: a walk by the golden ratio.
func fill(_ tensor: Tensor, from start: UInt64) {
  var elements = tensor.mutableSpan
  for i in elements.indices {
    let bits = (start &+ UInt64(i)) &* 0x9e37_79b9_7f4a_7c15
    elements[i] = Float(Int64(bitPattern: bits) >> 40) * 0x1p-23
  }
}

/// Products of few and many rows, odd extents and long chains, fresh and accumulated, plain and transposed.
func productHash(_ precision: Precision) -> UInt64 {
  var hash = BitHash()
  let extents = [(1, 1), (7, 33), (30, 37), (64, 1024), (257, 65), (300, 130), (768, 96), (2600, 40)]
  for (inner, outer) in extents {
    let w = Tensor(zeros: [inner, outer])
    fill(w, from: UInt64(inner))
    let packed = PackedMatrix(inner: inner, outer: outer, precision: precision)
    packed.pack(MatrixView(w, rows: inner, rowLength: outer, columns: outer))
    for rows in [1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 23, 24, 25, 40, 200] {
      let x = Tensor(zeros: [rows * inner])
      fill(x, from: UInt64(rows))
      let y = Tensor(zeros: [rows, outer])
      let plain = MatrixView(x, rows: rows, rowLength: inner, columns: inner)
      let target = MatrixView(y, rows: rows, rowLength: outer, columns: outer)
      packed.multiply(plain, into: target)
      hash.add(y.span)
      let transposed = MatrixView(x, rows: inner, rowLength: rows, columns: rows).transposed
      packed.multiply(transposed, into: target, accumulating: true)
      hash.add(y.span)
    }
  }
  return hash.value
}

/// Products whose sums, factors or both are around the smallest normal number, or not finite.
func extremesHash() -> UInt64 {
  var hash = BitHash()
  let (rows, inner, outer) = (25, 31, 70)
  let (x, w, y) = (
    Tensor(zeros: [rows, inner]), Tensor(zeros: [inner, outer]), Tensor(zeros: [rows, outer])
  )
  // Powers of two from 2^-149 to 2^-2, so that products lie on both sides of 2^-126.
  fillSpread(x, from: 1, lowest: -149)
  fillSpread(w, from: 2, lowest: -100)
  fillSpread(y, from: 3, lowest: -149)
  let packed = PackedMatrix(inner: inner, outer: outer, precision: .bf16)
  packed.pack(MatrixView(w, rows: inner, rowLength: outer, columns: outer))
  for accumulating in [true, false] {
    packed.multiply(
      MatrixView(x, rows: rows, rowLength: inner, columns: inner),
      into: MatrixView(y, rows: rows, rowLength: outer, columns: outer), accumulating: accumulating)
    hash.add(y.span)
  }
  return hash.value
}

/// Numbers of either sign whose exponents are spread evenly from `lowest` to -2.
private func fillSpread(_ tensor: Tensor, from start: UInt64, lowest: Int) {
  fill(tensor, from: start)
  var elements = tensor.mutableSpan
  for i in elements.indices {
    let exponent = lowest + (i * 7919 + Int(start)) % (-1 - lowest)
    elements[i] = Float(sign: .plus, exponent: exponent, significand: elements[i])
  }
}

/// Products folded into totals, and the largest magnitudes.
func foldHash(_ precision: Precision) -> UInt64 {
  var hash = BitHash()
  for (inner, rows, columns) in [(1, 1, 1), (7, 13, 33), (130, 70, 95), (700, 200, 300)] {
    let (x, dy) = (Tensor(zeros: [inner, rows]), Tensor(zeros: [inner, columns]))
    fill(x, from: UInt64(inner))
    fill(dy, from: UInt64(columns))
    let totals = Storage<Int64>(zeros: rows * columns)
    let report = foldProduct(
      MatrixView(x, rows: inner, rowLength: rows, columns: rows).transposed,
      MatrixView(dy, rows: inner, rowLength: columns, columns: columns), precision: precision, scale: 0x1p36,
      into: totals, at: 0)
    hash.add(report.largestMagnitude)
    hash.add(totals.span)
  }
  return hash.value
}

/// Whether a backend keeps the row law in this process.
func verdict(_ backend: MatrixBackend) -> String {
  guard backend.isAvailable else { return "missing" }
  do {
    try Certification.check(backend, shapes: [[64, 192], [300, 130]])
    return "kept"
  } catch {
    return error.description
  }
}

/// Hashes of the logits and of the folded gradients of one batch: two sequences, the second as long as several
/// row blocks.
func modelHashes(_ directory: String, _ precision: Precision) throws -> (logits: UInt64, gradients: UInt64) {
  let model = LanguageModel(try ModelConfiguration(directory: directory), precision: precision)
  let weights = model.makeWeights(forTraining: true)
  try model.load(directory: directory, into: weights)
  let (vocabulary, hidden, lengths) = (
    model.configuration.vocabularySize, model.configuration.hiddenSize, [17, 53]
  )
  let rows = lengths.reduce(0, +)
  let tokens = (0..<rows).map { Int32(($0 * 7919 + 13) % vocabulary) }
  let pool = model.makeKeyValuePool()
  var sequences: [SequenceRows] = []
  var start = 0
  for length in lengths {
    let segment = KeyValueSegment(pool: pool, positions: length)
    sequences.append(SequenceRows(rows: start..<start + length, own: segment))
    start += length
  }
  let batch = TokenBatch(tokens: tokens, sequences: sequences)
  let workspace = model.makeWorkspace(.all)
  let output = model.forward(batch, weights: weights, workspace: workspace)
  let (normed, logits) = (Tensor(zeros: [rows, hidden]), Tensor(zeros: [rows, vocabulary]))
  model.logits(output, normed: normed, weights: weights, into: logits)
  var logitHash = BitHash()
  logitHash.add(logits.span)

  let gradients = GradientTotals(model, scale: 0x1p36)
  let dHidden = Tensor(zeros: [rows, hidden])
  fill(logits, from: 5)
  model.logitsBackward(
    logits, hidden: output, normed: normed, weights: weights, gradients: gradients, addingTo: dHidden)
  model.backward(
    batch, dHidden: dHidden, weights: weights, workspace: workspace, gradients: gradients, trunk: nil,
    trunkRows: 0)
  var gradientHash = BitHash()
  gradientHash.add(gradients.takeMagnitude())
  let integers = gradients.integers
  gradientHash.add(integers.span)
  return (logitHash.value, gradientHash.value)
}
