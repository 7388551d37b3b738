import Foundation
import Subprocesses
import Tasks
import TestSupport
import Testing

/// A problem whose answer is `truth`.
func problem(_ truth: String = "4", prompt: Prompt = .text("2+2="), extra: String = "{}") -> Problem {
  Problem(
    dataSource: "test", prompt: prompt, groundTruth: truth, reward: RewardRule(.ofTheRun), extra: extra,
    origin: "test")
}

/// A reward program in a folder of its own.
struct RewardBench {
  let folder: TemporaryDirectory
  var program: ProgramReward

  /// The shell script `script`.
  init(
    shell script: String, processes: Int = 1, seconds: Double = 30, startSeconds: Double = 30
  ) throws {
    try self.init(
      "program.sh", "#!/bin/sh\n" + script, processes: processes, seconds: seconds, startSeconds: startSeconds
    )
  }

  /// The Python script `script`, which has `json`, `os`, `sys` and `time`, and `say(id, score)`.
  init(
    python script: String, processes: Int = 1, seconds: Double = 30, startSeconds: Double = 30
  ) throws {
    let head = """
      #!/usr/bin/env python3
      import json, os, sys, time
      def write(text):
          sys.stdout.write(text + "\\n")
          sys.stdout.flush()
      def say(id, score=1.0, **more): write(json.dumps(dict(id=id, score=score, **more)))
      def requests():
          for line in sys.stdin:
              request = json.loads(line)
              if request.get("self_test"): say(request["id"])
              else: yield request

      """
    try self.init(
      "program.py", head + script, processes: processes, seconds: seconds, startSeconds: startSeconds)
  }

  private init(
    _ name: String, _ text: String, processes: Int, seconds: Double, startSeconds: Double
  ) throws {
    folder = try TemporaryDirectory()
    let path = try folder.write(name, text)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    program = ProgramReward(
      title: name, command: try Command(path), processes: processes, seconds: seconds,
      startSeconds: startSeconds)
  }

  /// A scorer that has this program alone.
  func scorer() throws -> RewardScorer {
    try RewardScorer(RewardPlan([.init(name: "own", source: .program(program))]))
  }

  /// The verdicts on `responses`, handed in all at once.
  func verdicts(_ responses: [String], truth: String = "4") throws -> [Verdict] {
    try scorer().verdicts(responses, problem(truth))
  }
}

extension RewardScorer {
  /// The verdicts on `responses`, handed in all at once; all of them within a minute.
  func verdicts(_ responses: [String], _ problem: Problem) throws -> [Verdict] {
    var verdicts: [Int: Verdict] = [:]
    for (index, response) in responses.enumerated() {
      submit(response: response, problem: problem, finished: true, ticket: index)
    }
    let end = ContinuousClock.now + .seconds(60)
    while verdicts.count < responses.count {
      try #require(ContinuousClock.now < end, "\(verdicts.count) of \(responses.count) verdicts in a minute")
      wait(seconds: 1)
      for scored in take() {
        try #require(verdicts[scored.ticket] == nil, "two verdicts on response \(scored.ticket)")
        verdicts[scored.ticket] = scored.verdict
      }
    }
    #expect(waitingCount == 0)
    return responses.indices.compactMap { verdicts[$0] }
  }
}

/// Whether this machine has Python, and where tests that need it say that it has not.
let hasPython = (try? Command("python3")) != nil
