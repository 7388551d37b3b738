import FoundationEssentials
import Safetensors
import Tensors
import Testing

@Suite("Damaged safetensors")
struct SafetensorsFuzzTests {
  @Test("20 000 random mutations of a header are accepted or refused, and never end the process")
  func mutations() throws {
    let header = """
      {"__metadata__":{"format":"pt"},"a.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},\
      "b":{"dtype":"I64","shape":[],"data_offsets":[16,24]},"c\\u00e9":{"dtype":"BF16","shape":[0],\
      "data_offsets":[24,24]}}
      """
    let valid = safetensors(header, dataBytes: 24)
    let scratch = try ScratchDirectory()
    var random = Generator(state: 20_240_601)
    var (refused, accepted) = (0, 0)
    for _ in 0..<20_000 {
      let path = try scratch.file("f", mutate(valid, &random))
      do throws(SafetensorsError) {
        let file = try SafetensorsFile(path: path)
        accepted += 1
        for name in file.names { try readAny(name, of: file) }
      } catch {
        guard case .malformed = error else {
          Issue.record(error)
          return
        }
        refused += 1
      }
    }
    #expect(refused > 10_000 && accepted > 0, "\(refused) refused, \(accepted) accepted")
  }

  private func readAny(_ name: String, of file: SafetensorsFile) throws(SafetensorsError) {
    let entry = try file.entry(name)
    #expect(entry.count <= 24)
    switch entry.dtype {
    case .f64, .f32, .f16, .bf16: try file.copy(name, into: Tensor(zeros: entry.shape))
    case .f8e4m3, .f8e5m2, .u64: break
    default: #expect(try file.copyIntegers(name).count == entry.count)
    }
  }

  /// Flips bits, or overwrites, removes or repeats bytes, of the header or its length.
  private func mutate(_ valid: [UInt8], _ random: inout Generator) -> [UInt8] {
    var bytes = valid
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0..<bytes.count - 24, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 2: bytes[place] = Array("0123456789[]{},\"-e.".utf8).randomElement(using: &random) ?? 0
      case 3: bytes.remove(at: place)
      default: bytes.insert(bytes[place], at: place)
      }
    }
    // Half of them get a length that fits, so that mutations reach beyond the first check.
    if Bool.random(using: &random) {
      let length = bytes.count - 24 - 8
      for i in 0..<8 { bytes[i] = UInt8(truncatingIfNeeded: length >> (i * 8)) }
    }
    return bytes
  }
}

/// SplitMix64, so that a failure repeats.
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
