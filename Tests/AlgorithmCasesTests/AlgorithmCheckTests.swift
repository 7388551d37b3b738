import AlgorithmCases
import Foundation
import Testing

@Suite struct AlgorithmCheckTests {
  @Test func `every case of the case file agrees within its tolerance`() throws {
    // Results of verl's own functions on random inputs, Float rounded to nine digits.
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let check = try AlgorithmCheck(file: folder.appending(path: "Fixtures/cases.jsonl").path)
    for function in check.functions { #expect(function.failures.isEmpty, "\(function.failures)") }
    #expect(check.unknown.isEmpty && check.functions.count == 38)
    #expect(check.isWithinTolerance && check.caseCount == 720)
  }

  @Test(
    arguments: [
      (1, [2, 1, 0, -1], 0, 0.9475368, -0.4401897), (1, [0, 0, 0, 0], 0, 1.386294, -1.386294),
      (1, [10, 0, 0, 0], 0, 0.001499176, -1.362469e-4), (1.2, [2, 1, 0, -1], 0, 1.051126, -0.5338929),
      (1.2, [0, 0, 0, 0], 0, 1.386294, -1.386294), (1.2, [10, 0, 0, 0], 0, 0.006724358, -7.20718e-4),
    ] as [(Double, [Int], Int, Double, Double)])
  func `entropies and log-probabilities of logits over a temperature are verl's`(
    temperature: Double, logits: [Int], token: Int, entropy: Double, logProbability: Double
  ) throws {
    // verl's Float loses up to 2e-6 of the entropies of peaked rows.
    let check = try check(
      """
      {"id":"a","function":"distribution","inputs":{"logits":\(logits),"token":\(token)},"options":{"temperature":\
      \(temperature)},"expected":{"log_prob":\(logProbability),"entropy":\(entropy)},"relative_tolerance":2e-6,\
      "absolute_tolerance":2e-6}
      """)
    #expect(check.isWithinTolerance && check.caseCount == 1, "\(check.functions)")
  }

  @Test func `the deviation is the share of the tolerance`() throws {
    // Ours is 0.5; 0.25 + 0.25 · 0.4 may lie between.
    let check = try check(
      kl("k1", expected: #"{"values":[0.4],"gradient":[1]}"#, relative: 0.25, absolute: 0.25))
    #expect((check.functions[0].worstDeviation - 0.1 / 0.35).magnitude < 1e-12 && check.isWithinTolerance)
  }

  @Test(
    arguments: [
      (#"{"values":[0.25],"gradient":[1]}"#, "values is 0.5, expected 0.25"),
      (#"{"values":[0.5],"gradient":[1,1]}"#, "gradient has 1 numbers, expected 2"),
      (#"{"values":[0.5],"entropy":1}"#, "entropy is not computed here"),
      (#"{"error":true}"#, "must be refused"), ("{}", "expects nothing"),
    ])
  func `what does not agree is named`(expected: String, words: String) throws {
    let check = try check(kl("k1", expected: expected))
    let failure = try #require(check.functions.first?.failures.first)
    #expect(failure.difference.contains(words) && failure.place.line == 1 && !check.isWithinTolerance)
    #expect(check.functions[0].worstDeviation > 1)
  }

  @Test func `a refusal agrees where one is expected and fails where numbers are`() throws {
    func line(_ expected: String) -> String {
      """
      {"id":"r","function":"advantage/grpo_passk","inputs":{"groups":[0],"response_lengths":[2],"scores":[1]},\
      "options":{},"expected":\(expected),"relative_tolerance":0,"absolute_tolerance":0}
      """
    }
    #expect(try check(line(#"{"error":true}"#)).isWithinTolerance)
    let numbers = try check(line(#"{"advantages":[[1,1]]}"#))
    #expect(try #require(numbers.functions[0].failures.first).difference.contains("it was refused"))
  }

  @Test func `majority votes of a prompt's answers are verl's`() throws {
    let check = try check(
      """
      {"id":"v","function":"validation/bootstrap","inputs":{"acc":[1,0,0,1],"pred":["A","B","B","A"]},"options":{},\
      "expected":{"mean@4":0.5,"best@2/mean":0.738,"worst@4/mean":0.082,"maj@2/mean":0.522,"maj@4/mean":0.514},\
      "relative_tolerance":0,"absolute_tolerance":1e-12}
      """)
    #expect(check.isWithinTolerance && check.caseCount == 1, "\(check.functions)")
  }

  @Test func `a NaN of ours agrees with nothing`() throws {
    let line = kl("k1", expected: #"{"values":[1],"gradient":[1]}"#, new: "1e39", reference: "1e39")
    #expect(try check(line).functions[0].worstDeviation == .infinity)
  }

  @Test func `functions that are not built are counted and named`() throws {
    let lines = ["kl/full", "kl/full", "advantage/gae", "kl", "distribution/x", "policy_loss/", ""].map {
      kl("k1", expected: #"{"values":[0.5],"gradient":[1]}"#).replacing("kl/k1", with: $0)
    }
    let check = try check(lines.joined(separator: "\n"))
    #expect(
      check.unknown.map(\.name) == ["kl/full", "advantage/gae", "kl", "distribution/x", "policy_loss/", ""])
    #expect(check.unknown[0].cases == 2 && check.unknown[1].place.line == 3)
    #expect(!check.isWithinTolerance && check.functions.isEmpty)
  }

  @Test(
    arguments: [
      ("{", "is no JSON object"), ("[1]", "is no JSON object"), ("nonsense", "is no JSON object"),
      ("{}", "has no `id`"), (#"{"id":1}"#, "`id` must be a text"), (#"{"id":"a"}"#, "has no `function`"),
      (#"{"id":"a","function":"kl/k1","inputs":[]}"#, "`inputs` must be an object"),
      (#"{"id":"a","function":"kl/k1","inputs":{},"options":{}}"#, "has no `expected`"),
      (
        #"{"id":"a","function":"kl/k1","inputs":{},"options":{},"expected":{}}"#,
        "has no `relative_tolerance`"
      ),
      (
        #"{"id":"a","function":"kl/k1","inputs":{},"options":{},"expected":{},"relative_tolerance":-1}"#,
        "`relative_tolerance` must be a number that is not negative"
      ),
    ])
  func `a line that is no case is one sentence with its place`(line: String, words: String) {
    expectRefusal(of: "\n\(line)\n", ":2: ", words)
  }

  @Test(
    arguments: [
      ("kl/k1", #"{}"#, "{}", "no `inputs.log_probs`"),
      ("kl/k1", #"{"log_probs":[1],"reference_log_probs":[1,2]}"#, "{}", "`inputs.reference_log_probs` must"),
      ("kl/k1", #"{"log_probs":["1"],"reference_log_probs":[1]}"#, "{}", "`inputs.log_probs` must be a list"),
      (
        "distribution", #"{"logits":[1],"token":1}"#, #"{"temperature":1}"#, "`inputs.token` must be in 0..<1"
      ),
      ("distribution", #"{"logits":[1],"token":0.5}"#, "{}", "`inputs.token` must be a whole number"),
      ("distribution", #"{"logits":[1],"token":0}"#, "{}", "no `options.temperature`"),
      (
        "aggregate/token-sum", #"{"values":[[1]],"response_lengths":[2],"width":1}"#, "{}", "response_lengths"
      ),
      ("aggregate/token-sum", #"{"values":[[1],[]],"response_lengths":[1,0],"width":1}"#, "{}", "one width"),
      ("advantage/rloo", #"{"groups":[],"response_lengths":[],"scores":[]}"#, "{}", "response_lengths"),
      ("advantage/rloo", #"{"groups":[1],"response_lengths":[1],"scores":[]}"#, "{}", "`inputs.scores` must"),
      ("validation/bootstrap", #"{"acc":[1,0],"pred":["A"]}"#, "{}", "`inputs.pred` must be as long"),
      (
        "rollout_correction/rejection_mask",
        #"{"old_log_probs":[[-1]],"rollout_log_probs":[[-1,-2]],"response_lengths":[1]}"#,
        #"{"rollout_rs":"token_k1","rollout_rs_threshold":"0.5_2"}"#, "`inputs.rollout_log_probs` must be"
      ),
      (
        "rollout_correction/importance_weights",
        #"{"old_log_probs":[[-1]],"rollout_log_probs":[[-1]],"response_lengths":[1]}"#,
        #"{"rollout_is":"token","rollout_is_threshold":[2]}"#, "`options.rollout_is_threshold` must be a text"
      ),
      (
        "policy_loss/gpg",
        #"{"log_probs":[[-1]],"old_log_probs":[[-1,-2]],"advantages":[[1]],"response_lengths":[1]}"#,
        #"{"loss_agg_mode":"token-mean"}"#, "`inputs.old_log_probs` must be as wide"
      ),
      (
        "policy_loss/gpg",
        #"{"log_probs":[[-1]],"old_log_probs":[[-1]],"advantages":[[1]],"response_lengths":[1]}"#, "{}",
        "no `options.loss_agg_mode`"
      ),
    ])
  func `inputs that do not fit are one sentence with their key`(
    function: String, inputs: String, options: String, words: String
  ) {
    let line = """
      {"id":"a","function":"\(function)","inputs":\(inputs),"options":\(options),"expected":{"loss":1},\
      "relative_tolerance":0,"absolute_tolerance":0}
      """
    expectRefusal(of: line, ":1: ", words)
  }

  @Test func `a file without a case or that is not there is refused`() {
    expectRefusal(of: "\n \n", "", "has no case")
    #expect(throws: CaseFileError.self) { try AlgorithmCheck(file: "/nowhere/cases.jsonl") }
  }

  private func expectRefusal(
    of text: String, _ place: String, _ words: String, at location: SourceLocation = #_sourceLocation
  ) {
    #expect(sourceLocation: location) {
      try check(text)
    } throws: { error in
      error is CaseFileError && "\(error)".contains(words) && "\(error)".contains("jsonl\(place)")
        && !"\(error)".contains("\n")
    }
  }

  /// A case of one token whose log-ratio is 0.5.
  private func kl(
    _ name: String, expected: String, new: String = "-1", reference: String = "-1.5", relative: Double = 0,
    absolute: Double = 0.001
  ) -> String {
    """
    {"id":"kl-1","function":"kl/\(name)","inputs":{"log_probs":[\(new)],"reference_log_probs":[\(reference)]},\
    "options":{},"expected":\(expected),"relative_tolerance":\(relative),"absolute_tolerance":\(absolute)}
    """
  }

  /// Checks a file with this text.
  private func check(_ text: String) throws -> AlgorithmCheck {
    let file = FileManager.default.temporaryDirectory.appending(path: "cases-\(UUID()).jsonl")
    try text.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    return try AlgorithmCheck(file: file.path)
  }
}
