import Experience
import Foundation
import MessagePassing
import Messages
import Models
import TestSupport
import Testing

@testable import LearnerWorker

/// Orders are carried out in the order they were sent, training in between sampling.
@Suite("Learner role")
struct LearnerRoleTests {
  @Test("training waits for its turn, one group at a time")
  func oneAtATime() throws {
    let worker = try Worker()
    for group in worker.bench.groups { try worker.handle(.train(group, fullSettings)) }
    #expect(worker.reports.isEmpty)
    for count in 1...worker.bench.groups.count {
      #expect(try worker.advance())
      #expect(worker.reports.count == count)
    }
    #expect(try worker.advance() == false)
    #expect(worker.trained == worker.bench.groups.map(\.ordinal))
  }

  @Test("an update comes after the groups that were sent before it, and before those sent after")
  func order() throws {
    let worker = try Worker()
    let groups = worker.bench.groups
    try worker.handle(.train(groups[0], fullSettings))
    try worker.handle(.train(groups[1], fullSettings))
    try worker.handle(.update(updateOrder(step: 7)))
    try worker.handle(.train(groups[2], fullSettings))
    #expect(worker.trained == [groups[0].ordinal, groups[1].ordinal])
    guard case .updated(let update)? = worker.reports.last else {
      Issue.record("\(worker.reports)")
      return
    }
    let alone = try worker.bench.learner()
    #expect(try alone.learn(Array(groups[..<2]), updateOrder(step: 7)) == update)
  }

  @Test("weights are published, the reference is reset, and files are written when asked for")
  func others() throws {
    let worker = try Worker()
    let folder = try TemporaryDirectory()
    try worker.handle(.train(worker.bench.groups[0], fullSettings))
    try worker.handle(.update(updateOrder()))
    try worker.handle(.resetReference(ResetOrder(reinitializesOptimizer: true)))
    #expect(worker.learner.updateCount == 0)
    #expect(worker.learner.installedReference == worker.learner.installed)
    try worker.handle(.publish(version: 1, oldestNeeded: 1))
    try worker.handle(.save(directory: folder.path))
    #expect(worker.reports.last == .saved && worker.reports.count == 3)
    #expect(FileManager.default.fileExists(atPath: folder.file("huggingface/model.safetensors")))
  }

  @Test("orders for rollout workers are none of its business")
  func otherOrders() throws {
    let worker = try Worker()
    for order in [Order.sample([]), .cancel(use: .training, step: 1), .stop] { try worker.handle(order) }
    #expect(try worker.advance() == false)
    #expect(worker.reports.isEmpty)
  }

  @Test("a directory that cannot be written ends the worker with its path")
  func unwritable() throws {
    let worker = try Worker()
    let folder = try TemporaryDirectory()
    try folder.write("file", "")
    #expect { try worker.handle(.save(directory: folder.file("file/below"))) } throws: {
      "\($0)".contains("file")
    }
  }
}

/// A role of a job with one learner, with everything it said.
private final class Worker {
  let bench: Bench
  let learner: Learner
  private let role: LearnerRole
  private(set) var reports: [Report] = []

  init() throws {
    bench = try Bench()
    learner = try bench.learner()
    let links = try ThreadWorld(workers: 1).collective(members: [1])
    guard let link = links[1]?.take() else { throw NoLink() }
    role = LearnerRole(learner: learner, learnersLink: link, weightsLink: nil, modelSource: bench.directory)
  }

  var trained: [Int] {
    reports.compactMap { report in
      if case .trained(let group) = report { group.ordinal } else { nil }
    }
  }

  func handle(_ order: Order) throws { try role.handle(order) { reports.append($0) } }
  func advance() throws -> Bool { try role.advance { reports.append($0) } }
}
