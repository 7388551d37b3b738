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

  @Test func `beyond what Double holds the exponential is 0 or infinite`() {
    for step in -7_600...7_600 {
      let x = Double(step) * 0.1
      let (mine, theirs) = (exponential(x), exp(x))
      #expect(mine == theirs || (mine - theirs).magnitude <= 2 * theirs.ulp, "exponential(\(x)) is \(mine)")
    }
    #expect(exponential(.infinity) == .infinity && exponential(-.infinity) == 0)
  }

  @Test func `the logarithm is the C library's to a few units in the last place`() {
    for step in -7_000...7_000 {
      let x = exp(Double(step) * 0.1 + 1e-7)
      let (mine, theirs) = (logarithm(x), log(x))
      #expect((mine - theirs).magnitude <= 2 * theirs.ulp, "logarithm(\(x)) is \(mine), log is \(theirs)")
    }
    for step in 1...100_000 {
      let x = Double(step) * 1e-4
      #expect((logarithm(x) - log(x)).magnitude <= 2e-16 + 2 * log(x).ulp, "\(x)")
    }
    #expect(logarithm(1) == 0 && logarithm(0) == -.infinity && logarithm(.infinity) == .infinity)
    #expect(logarithm(-1).isNaN && logarithm(.nan).isNaN)
    #expect((logarithm(Double.leastNonzeroMagnitude) - log(Double.leastNonzeroMagnitude)).magnitude < 1e-12)
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
