import Testing

@testable import Puzzles

@Suite("Reading answers")
struct ReadingTests {
  @Test(
    "the answer is what the last closed pair of tags holds",
    arguments: [
      ("<answer>42</answer>", "42"), ("x <answer>1</answer> y <answer>2</answer>", "2"),
      ("<answer></answer>", ""), ("</answer>", "</answer>"), ("<ANSWER>4</ANSWER>", "<ANSWER>4</ANSWER>"),
      ("<think><answer>1</answer></think><answer>2</answer>", "2"), ("<answer>4", "<answer>4"),
      ("<answer>  lead\n\n  trail  </answer>", "lead\n\n  trail"), ("```<answer>4</answer>```", "4"),
      ("<answer>\r\n4\r\n</answer>", "4"), ("<answer>a<answer>b</answer></answer>", "a<answer>b"),
      ("<answer>1</answer>2</answer>", "1"), (" 7 ", " 7 "), ("so</think> 7 ", "7"),
      ("<answer>1</answer></think> 8", "8"), ("", ""), ("é<answer>é</answer>", "é"),
    ])
  func extraction(response: String, answer: String) {
    #expect(Puzzles.extract(response).unicodeScalars.elementsEqual(answer.unicodeScalars))
  }

  @Test(
    "integers are read as Python reads them",
    arguments: [
      ("12", 12), (" -7\n", -7), ("+0", 0), ("1_000", 1000), ("٣", 3), ("007", 7),
      ("99999999999999999999", Int.max), ("1.0", nil), ("", nil), ("_1", nil), ("1__0", nil), ("- 1", nil),
      ("0x10", nil), ("1e3", nil), ("１２", 12), ("²", nil),
    ] as [(String, Int?)])
  func integers(text: String, value: Int?) { #expect(AnswerText(text).integer == value) }

  @Test(
    "numbers are read as Python reads them",
    arguments: [
      ("1.5", 1.5), (".5", 0.5), ("5.", 5), ("-1e3", -1000), ("1_0.5", 10.5), ("inf", .infinity),
      ("-Infinity", -.infinity), ("1e999999999", .infinity), ("1e-999999999", 0), (".", nil), ("e5", nil),
      ("1e", nil), ("0x1p3", nil), ("1,000", nil), ("", nil),
    ] as [(String, Double?)])
  func reals(text: String, value: Double?) { #expect(AnswerText(text).real == value) }

  @Test(
    "decimals are equal as numbers, at any length",
    arguments: [
      ("07.0", "7", true), ("-0", "0", true), ("1e3", "1000", true), ("1000", "1E+3", true),
      ("0.1", "0.10", true),
      ("0.1", "0.1000000000000000000001", false), ("1e999999998", "1e999999997", false),
      ("nan", "nan", false),
      ("inf", "Infinity", true), ("-inf", "inf", false),
      ("123456789012345678901", "123456789012345678900", false),
    ])
  func decimals(a: String, b: String, areEqual: Bool) throws {
    let (a, b) = (try #require(DecimalValue(AnswerText(a))), try #require(DecimalValue(AnswerText(b))))
    #expect(a.equals(b) == areEqual)
  }

  @Test(
    "nearness is exact",
    arguments: [
      ("1.234", "1.235", 3, true), ("1.234", "1.2351", 3, false), ("-0.0005", "0.0005", 3, true),
      ("-0.0006", "0.0005", 3, false), ("99.9995", "100", 3, true), ("1e500", "1", 3, false),
      ("0", "0.001", 3, true),
      ("1e-399", "0", 3, true),
    ])
  func nearness(a: String, b: String, places: Int, isNear: Bool) throws {
    guard case .finite(let a)? = DecimalValue(AnswerText(a)),
      case .finite(let b)? = DecimalValue(AnswerText(b))
    else {
      Issue.record("not a number")
      return
    }
    #expect(a.isNear(b, places: places) == isNear && b.isNear(a, places: places) == isNear)
  }

  @Test(
    "numbers are written as C's %.10g writes them",
    arguments: [
      (0.996307373046875, "0.996307373"), (0.0001, "0.0001"), (0.00001234, "1.234e-05"), (1e10, "1e+10"),
      (123.5, "123.5"), (0, "0"), (-2.5, "-2.5"), (1_234_567_890.5, "1234567890"), (9_999_999_999.9, "1e+10"),
    ])
  func general(number: Double, text: String) { #expect(generalText(number, digits: 10) == text) }

  @Test(
    "JSON is read as Python's json.loads reads it",
    arguments: [
      (" [1, 2.5, \"a\\u00e9\", true, null] ", "[1, 2.5, \"aé\", true, null]"),
      ("{\"a\": 1, \"a\": 2}", "{\"a\": 1, \"a\": 2}"), ("\"\\ud83d\\ude00\"", "\"😀\""), ("-0", "0"),
      ("1e2", "100.0"), ("[1,]", nil), ("01", nil), ("[1] 2", nil), ("'a'", nil), ("\"\n\"", nil), ("", nil),
      ("[", nil), ("nul", nil), ("{1: 2}", nil), ("\"\\x\"", nil), ("1.", nil), ("+1", nil),
    ] as [(String, String?)])
  func json(text: String, value: String?) { #expect(PuzzleValue(json: text)?.json == value) }

  @Test("JSON nested more than 100 deep is none")
  func depth() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(PuzzleValue(json: nested(100)) != nil)
    #expect(PuzzleValue(json: nested(101)) == nil)
    #expect(ListLiteral.read(AnswerText(nested(100_000))) == nil)
  }

  @Test(
    "of Python's lists, only literals are read",
    arguments: [
      ("[1, 'a', \"b\", (2, 3)]", "[1, \"a\", \"b\", [2, 3]]"), ("[]", "[]"), ("[1, ]", "[1]"),
      ("[x]", nil), ("[f()]", nil), ("[i for i in range(9)]", nil), ("__import__('os')", nil),
      ("[1] + [2]", nil),
    ] as [(String, String?)])
  func lists(text: String, value: String?) {
    #expect(ListLiteral.read(AnswerText(text)).map { PuzzleValue.list($0).json } == value)
  }

  @Test(
    "expressions are evaluated exactly",
    arguments: [
      ("1+2*3", 7, 1), ("(1+2)*3", 9, 1), ("8/(3-8/3)", 24, 1), ("-(2-5)", 3, 1), ("1/3+1/3", 2, 3),
      ("--4", 4, 1),
      ("24.", 24, 1),
    ])
  func expressions(text: String, numerator: Int, denominator: Int) throws {
    #expect(try ExactExpression(AnswerText(text)).value == Rational(Int128(numerator), Int128(denominator)))
  }

  @Test(
    "what is no expression has no value",
    arguments: [
      "", "1/0", "1_0+2", "x", "2(3)", "1 2", "9**9**9", "__import__('os')", "5!", "(1", "1)", "−3", "08+1",
    ])
  func noExpressions(text: String) {
    #expect(throws: ExactExpression.Failure.self) { try ExactExpression(AnswerText(text)) }
  }

  @Test(
    "formulas are read by precedence, grouped from the left",
    arguments: [
      ("P ∧ Q ∨ R", "((P ∧ Q) ∨ R)"), ("¬P → Q ↔ R", "((¬P → Q) ↔ R)"), ("P → Q → R", "((P → Q) → R)"),
      ("¬¬P", "P"), ("!P & Q -> R <-> S", "(((¬P ∧ Q) → R) ↔ S)"), ("(P", nil), ("P Q", nil), ("p", nil),
      ("", nil),
    ] as [(String, String?)])
  func formulas(text: String, value: String?) { #expect(Proposition(AnswerText(text))?.text == value) }
}
