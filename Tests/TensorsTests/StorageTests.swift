import FoundationEssentials
import Tensors
import Testing

@Suite("Storage and Tensor")
struct StorageTests {
  @Test("a storage of any size starts as zeros", arguments: [0, 1, 63, 1000, 1 << 18, (1 << 20) + 3])
  func zeros(count: Int) {
    let storage = Storage<Float>(zeros: count)
    #expect(storage.span.count == count)
    var isZero = true
    for i in 0..<count where storage.span[i] != 0 { isZero = false }
    #expect(isZero)
  }

  @Test("elements begin at a multiple of 64 bytes", arguments: [1, 5, 1 << 20])
  func alignment(count: Int) {
    let storage = Storage<Int64>(zeros: count)
    let address = unsafe storage.span.withUnsafeBufferPointer { buffer in
      UInt(bitPattern: buffer.baseAddress)
    }
    #expect(address.isMultiple(of: 64))
  }

  @Test("pages that nobody writes cost nothing")
  func lazyPages() throws {
    let before = try residentPages()
    let storage = Storage<Float>(zeros: 1 << 28)  // a gigabyte
    var last = storage.mutableSpan((1 << 28) - 1..<1 << 28)
    last[0] = 7
    #expect(storage.span((1 << 28) - 2..<1 << 28)[1] == 7)
    #expect(try residentPages() - before < 50_000)
  }

  @Test("a window shares its elements with the storage")
  func windows() {
    let storage = Storage<Float>(zeros: 24)
    var all = storage.mutableSpan
    for i in 0..<24 { all[i] = Float(i) }
    let tensor = Tensor(storage, offset: 4, shape: [5, 4])
    let rows = tensor.rows(2..<4)
    #expect(rows.shape == [2, 4])
    #expect(rows.span[0] == 12)
    var elements = rows.mutableSpan
    elements[7] = -1
    #expect(storage.span[19] == -1)
    #expect(tensor.rows(5..<5).count == 0)
  }

  @Test("a copy is equal and independent")
  func copy() {
    let (a, b) = (Storage<Double>(zeros: 3), Storage<Double>(zeros: 3))
    var elements = a.mutableSpan
    elements[1] = 2.5
    b.copy(from: a)
    elements[1] = 0
    #expect(b.span[1] == 2.5)
  }

  @Test("a scalar has one element and no shape")
  func scalar() {
    #expect(Tensor(zeros: []).count == 1)
    #expect(Tensor(zeros: [3, 0]).count == 0)
  }

  @Test("a wrong shape or range ends the process with its numbers")
  func traps() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor(Storage<Float>(zeros: 5), offset: 2, shape: [4])
    }
    await #expect(processExitsWith: .failure) { _ = Storage<Float>(zeros: 5).span(3..<6).count }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [1 << 40, 1 << 40]) }
  }
}

/// How many pages of memory this process occupies, by the second field of `/proc/self/statm`.
private func residentPages() throws -> Int {
  let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
  return try #require(Int(fields[1]))
}
