import Tensors
import Testing

@Suite("Lanes and half precision")
struct HalfPrecisionTests {
  @Test("rounding is to nearest, ties to even, and keeps a NaN")
  func bfloat16Table() {
    let table: [(Float, UInt16)] = [
      (1, 0x3f80), (-0.0, 0x8000), (.infinity, 0x7f80), (-.infinity, 0xff80),
      (Float(bitPattern: 0x3f80_8000), 0x3f80),  // a tie, down to even
      (Float(bitPattern: 0x3f81_8000), 0x3f82),  // a tie, up to even
      (Float(bitPattern: 0x3f80_8001), 0x3f81),
      (.greatestFiniteMagnitude, 0x7f80),
      (Float(bitPattern: 1), 0),
      (Float(bitPattern: 0x7f80_0001), 0x7fc0),  // a NaN whose payload lies in the lower half
      (Float(bitPattern: 0xffff_ffff), 0xffff),
    ]
    for (value, bits) in table { #expect(bfloat16Bits(value) == bits, "\(value)") }
  }

  @Test("in bulk as one by one, at every length", arguments: [0, 1, 7, 16, 33, 4099])
  func bulk(count: Int) {
    let x = Storage<Float>(zeros: count)
    var elements = x.mutableSpan
    var random: UInt32 = 12345
    for i in 0..<count {
      random = random &* 1_664_525 &+ 1_013_904_223
      elements[i] = Float(bitPattern: random)
    }
    let bits = Storage<UInt16>(zeros: count)
    roundToBFloat16(x.span, into: bits.mutableSpan)
    for i in 0..<count { #expect(bits.span[i] == bfloat16Bits(x.span[i])) }
    roundToFloat16(x.span, into: bits.mutableSpan)
    for i in 0..<count { #expect(bits.span[i] == Float16(x.span[i]).bitPattern) }
  }

  @Test("round(widen(bits)) = bits for every number of both formats")
  func roundTrip() {
    let bits = Storage<UInt16>(zeros: 1 << 16)
    let back = Storage<UInt16>(zeros: 1 << 16)
    let x = Storage<Float>(zeros: 1 << 16)
    var all = bits.mutableSpan
    for i in 0..<1 << 16 { all[i] = UInt16(i) }
    widenBFloat16(bits.span, into: x.mutableSpan)
    roundToBFloat16(x.span, into: back.mutableSpan)
    var wrong = 0
    for i in 0..<1 << 16 {
      let quiet: UInt16 = x.span[i].isNaN ? 0x40 : 0
      if back.span[i] != bits.span[i] | quiet { wrong += 1 }
    }
    #expect(wrong == 0)
    widenFloat16(bits.span, into: x.mutableSpan)
    roundToFloat16(x.span, into: back.mutableSpan)
    for i in 0..<1 << 16 {
      let quiet: UInt16 = x.span[i].isNaN ? 0x200 : 0
      if back.span[i] != bits.span[i] | quiet { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect(x.span[0x7bff] == 65504)
  }

  @Test("lanes are read and written where they are asked for")
  func lanes() {
    let storage = Storage<Float>(zeros: 20)
    var elements = storage.mutableSpan
    for i in 0..<20 { elements[i] = Float(i) }
    #expect(elements.span.lanes8(at: 12) == SIMD8(12, 13, 14, 15, 16, 17, 18, 19))
    #expect(elements.lanes16(at: 4)[15] == 19)
    elements.setLanes8(SIMD8(repeating: -1), at: 3)
    #expect(storage.span[2] == 2 && storage.span[3] == -1 && storage.span[10] == -1 && storage.span[11] == 11)
    elements.setLanes16(SIMD16(repeating: -2), at: 4)
    #expect(storage.span[3] == -1 && storage.span[19] == -2)
  }

  @Test("lanes beyond the end end the process")
  func lanesOutOfRange() async {
    await #expect(processExitsWith: .failure) { _ = Storage<Float>(zeros: 15).span.lanes8(at: 8) }
    await #expect(processExitsWith: .failure) { _ = Storage<Float>(zeros: 15).span.lanes8(at: -1) }
    await #expect(processExitsWith: .failure) {
      var elements = Storage<Float>(zeros: 15).mutableSpan
      elements.setLanes8(.zero, at: 8)
    }
  }
}
