import Experience
import Messages
import Tasks

/// Responses that have ended and wait for their verdicts.
final class Scoring {
  /// Groups of which every response has ended and some verdict is missing, or which were not taken out yet.
  private(set) var groups: [LiveGroup] = []

  private let scorer: RewardScorer
  private var asked: [Int: (group: LiveGroup, index: Int)] = [:]
  private var nextTicket = 0

  init(_ scorer: RewardScorer) { self.scorer = scorer }

  /// Hands in a response that has ended.
  func submit(_ group: LiveGroup, _ index: Int) {
    asked[nextTicket] = (group, index)
    scorer.submit(
      response: group.responses[index].text, problem: group.assignment.problem,
      finished: group.responses[index].finish != .length, ticket: nextTicket)
    nextTicket += 1
  }

  /// Takes in a group of which every response has been handed in.
  func add(_ group: LiveGroup) { groups.append(group) }

  /// Takes out the groups that have all their verdicts, oldest first.
  func removeFinished() -> [LiveGroup] {
    for scored in scorer.take() {
      guard let (group, index) = asked.removeValue(forKey: scored.ticket) else { continue }
      group.responses[index].verdict = scored.verdict
      group.unjudged -= 1
    }
    let finished = groups.filter { $0.unjudged == 0 }
    if !finished.isEmpty { groups.removeAll { $0.unjudged == 0 } }
    return finished.sorted { $0.isOlder(than: $1) }
  }

  /// Waits for a verdict where some group waits for one.
  func wait(seconds: Double) {
    if groups.contains(where: { $0.unjudged > 0 }) { scorer.wait(seconds: seconds) }
  }

  /// Forgets groups with what was asked about them.
  func forget(_ leaving: [LiveGroup]) {
    guard !leaving.isEmpty else { return }
    let tickets = asked.filter { asked in leaving.contains { $0 === asked.value.group } }.map(\.key)
    for ticket in tickets { asked[ticket] = nil }
    scorer.forget(Set(tickets))
    groups.removeAll { group in leaving.contains { $0 === group } }
  }
}
