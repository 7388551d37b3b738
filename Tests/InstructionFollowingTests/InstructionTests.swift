import InstructionFollowing
import Testing

/// Whether `response` follows one instruction.
private func follows(
  _ response: String, _ id: String, _ arguments: [String: ArgumentValue] = [:],
  mode: InstructionCheck.Mode = .strict
) throws -> Bool {
  let check = try InstructionCheck(ids: [id], arguments: [arguments])
  return check.followed(by: response, mode: mode) == [true]
}

@Suite("Edges of the instructions")
struct InstructionTests {
  @Test("there are 25, each known by one name")
  func names() {
    #expect(Instruction.knownIDs.count == 25)
    #expect(Set(Instruction.knownIDs).count == 25)
  }

  @Test(
    "a blank response follows nothing, not even what it cannot break", arguments: ["", " \n\t", "\u{3000}"])
  func blank(response: String) throws {
    for mode in InstructionCheck.Mode.allCases {
      #expect(try !follows(response, "punctuation:no_comma", mode: mode))
    }
  }

  @Test(
    "keywords are expressions, case aside",
    arguments: [
      ("a.b", "AXB", true), ("a.b", "a\nb", false), ("(cat|dog)s?", "hotdog", true),
      ("colou?r", "Color", true),
      ("^The", "the end", true), ("^The", "\nthe end", false), (#"\bsea\b"#, "seaside", false),
      ("x{2,3}", "axxa", true),
      ("x{2,3}", "axa", false), ("[^a-z ]", "abc", false),
      ("(a+)+b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
    ])
  func expressions(keyword: String, response: String, isFollowed: Bool) throws {
    #expect(try follows(response, "keywords:existence", ["keywords": [.string(keyword)]]) == isFollowed)
  }

  @Test(
    "what is no expression is looked for as it stands",
    arguments: ["C++", "(", "[x", "a)", "*", "\\1", "(?=x)", "x{3,1}"])
  func plainKeywords(keyword: String) throws {
    let arguments: [String: ArgumentValue] = ["keywords": [.string(keyword)]]
    #expect(try follows("I like \(keyword.lowercased()) most", "keywords:existence", arguments))
    #expect(try !follows("I like y most", "keywords:existence", arguments))
  }

  @Test(
    "matches are counted from the left without overlap",
    arguments: [("aa", "aaaaa", 2), ("a*?b", "aab b", 2), (#"\w+"#, "it's so", 3), ("a|ab", "abab", 2)])
  func frequency(keyword: String, response: String, count: Int) throws {
    for (frequency, relation) in [(count, "at least"), (count + 1, "less than")] {
      let arguments: [String: ArgumentValue] = [
        "keyword": .string(keyword), "frequency": .integer(frequency), "relation": .string(relation),
      ]
      #expect(try follows(response, "keywords:frequency", arguments))
    }
  }

  @Test(
    "a forbidden word is a whole one",
    arguments: [
      ("sea", "a sea-level", false), ("sea", "sea_level", true), ("sea", "undersea", true),
      ("sea", "SEA!", false),
      ("U.S.", "the U.S. is", true), ("U.S.", "the U.S.A", false), ("é", "café", true),
      ("sea ice", "Sea ice", false),
    ])
  func forbidden(word: String, response: String, isFollowed: Bool) throws {
    #expect(
      try follows(response, "keywords:forbidden_words", ["forbidden_words": [.string(word)]]) == isFollowed)
  }

  @Test(
    "letters count in both cases, and any character may be one",
    arguments: [("E", "eEe"), ("#", "###"), ("!", "a!!!")])
  func letters(letter: String, response: String) throws {
    let arguments: [String: ArgumentValue] = ["letter": .string(letter), "let_relation": "at least"]
    #expect(
      try follows(response, "keywords:letter_frequency", arguments.merging(["let_frequency": 3]) { $1 }))
    #expect(
      try !follows(response, "keywords:letter_frequency", arguments.merging(["let_frequency": 4]) { $1 }))
  }

  @Test(
    "a paragraph's first word ends at its punctuation",
    arguments: [
      ("'\"Send\" it", "send", true), ("send: it", "send", false), ("Send's", "SEND", true),
      ("\n\nSend", "send", false),
    ])
  func firstWord(response: String, word: String, isFollowed: Bool) throws {
    let arguments: [String: ArgumentValue] = [
      "num_paragraphs": 1, "nth_paragraph": 1, "first_word": .string(word),
    ]
    #expect(try follows(response, "length_constraints:nth_paragraph_first_word", arguments) == isFollowed)
  }

  @Test(
    "bullets may be any distance from the margin, and a lone star takes the line below",
    arguments: [("* a\n\n   * b", 2), ("*\n* a", 1), ("---\n-5", 2), ("**a**", 0), ("a - b\n*", 0), ("-", 1)])
  func bullets(response: String, count: Int) throws {
    #expect(try follows(response, "detectable_format:number_bullet_lists", ["num_bullets": .integer(count)]))
  }

  @Test(
    "JSON is what Python reads",
    arguments: [
      ("{\"a\": [1, -0.5e+3, true, null, NaN, -Infinity, \"\\u00e9\\n\"]}", true), ("```json\n[]```", true),
      ("01", false),
      ("[1,]", false), ("{\"a\"}", false), ("{1: 2}", false), ("\"a\nb\"", false), ("1.", false),
      ("-", false),
      ("[] []", false), ("\u{FEFF}[]", false), ("{\"a\":1,\"a\":2}", true), ("\"\\ud800\"", true),
      ("\"\\x\"", false),
      ("[[[]], {\"a\": {}}, []]", true), ("nul", false), ("+1", false), ("1e5", true), ("[", false),
      ("]", false),
    ])
  func json(response: String, isFollowed: Bool) throws {
    #expect(try follows(response, "detectable_format:json_format") == isFollowed)
  }

  @Test("whole numbers of more than 4,300 digits are none, and nesting has a limit")
  func jsonLimits() throws {
    for (response, isFollowed) in [
      (String(repeating: "1", count: 4_300), true), (String(repeating: "1", count: 4_301), false),
      (String(repeating: "1", count: 5_000) + ".5", true),
      (String(repeating: "[", count: 900) + String(repeating: "]", count: 900), true),
      (String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000), false),
    ] {
      #expect(try follows(response, "detectable_format:json_format") == isFollowed, "\(response.prefix(20))")
    }
  }

  @Test(
    "case and language both count for English in one case",
    arguments: [
      ("change_case:english_lowercase", "the old house stands by the river and nobody lives in it", true),
      ("change_case:english_lowercase", "la vieille maison se trouve près de la rivière et personne", false),
      ("change_case:english_lowercase", "the old House stands by the river", false),
      ("change_case:english_capital", "THE OLD HOUSE STANDS BY THE RIVER AND NOBODY LIVES IN IT", true),
      ("change_case:english_capital", "DAS ALTE HAUS STEHT AM FLUSS UND NIEMAND WOHNT DARIN", false),
      ("change_case:english_capital", "123 ...", false),
    ])
  func englishCase(id: String, response: String, isFollowed: Bool) throws {
    #expect(try follows(response, id) == isFollowed)
  }

  @Test(
    "the loose mode looks past first lines, last lines and stars",
    arguments: [
      ("startend:quotation", "Here you are:\n\"yes\"", true), ("startend:quotation", "\"yes\"\nBye", true),
      ("startend:quotation", "Hi\n\"yes\"\nBye", true), ("startend:quotation", "**\"yes\"**", true),
      ("startend:quotation", "Hi\nthere\n\"yes\"\nBye", false),
      ("punctuation:no_comma", "Sure, here:\nyes", true),
      ("punctuation:no_comma", "only, one line", false),
    ])
  func loose(id: String, response: String, isFollowed: Bool) throws {
    #expect(try follows(response, id, mode: .loose) == isFollowed)
    #expect(try !follows(response, id, mode: .strict))
  }

  @Test("a response beyond the limit follows nothing")
  func tooLong() throws {
    let response = String(repeating: "a", count: InstructionCheck.lengthLimit)
    #expect(try follows(response, "punctuation:no_comma"))
    #expect(try !follows(response + "a", "punctuation:no_comma"))
  }
}

@Suite("Instructions that cannot be read")
struct InstructionFaultTests {
  @Test("a name that is none is refused with the names there are")
  func unknown() {
    #expect(throws: InstructionFault.unknown(id: "keywords:exist")) { try Instruction(id: "keywords:exist") }
    #expect(InstructionFault.unknown(id: "x").description.contains("punctuation:no_comma"))
  }

  @Test(
    "arguments that are missing, null or of no use are refused by name",
    arguments: [
      ("keywords:existence", [:], "keywords"), ("keywords:existence", ["keywords": .null], "keywords"),
      ("keywords:existence", ["keywords": []], "keywords"),
      ("keywords:existence", ["keywords": ["a", 1]], "keywords"),
      ("keywords:frequency", ["keyword": "a", "frequency": 2], "relation"),
      ("keywords:frequency", ["keyword": "a", "frequency": 2, "relation": "more"], "relation"),
      ("keywords:frequency", ["keyword": "a", "frequency": -1, "relation": "at least"], "frequency"),
      (
        "keywords:letter_frequency", ["letter": "ab", "let_frequency": 1, "let_relation": "at least"],
        "letter"
      ),
      ("language:response_language", ["language": "klingon"], "language"),
      ("length_constraints:number_words", ["num_words": .number(2.5), "relation": "at least"], "num_words"),
      (
        "length_constraints:nth_paragraph_first_word",
        ["num_paragraphs": 2, "nth_paragraph": 3, "first_word": "a"], "nth_paragraph"
      ),
      ("startend:end_checker", ["end_phrase": " "], "end_phrase"),
      ("startend:end_checker", ["end_phrase": .bool(true)], "end_phrase"),
    ] as [(String, [String: ArgumentValue], String)])
  func unusable(id: String, arguments: [String: ArgumentValue], name: String) {
    let fault = #expect(throws: InstructionFault.self) { try Instruction(id: id, arguments: arguments) }
    #expect(fault?.description.contains("`\(name)`") == true)
    #expect(fault?.description.contains(id) == true)
  }

  @Test("lists of different lengths are refused")
  func uneven() {
    #expect(throws: InstructionFault.uneven(instructions: 1, arguments: 0)) {
      try InstructionCheck(ids: ["punctuation:no_comma"], arguments: [])
    }
  }

  @Test("a whole number may be written with a fraction of nothing, and nulls do not count")
  func lenient() throws {
    let arguments: [String: ArgumentValue] = [
      "num_words": .number(2), "relation": "at least", "keyword": .null, "language": "zz",
    ]
    let instruction = try Instruction(id: "length_constraints:number_words", arguments: arguments)
    #expect(InstructionCheck(instructions: [instruction]).followed(by: "two words") == [true])
  }
}
