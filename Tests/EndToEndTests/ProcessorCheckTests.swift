import CProcessorCheck
import Testing

/// What an older processor is told instead of SIGILL.
///
/// By hand, the whole way: `qemu-x86_64 -cpu Nehalem .build/release/prorl-coordinator --version` prints the
/// sentence and ends with exit code 1, `-cpu Haswell` prints the version.
@Suite("Processor check")
struct ProcessorCheckTests {
  /// The sentence for a processor with `features`; nil where there is nothing to complain about.
  private func complaint(_ features: UInt32, name: String = "Test CPU", room: Int = 512) -> String? {
    var text = [CChar](repeating: 1, count: room)
    let count = unsafe cpc_complaint(features, name, &text, Int32(room))
    #expect(text[Int(count)] == 0, "the text ends where its length says")
    return count == 0
      ? nil : String(decoding: text.prefix(Int(count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static let all = UInt32(CPC_NEEDED)

  @Test("a processor with everything is not complained about, whatever else it has")
  func complete() {
    #expect(complaint(Self.all) == nil)
    #expect(complaint(.max) == nil)
  }

  @Test(
    "whatever is missing is named, and nothing else",
    arguments: [
      (CPC_AVX2, "AVX2"), (CPC_FMA, "FMA"), (CPC_BMI2, "BMI2"), (CPC_F16C, "F16C"), (CPC_AVX, "AVX"),
      (CPC_BMI1, "BMI1"), (CPC_LZCNT, "LZCNT"), (CPC_MOVBE, "MOVBE"), (CPC_POPCNT, "POPCNT"),
      (CPC_SSE4_2, "SSE4.2"), (CPC_SSE4_1, "SSE4.1"), (CPC_SSSE3, "SSSE3"), (CPC_CMPXCHG16B, "CMPXCHG16B"),
      (CPC_OS_AVX, "a system that saves AVX registers"),
    ].map { (UInt32($0.0), $0.1) })
  func each(bit: UInt32, name: String) {
    let sentence =
      "prorl-coordinator needs a processor with AVX2, FMA, BMI2, F16C (x86-64-v3); this one (Test CPU) lacks "
    #expect(complaint(Self.all & ~bit) == sentence + name)
  }

  @Test("several are named in order, and AVX-512 makes up for none of them")
  func several() throws {
    let features = UInt32(CPC_SSE4_1 | CPC_AVX512 | CPC_SSSE3)
    let sentence = try #require(complaint(features))
    #expect(sentence.contains("lacks AVX2, FMA, BMI2, F16C, AVX, BMI1,") && !sentence.contains("SSE4.1"))
    #expect(try #require(complaint(0, name: "")).contains("(without a name)"))
  }

  @Test("a long name is cut where the room ends", arguments: [1, 20, 150, 200])
  func room(room: Int) {
    let text = complaint(0, name: String(repeating: "x", count: 48), room: room) ?? ""
    #expect(text.utf8.count < room)
  }

  @Test("this processor, which runs the tests, has all that is needed")
  func here() {
    #expect(cpc_features() & Self.all == Self.all)
  }
}
