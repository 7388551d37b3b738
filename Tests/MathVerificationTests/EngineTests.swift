import Testing

@testable import MathVerification

@Suite struct EngineTests {
  @Test(arguments: [
    // Determinants and matrices.
    ("-2", "\\begin{vmatrix}1&2\\\\3&4\\end{vmatrix}", true),
    ("0", "\\begin{vmatrix}1&2&3\\\\4&5&6\\\\7&8&9\\end{vmatrix}", true),
    ("ad-bc", "\\det\\begin{pmatrix}a&b\\\\c&d\\end{pmatrix}", true),
    ("\\begin{pmatrix}2&4\\end{pmatrix}", "2\\begin{pmatrix}1&2\\end{pmatrix}", true),
    (
      "\\begin{pmatrix}2&4\\end{pmatrix}",
      "\\begin{pmatrix}1&2\\end{pmatrix}+\\begin{pmatrix}1&2\\end{pmatrix}", true
    ),
    ("\\begin{pmatrix}2&4\\end{pmatrix}", "\\begin{pmatrix}2\\\\4\\end{pmatrix}", false),
    ("\\begin{pmatrix}2&4\\end{pmatrix}", "\\begin{pmatrix}2\\\\4\\end{pmatrix}^T", true),
    ("\\sin(ad-bc)", "\\sin\\det\\begin{pmatrix}a&b\\\\c&d\\end{pmatrix}", true),
    // Numbers as written.
    ("10000", "10\\,000", true), ("12345678", "12 345 678", true), ("1000000", "1\\ 000\\ 000", true),
    ("10000", "10 0000", false), ("0.000012", "1.2E-5", true), ("120000", "1.2E+5", true),
    ("33\\frac{1}{3}\\%", "\\frac13", true), ("5\\frac{1}{2}\\%", "5.5\\%", true),
    ("\\frac{5}{12}", "\\frac{5}{12}\\approx 0.4167", true),
    ("x=2\\sqrt{7}", "x=2\\sqrt7\\approx 5.29", true),
    ("5.29", "AB\\approx 5.29", true), ("5", "2x=10\\Rightarrow x=5", true),
    ("0.4", "\\frac{5}{12}\\approx 0.4", false),
    ("2^{2023}", "4^{1011.5}", true), ("10^{30}\\sqrt{3}", "\\sqrt{3\\cdot 10^{60}}", true),
    ("-\\infty", "\\frac{2(-\\infty)}{3}", true), ("\\infty", "\\infty+5", true),
    ("\\infty", "\\infty-\\infty", false),
    ("\\frac{n!}{(n-2)!}", "(n)_{2}", true), ("x_1^2", "x^2_1", true),
    // Pairs in any brackets, where they are no interval.
    ("(2,1)", "[2,1]", true), ("(1,2)", "[1,2]", false), ("(2,1)", "(2,1]", false), ("(3,3)", "[3,3]", false),
    // Functions of numbers.
    ("2", "\\lfloor 2.7\\rfloor", true), ("-3", "\\lfloor -2.7\\rfloor", true),
    ("-2", "\\lceil -2.7\\rceil", true),
    ("6", "\\gcd(12,18)", true), ("36", "\\operatorname{lcm}(12,18)", true), ("5", "\\max(2,5,3)", true),
    ("2", "\\min(2,5,3)", true),
    ("1", "7 \\bmod 3", true), ("2", "-7 \\bmod 3", true), ("-1", "-(7 \\bmod 3)", true),
    ("3", "|-3|", true), ("1", "0!", true),
    ("-2", "\\sqrt[3]{-8}", true), ("\\frac{3}{2}", "\\sqrt[3]{\\frac{27}{8}}", true),
    ("0", "\\sqrt{0}", true),
    ("2\\sqrt[3]{2}", "\\sqrt[3]{16}", true), ("\\sqrt[6]{2}", "\\sqrt{\\sqrt[3]{2}}", true),
    ("\\sqrt[6]{2}", "\\sqrt[3]{2}", false),
    ("\\binom{n}{3}", "\\frac{n(n-1)(n-2)}{6}", true), ("0", "\\binom{3}{5}", true),
    ("1", "\\binom{1000}{0}", true),
    ("15", "\\sum_{k=1}^{5} k", true), ("120", "\\prod_{k=1}^{5} k", true),
    ("55", "\\sum_{k=1}^{5} k^2", true),
    // Functions by probes.
    ("\\cosh x", "\\frac{e^x+e^{-x}}{2}", true), ("\\sec x", "\\frac{1}{\\cos x}", true),
    ("\\frac{\\pi}{4}", "\\arctan 1", true),
    ("\\frac{\\pi}{3}", "\\arccos\\frac12", true), ("\\sin 3x", "3\\sin x-4\\sin^3 x", true),
    ("\\sin 3x", "3\\sin x", false),
    ("\\ln x^2", "2\\ln |x|", true), ("\\ln x^2", "2\\ln x", false), ("x", "\\sqrt{x^2}", false),
    ("3^n", "e^{n\\ln 3}", true),
    ("(n+1)!", "(n+1)n!", true), ("(-1)^n", "\\cos(n\\pi)", false), ("2^{n+3}", "8\\cdot 2^n", true),
    ("x^n x^m", "x^{n+m}", true),
    ("i\\sin x+\\cos x", "e^{ix}", true), ("\\tanh x", "\\frac{e^{2x}-1}{e^{2x}+1}", true),
    ("\\cot x", "\\tan x", false),
    // Division by zero is nothing.
    ("5", "\\frac{5}{0}", false), ("0", "\\frac{0}{0}", false), ("x", "\\frac{x}{x-x}", false),
    // Sets of numbers.
    ("[1,5)", "[1,3]\\cup(2,5)", true), ("(1,2)", "(1,3)\\cap(0,2)", true),
    ("[0,1)\\cup(1,2]", "[0,2]\\setminus\\{1\\}", true),
    ("\\mathbb{R}\\setminus\\{0\\}", "(-\\infty,0)\\cup(0,\\infty)", true),
    ("x\\ne 0", "(-\\infty,0)\\cup(0,\\infty)", true),
    ("\\mathbb{Z}", "\\mathbb{R}", false), ("\\emptyset", "(1,2)\\cap(3,4)", true),
    ("(a,b)\\cup(c,d)", "(c,d)\\cup(a,b)", true),
    ("\\{1,2\\}\\cup\\{3\\}", "\\{1,2,3\\}", true),
    // Equations and inequalities.
    ("2x+4y=6", "x+2y=3", true), ("x<2y", "2y>x", true), ("x<2y", "-x>-2y", true), ("x<2y", "x>2y", false),
    ("x^2=4", "x=2", false),
    ("\\frac{x}{2}+\\frac{y}{3}=1", "3x+2y=6", true), ("a<b<c", "c>b>a", true),
  ])
  func `answers mean what they say`(gold: String, answer: String, isEqual: Bool) {
    let verdict = MathVerifier.judge(answer: answer, gold: gold, mode: .expression)
    #expect(verdict.isEqual == isEqual, "\(answer) for \(gold): \(verdict)")
  }

  @Test func `a budget's end is an answer, not a wait`() {
    let sum = (1...300).map { "\\frac{1}{\(1_000_000_007 + 4 * $0)}" }
    let same = MathVerifier.judge(
      answer: sum.reversed().joined(separator: "+"), gold: sum.joined(separator: "+"), mode: .expression)
    #expect(same.isEqual)
    let other = MathVerifier.judge(answer: "(x+y+z+w+v)^{90}", gold: "(x+y+z+w-v)^{90}", mode: .expression)
    #expect(!other.isEqual)
  }

  @Test(arguments: [
    ("a \\boxed{\\frac{1}{2}} b", "\\frac{1}{2}"), ("\\boxed 5$", "5"), ("\\boxed{1} \\boxed{2}", "2"),
    ("\\boxed{1", nil), ("1", nil),
    ("\\fbox{3}", nil),
  ])
  func `a box's content is found through its braces`(text: String, content: String?) {
    #expect(Extraction.boxedContent(in: text) == content)
  }

  @Test func `an announced answer, a hash mark's and a last number are found`() {
    let text = "Answer: 1,200 dollars\n#### 1,300\nso 1,400."
    #expect(Extraction.announcedAnswer(in: text) == "1200")
    #expect(Extraction.hashMarkNumber(in: text) == "1300")
    #expect(Extraction.lastNumber(in: text) == "1,400.")
    #expect(Extraction.announcedAnswer(in: "none") == nil)
    #expect(Extraction.hashMarkNumber(in: "####5") == nil)
    #expect(Extraction.lastNumber(in: "none") == nil)
  }

  @Test func `an empty gold answer, and one that is only text, are reported`() {
    #expect(MathVerifier.judge(answer: "5", gold: "").gold == .empty)
    #expect(MathVerifier.judge(answer: "5", gold: "\\frac{}{}").gold == .textOnly)
    #expect(MathVerifier.judge(answer: "5", gold: "\\frac12").gold == .parsed)
    let none = MathVerifier.judge(answer: "I do not know", gold: "5")
    #expect(none.extracted == nil && !none.isParsed && !none.isEqual)
  }

  @Test func `thinking is not read`() {
    #expect(!MathVerifier.judge(answer: "<think>\\boxed{5}</think> I give up", gold: "5").isEqual)
    #expect(MathVerifier.judge(answer: "<think>\\boxed{4}</think>\\boxed{5}", gold: "5").isEqual)
  }
}
