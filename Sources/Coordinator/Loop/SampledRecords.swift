import Experience
public import Messages

/// What is sampled and not trained, on its way into a checkpoint and back.
extension TrainingLoop {
  /// The planned steps, all decided, and what is carried over.
  func sampledRecords() -> SampledRecords {
    SampledRecords(steps: line.map(\.record), carried: carried.map(\.record))
  }

  /// Takes over what a checkpoint kept; to be called before ``run()``.
  ///
  /// - Throws: What judging throws, for groups that are not of this configuration.
  public func restore(_ records: SampledRecords) throws {
    for record in records.steps {
      let plan = StepPlan(step: record.step, policyVersion: record.policyVersion, stage: record.stage)
      var sampled = try SampledStep(plan, options: options(of: plan).admission)
      if !record.carried.isEmpty { try sampled.carry(record.carried.map { try judge($0, plan) }) }
      var next = record.firstOrdinal
      for size in record.rounds {
        _ = try sampled.ledger.receive(.roundOpened(firstOrdinal: next, count: size))
        sampled.rounds.append(size)
        next += size
        // The ledger opens a round only when the one before is finished.
        for group in record.groups where (next - size..<next).contains(group.group.ordinal) {
          let judged = try judge(group, plan)
          sampled.groups[group.group.ordinal] = judged
          let event = AdmissionLedger.Event.finished(
            ordinal: group.group.ordinal, informative: judged.isInformative, tokens: judged.group.tokenCount)
          for admission in try sampled.ledger.receive(event) where admission.miniBatch == 0 {
            sampled.certain.append(admission.ordinal)
          }
        }
      }
      sampled.nextOrdinal = next
      line.append(sampled)
    }
    carried = try records.carried.map { record in
      try judge(
        record,
        StepPlan(step: state.step, policyVersion: state.policyVersion, stage: stageIndex(of: state.step)))
    }
  }

  private func judge(_ record: GroupRecord, _ plan: StepPlan) throws -> JudgedGroup {
    var arrival = Arrival(problem: record.problem, row: record.row < 0 ? nil : record.row)
    if !record.baseline.isNaN { arrival.baseline = record.baseline }
    return try JudgedGroup(record.group, arrival, options: options(of: plan), step: plan.step)
  }
}

extension SampledStep {
  /// The step as a checkpoint keeps it; to be asked once it is decided.
  fileprivate var record: SampledRecord {
    SampledRecord(
      step: plan.step, policyVersion: plan.policyVersion, stage: plan.stage,
      firstOrdinal: nextOrdinal - rounds.reduce(0, +), rounds: rounds,
      carried: ledger.carriedOrdinals.sorted().compactMap { groups[$0]?.record }, groups: drawn.map(\.record))
  }
}

extension JudgedGroup {
  fileprivate var record: GroupRecord {
    GroupRecord(problem: problem, row: row ?? -1, group: group, baseline: baseline ?? .nan)
  }
}
