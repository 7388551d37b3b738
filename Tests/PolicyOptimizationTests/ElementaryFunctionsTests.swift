import Foundation
import Testing

@testable import PolicyOptimization

@Suite struct ElementaryFunctionsTests {
  @Test func `the exponential is the C library's to a few units in the last place`() {
    for step in -200_000...200_000 {
      let x = Double(step) * 1e-4
      let (mine, theirs) = (exponential(x), exp(x))
      guard (mine - theirs).magnitude <= 2 * theirs.ulp else {
        Issue.record("exponential(\(x)) is \(mine), exp is \(theirs)")
        return
      }
    }
    #expect(exponential(0) == 1 && exponential(.nan).isNaN)
  }

  @Test func `the cosine is the C library's over many waves`() {
    for step in -100_000...100_000 {
      let x = Double(step) * 1.234e-4
      let (mine, theirs) = (cosine(halfTurns: x), cos(x * .pi))
      guard (mine - theirs).magnitude <= 1e-14 else {
        Issue.record("cosine(halfTurns: \(x)) is \(mine), cos is \(theirs)")
        return
      }
    }
    #expect([0, 0.5, 1, 1.5, 2, -1].map(cosine(halfTurns:)) == [1, 0, -1, 0, 1, -1])
  }
}
