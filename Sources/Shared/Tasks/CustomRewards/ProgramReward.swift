public import Subprocesses

/// A program that scores responses: it reads requests and writes answers, one JSON line each, until its input ends.
public struct ProgramReward: Sendable, Equatable {
  /// How messages call it: `./score.sh`, `rewards.py:compute_score`.
  public var title: String

  /// How it is started.
  public var command: Command

  /// How many of them run on each rollout rank.
  public var processes: Int

  /// How long it may take over one request, in seconds.
  ///
  /// The clock runs while the request is the oldest that the process has not answered.
  public var seconds: Double

  /// How long it may take to start, that is, to answer the test, in seconds.
  public var startSeconds: Double

  /// How many requests a process is given ahead of its answers.
  public var ahead: Int

  /// Creates a program.
  public init(
    title: String, command: Command, processes: Int = 1, seconds: Double = 10, startSeconds: Double = 60,
    ahead: Int = 16
  ) {
    self.title = title
    self.command = command
    self.processes = processes
    self.seconds = seconds
    self.startSeconds = startSeconds
    self.ahead = ahead
  }

  /// The program that the first of `words` names, with the others as its arguments.
  ///
  /// - Throws: ``SubprocessError`` where there is no such program.
  public static func program(_ words: [String]) throws(SubprocessError) -> ProgramReward {
    ProgramReward(
      title: words.joined(separator: " "),
      command: try Command(words.first ?? "", arguments: Array(words.dropFirst())))
  }
}
