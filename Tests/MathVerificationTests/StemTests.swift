import Foundation
import Testing

@testable import MathVerification

@Suite struct StemTests {
  @Test(arguments: [
    ("\\boxed{9.81\\ \\text{m/s}^2}", 9.8, "m/s^2", true),
    ("\\boxed{500 \\text{ m}}", 0.5, "km", true),
    ("\\boxed{0.5}", 0.5, "km", true),
    ("\\boxed{0.5\\,\\mathrm{km}}", 0.5, "km", true),
    ("\\boxed{500}", 0.5, "km", false),
    ("\\boxed{5 N}", 5, "J", false),
    ("\\boxed{5 N m}", 5, "J", true),
    ("\\boxed{5\\ \\text{N}\\cdot\\text{m}}", 5, "J", true),
    ("\\boxed{5\\,kg\\,m^2/s^2}", 5, "J", true),
    ("\\boxed{5\\ \\mathrm{kg\\cdot m^{2}\\cdot s^{-2}}}", 5, "J", true),
    ("\\boxed{6.02\\times10^{23}}", 6.02e23, "", true),
    ("\\boxed{6.02e23}", 6.02e23, "", true),
    ("\\boxed{6.02 \\cdot 10^{23}\\text{ molecules}}", 6.02e23, "", true),
    ("\\boxed{3.2 x 10^-4 mol}", 3.2e-4, "mol", true),
    ("\\boxed{1,234.5}", 1234.5, "g", true),
    ("\\boxed{1234.5\\text{ grams}}", 1.2345, "kg", true),
    ("\\boxed{\\frac{1}{2}\\text{ s}}", 0.5, "s", true),
    ("\\boxed{1/2 s}", 0.5, "s", true),
    ("\\boxed{\\sqrt{2}}", 1.4142, "m", true),
    ("\\boxed{2\\pi}", 6.2832, "", true),
    ("\\boxed{x = 12\\text{ cm}}", 0.12, "m", true),
    ("\\boxed{\\approx 12.1 cm}", 12, "cm", true),
    ("\\boxed{12.2 cm}", 12, "cm", false),
    ("\\boxed{-12 cm}", 12, "cm", false),
    ("\\boxed{36 km/h}", 10, "m/s", true),
    ("\\boxed{36 kilometres per hour}", 10, "m/s", true),
    ("\\boxed{20^\\circ\\text{C}}", 20, "degC", true),
    ("\\boxed{20 °C}", 20, "degC", true),
    ("\\boxed{293.15 K}", 20, "degC", true),
    ("\\boxed{20 K}", 20, "degC", false),
    ("\\boxed{3 min}", 180, "s", true),
    ("\\boxed{2 hours}", 2, "h", true),
    ("\\boxed{42\\%}", 42, "%", true),
    ("\\boxed{42}", 42, "%", true),
    ("\\boxed{85.5\\ \\mu\\text{mol/min}}", 85.5, "umol/min", true),
    ("\\boxed{85.5 micromol/min}", 85.5, "umol/min", true),
    ("\\boxed{1.2 mM}", 0.0012, "mol/L", true),
    ("\\boxed{30\\ \\Omega}", 30, "ohm", true),
    ("\\boxed{4.18 J/(g K)}", 4180, "J/(kg K)", true),
    ("\\boxed{3760 bacteria}", 3760, "", true),
    ("\\boxed{0}", 0, "m", true),
    ("\\boxed{0.001}", 0, "m", false),
    ("The answer is 12.3 m/s.", 12.3, "m/s", true),
    ("First 3, then\nso v = 12.3 m/s", 12.3, "m/s", true),
    ("<answer>12.3</answer>", 12.3, "m/s", true),
    ("It is 7 apples, hence 12.3.", 12.3, "", true),
    ("\\boxed{no idea}", 12.3, "m", false),
    ("", 12.3, "m", false),
    ("\\boxed{1e999999999}", 12.3, "m", false),
    ("\\boxed{10^{10^{10}}}", 12.3, "m", false),
    ("\\boxed{NaN}", 12.3, "m", false),
  ])
  func `a number is right within its tolerance, whatever unit it is in`(
    text: String, value: Double, unit: String, isRight: Bool
  ) {
    let expected = StemAnswer.numeric(value: value, unit: unit, relativeTolerance: 0.01)
    let verdict = StemVerifier.judge(answer: text, expected: expected)
    #expect(verdict.isRight == isRight, "\(text): \(verdict)")
  }

  @Test(arguments: [
    ("\\boxed{B}", true), ("\\boxed{(B)}", true), ("\\boxed{b}", true), ("\\boxed{\\text{B}}", true),
    ("\\boxed{\\textbf{(B)} 12 m}", true),
    ("\\boxed{B) 12 m}", true), ("The answer is B.", true), ("Answer: (B)", true), ("option B", true),
    ("I choose B", true),
    ("\\boxed{C}", false), ("\\boxed{A}", false), ("The answer is C, not A", false), ("\\boxed{12}", false),
    ("", false),
  ])
  func `a choice is its letter`(text: String, isRight: Bool) {
    #expect(StemVerifier.judge(answer: text, expected: .choice("B")).isRight == isRight)
  }

  @Test(arguments: [
    ("\\boxed{1,2,1,1}", true), ("\\boxed{1, 2, 1, 1}", true), ("1 2 1 1", true), ("\\boxed{2,1,1,1}", false),
    ("\\boxed{1,2,1}", false),
    ("\\boxed{1,2,1,1,1}", false), ("", false),
  ])
  func `a list is in order`(text: String, isRight: Bool) {
    #expect(StemVerifier.judge(answer: text, expected: .integers([1, 2, 1, 1])).isRight == isRight)
  }

  @Test(arguments: [
    ("\\boxed{ACGT}", true), ("\\boxed{acgt}", true), ("\\boxed{5'-ACG T-3'}", true),
    ("\\boxed{\\text{ACGT}}", true), ("\\boxed{ACG}", false),
  ])
  func `a sequence is its letters`(text: String, isRight: Bool) {
    #expect(StemVerifier.judge(answer: text, expected: .exact("ACGT")).isRight == isRight)
  }

  @Test func `answers survive JSON`() throws {
    let answers: [StemAnswer] = [
      .numeric(value: 1.5, unit: "m", relativeTolerance: 0.01), .exact("ACG"), .choice("B"),
      .integers([1, 2]), .expression("\\frac{1}{2}"),
    ]
    for answer in answers {
      #expect(try JSONDecoder().decode(StemAnswer.self, from: JSONEncoder().encode(answer)) == answer)
    }
    let row = Data(#"{"value": 112.0, "unit": "m", "rel_tol": 0.01}"#.utf8)
    #expect(
      try JSONDecoder().decode(StemAnswer.self, from: row)
        == .numeric(value: 112, unit: "m", relativeTolerance: 0.01))
  }
}
