/// A process in a sandbox that is borrowed for it and given back, or thrown away, at the end.
final class Visit {
  let job: Job
  private let sandbox: Sandbox
  private let cell: Cell
  private var isOver = false

  /// A process in `borrowed`, or in a sandbox that is borrowed now.
  init(
    _ kind: JobKind, to sandbox: Sandbox, in borrowed: Cell? = nil, limits: SandboxLimits, outputLimit: Int
  ) throws(SandboxError) {
    self.sandbox = sandbox
    let cell = if let borrowed { borrowed } else { try sandbox.borrow() }
    self.cell = cell
    do {
      try cell.awaitReadiness()
      job = try Job(kind, in: cell, limits: limits, outputLimit: outputLimit)
    } catch {
      sandbox.discard(cell)
      throw error
    }
  }

  /// Ends the process and returns what it wrote.
  ///
  /// A sandbox that it wrote into, or that is no longer sure to be there, is not used again.
  @discardableResult
  func end() -> [UInt8] {
    guard !isOver else { return [] }
    isOver = true
    do {
      try job.finish()
      if job.isDirty { sandbox.discard(cell) } else { sandbox.giveBack(cell) }
    } catch {
      sandbox.discard(cell)
    }
    return (job.output?.received ?? []) + (job.errors?.received ?? [])
  }

  deinit { end() }
}
