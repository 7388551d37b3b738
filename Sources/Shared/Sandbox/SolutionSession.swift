/// What came back for a question to a solution.
enum SolutionReply: Equatable {
  /// A value; and the arguments, where the call changed them.
  case value(PlainValue, changed: PlainValue)
  /// An exception, by the names of its built-in classes, nearest first, and its text.
  case raised([String], String)
  /// No answer.
  case failure(JobFailure)
}

/// A conversation with one solution in its own sandbox: it is asked, and what it answers is data.
///
/// A solution whose process ends is loaded again for the next question, with nothing remembered.
final class SolutionSession {
  private let sandbox: Sandbox
  private let program: [UInt8]
  private let imports: String
  private let limits: SandboxLimits
  private let deadline: ContinuousClock.Instant
  private let asReference: Bool
  private var visit: Visit?
  private var loads = 0

  /// What its processes wrote.
  private(set) var output: [UInt8] = []

  /// How often a solution may end before an answer.
  private static let loadLimit = 4

  /// A session that has loaded nothing yet: `imports` are statements that run before the program, `asReference`
  /// says whether it runs as under HumanEval's own executor, which takes system calls away.
  init(
    _ program: [UInt8], in sandbox: Sandbox, limits: SandboxLimits, until deadline: ContinuousClock.Instant,
    imports: String = "", asReference: Bool = false
  ) {
    self.program = program
    self.imports = imports
    self.sandbox = sandbox
    self.limits = limits
    self.deadline = deadline
    self.asReference = asReference
  }

  /// Loads the program, unless it is loaded.
  func load() -> SolutionReply {
    if visit != nil { return .value(.none, changed: .none) }
    guard loads < Self.loadLimit else { return .failure(.ended) }
    loads += 1
    do {
      let outputLimit = limits.outputKibibytes << 10
      visit = try Visit(.solution, to: sandbox, limits: limits, outputLimit: outputLimit)
    } catch {
      return .failure(.lost(error.description))
    }
    let reply = exchange { ticket in
      .tuple([
        ticket, .text(self.imports), .text(self.program), .text("solution"), .boolean(self.asReference),
      ])
    }
    if case .raised = reply { end() }
    return reply
  }

  /// Asks the solution; `reference` is a name or a handle's number.
  func ask(
    _ operation: String, _ reference: PlainValue, _ first: PlainValue, _ second: PlainValue
  ) -> SolutionReply {
    let loaded = load()
    guard case .value = loaded else { return loaded }
    return exchange { .tuple([$0, .text(operation), reference, first, second]) }
  }

  /// Calls a function.
  func call(_ name: String, _ arguments: [PlainValue]) -> SolutionReply {
    ask("call", .text(name), .list(arguments), .mapping([]))
  }

  /// Ends the solution's process, if there is one.
  func end() {
    guard let visit else { return }
    self.visit = nil
    output += visit.end()
  }

  /// Sends a question, and reads one message, which must carry the question's number: answers to questions that
  /// were not asked are no answers.
  private func exchange(_ question: (PlainValue) -> PlainValue) -> SolutionReply {
    guard let job = visit?.job else { return .failure(.ended) }
    let ticket = PlainValue.integer(Int.random(in: 0 ... .max))
    do throws(JobFailure) {
      job.send(question(ticket).encoded)
      let limit = min(deadline, ContinuousClock.now + .seconds(limits.callSeconds))
      return try Self.reply(try job.receive(until: limit), to: ticket)
    } catch {
      end()
      return .failure(error)
    }
  }

  private static func reply(_ bytes: [UInt8], to ticket: PlainValue) throws(JobFailure) -> SolutionReply {
    guard let message = try? PlainValue(decoding: bytes), case .row(.tuple, let parts) = message,
      parts.count == 4, parts[0] == ticket
    else { throw .malformed }
    switch (parts[1].asText, parts[2], parts[3]) {
    case ("ok", let value, let changed): return .value(value, changed: changed)
    case ("raise", .row(.list, let names), .text(let text)):
      return .raised(
        names.prefix(20).compactMap { $0.asText }, String(decoding: text.prefix(500), as: UTF8.self))
    default: throw .malformed
    }
  }
}

extension PlainValue {
  /// The characters of a text; nil for every other kind.
  var asText: String? {
    guard case .text(let bytes) = self else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
