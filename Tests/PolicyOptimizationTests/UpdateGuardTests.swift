import PolicyOptimization
import Testing

@Suite struct UpdateGuardTests {
  @Test(
    arguments: [
      ([:], UpdateGuard.Verdict.apply), ([3: 1.5, 4: 0], .apply),
      ([1: 0x1p25, 2: 0x1.fffffep24], .apply),
      ([1: 0x1p25, 2: 0x1p25], .skip(.overflow(sum: 0x1p26, limit: 0x1p26))),
      ([1: 0x1p26], .skip(.overflow(sum: 0x1p26, limit: 0x1p26))),
      ([5: .infinity, 9: .nan], .skip(.notFinite(ordinal: 5))),
      ([5: 1, 9: .nan], .skip(.notFinite(ordinal: 9))),
    ] as [([Int: Float], UpdateGuard.Verdict)])
  func `an update is applied only if no partial sum can wrap`(
    largest: [Int: Float], verdict: UpdateGuard.Verdict
  ) {
    #expect(UpdateGuard().verdict(largestMagnitudes: largest) == verdict)
  }

  @Test func `a sum at the limit is judged by ordinal, whatever the order of arrival`() {
    var random = SeededNumbers(seed: 7)
    let groups = (0..<64).map { ($0, Float.random(in: 0...0x1p21, using: &random)) }
    let verdicts = (0..<20).map { _ in
      UpdateGuard().verdict(
        largestMagnitudes: Dictionary(uniqueKeysWithValues: groups.shuffled(using: &random)))
    }
    #expect(Set(verdicts.map { "\($0)" }).count == 1)
  }

  @Test func `a scale that overflows, or is no number, skips`() {
    #expect(UpdateGuard(scale: .nan).verdict(largestMagnitudes: [1: 1]) != .apply)
    #expect(UpdateGuard(scale: .infinity).verdict(largestMagnitudes: [1: 1]) != .apply)
  }
}
