import Kernels
import Tensors
import TestSupport
import Testing

@Suite("Rows and columns added, copied, cleared")
struct ElementwiseTests {
  @Test("add, copy and setZero reach every element", arguments: oracleSizes(50_000))
  func wholeTensors(count: Int) {
    let (x, y) = (Tensor(named: "x", [count]), Tensor(named: "y", [count]))
    let sums = zip(x.elements, y.elements).map { $0 + $1 }
    add(x, to: y)
    expectSameBits(y.elements, sums)
    copy(x, to: y)
    expectSameBits(y.elements, x.elements)
    setZero(y)
    expectSameBits(y.elements, [Float](repeating: 0, count: count))
  }

  @Test("windows of a storage are added to, copied and cleared without their surroundings")
  func windows() {
    let storage = Storage<Float>(zeros: 30)
    copy(Tensor(named: "all", [30]), to: Tensor(storage, shape: [30]))
    let window = Tensor(storage, offset: 5, shape: [13])
    var expected = storage.elements
    add(Tensor([Float](repeating: 1, count: 13), shape: [13]), to: window)
    for i in 5..<18 { expected[i] += 1 }
    expectSameBits(storage.elements, expected)
    setZero(window)
    for i in 5..<18 { expected[i] = 0 }
    expectSameBits(storage.elements, expected)
  }

  @Test("a bias is added to its columns of every row", arguments: oracleSizes(896))
  func bias(columns: Int) {
    let (rows, rowLength) = (3, columns + 5)
    let (b, y) = (Tensor(named: "b", [columns]), Tensor(named: "y", [rows, rowLength]))
    var expected = y.elements
    for i in 0..<rows * columns { expected[i / columns * rowLength + 2 + i % columns] += b.span[i % columns] }
    addBias(b, to: y, rowLength: rowLength, column: 2)
    expectSameBits(y.elements, expected)
  }

  @Test(
    "a bias's gradient is its slope, rows summed in ascending order, and is added",
    arguments: oracleSizes(896))
  func biasGradient(columns: Int) {
    let (rows, rowLength) = (5, columns + 5)
    let dy = Tensor(named: "dy", [rows, rowLength])
    let db = Tensor(zeros: [columns])
    var expected = [Float](repeating: 0, count: columns)
    for _ in 0..<2 {
      addBiasBackward(dy: dy, rowLength: rowLength, column: 3, addingTo: db)
      for i in 0..<rows * columns {
        expected[i % columns] += dy.span[i / columns * rowLength + 3 + i % columns]
      }
    }
    expectSameBits(db.elements, expected)
  }
}

@Suite("Embedding")
struct EmbeddingTests {
  @Test("copies or adds the rows it is asked for", arguments: oracleSizes(896))
  func forward(channels: Int) {
    let table = Tensor(named: "table", [6, channels])
    let ids: [Int32] = [5, 0, 3, 3]
    let y = Tensor([Float](repeating: .nan, count: 4 * channels), shape: [4, channels])
    let rows = ids.flatMap { table.rows(Int($0)..<Int($0) + 1).elements }
    embeddingForward(ids, table: table, into: y)
    expectSameBits(y.elements, rows)
    embeddingForward(ids, table: table, into: y, adding: true)
    expectSameBits(y.elements, rows.map { $0 + $0 })
  }

  @Test("a table of bfloat16 gives the rows of the widened one", arguments: oracleSizes(896))
  func bfloat16(channels: Int) {
    let values = Tensor(named: "table", [6, channels])
    let bits = Storage<UInt16>(zeros: values.count)
    roundToBFloat16(values.span, into: bits.mutableSpan)
    widenBFloat16(bits.span, into: values.mutableSpan)
    let ids: [Int32] = [5, 0, 3, 3]
    let (y, expected) = (Tensor(named: "y", [4, channels]), Tensor(named: "y", [4, channels]))
    for adding in [true, false] {
      embeddingForward(ids, table: values, into: expected, adding: adding)
      embeddingForward(ids, table: bits, rowLength: channels, into: y, adding: adding)
      expectSameBits(y.elements, expected.elements)
    }
  }

  @Test(
    "the gradient is the slope: rows of the same id are summed in ascending order, and added",
    arguments: [1, 9])
  func backward(channels: Int) {
    let dy = Tensor(named: "dy", [4, channels])
    let ids: [Int32] = [2, 0, 2, 2]
    let dTable = Tensor(zeros: [3, channels])
    var expected = [Float](repeating: 0, count: 3 * channels)
    for _ in 0..<2 {
      embeddingBackward(ids, dy: dy, addingTo: dTable)
      for i in 0..<dy.count { expected[Int(ids[i / channels]) * channels + i % channels] += dy.span[i] }
    }
    expectSameBits(dTable.elements, expected)
  }

  @Test("no ids, no rows")
  func empty() {
    let table = Tensor(named: "table", [3, 4])
    embeddingForward([], table: table, into: Tensor(zeros: [0, 4]))
    embeddingBackward([], dy: Tensor(zeros: [0, 4]), addingTo: table)
    expectSameBits(table.elements, namedFloats("table", 12))
  }
}
