import Experience
import Kernels
import Messages
import Models
import Randomness
import Testing
import Tokenization

@testable import RolloutWorker

/// Who may decode when places and pages are few.
@Suite("Seating")
struct SeatingTests {
  @Test("seats go to the oldest, by step, use and ordinal, whenever they came")
  func oldestFirst() throws {
    let room = try Room(seats: 4, pages: 100)
    let groups = [
      try room.group(ordinal: 3), try room.group(ordinal: 1), try room.group(ordinal: 9, step: 0),
      try room.group(ordinal: 0, use: .validation),
    ]
    for group in groups { room.seating.insert(group) }
    #expect(room.seating.groups.map(\.assignment.ordinal) == [9, 1, 3, 0])
    room.seating.giveSeats()
    #expect(groups.map(\.seats) == [0, 2, 2, 0] && room.seating.waiting == 4)
    #expect(room.seating.freeSeats == 0)
    // One ends: the next in line has its seat.
    room.seating.leave(groups[2], 0)
    room.seating.giveSeats()
    #expect(groups.map(\.seats) == [1, 2, 1, 0])
  }

  @Test("when pages run out the youngest gives up its own, and gets them back last")
  func youngestGivesUp() throws {
    let room = try Room(seats: 10, pages: 10)
    room.expectShort()
    let groups = try (0..<2).map { try room.group(ordinal: $0, longest: 1000) }
    for group in groups { room.seating.insert(group) }
    room.seating.giveSeats()
    #expect(groups.map(\.seats) == [2, 2])
    for group in groups {
      #expect(room.growTrunk(group, to: 5))
      for index in 0..<2 { #expect(room.grow(group, index, to: 32)) }
    }
    #expect(room.seating.pages == 6)
    // The oldest takes four more pages, then two of the youngest response and its sibling's.
    #expect(room.grow(groups[0], 0, to: 160))
    #expect(room.seating.pages == 10 && room.seating.preemptions == 0)
    #expect(room.grow(groups[0], 0, to: 161))
    #expect(groups.map(\.seats) == [2, 1] && room.seating.pages == 10)
    #expect(groups[1].responses[1].segment == nil && groups[1].trunk != nil)
    #expect(room.grow(groups[0], 1, to: 33))
    #expect(groups.map(\.seats) == [2, 0] && groups[1].trunk == nil && groups[1].trunkStored == 0)
    #expect(room.seating.pages == 9 && room.seating.preemptions == 2)
    room.seating.giveSeats()
    #expect(groups.map(\.seats) == [2, 0], "no page is left")
    room.seating.leave(groups[0], 0)
    #expect(room.seating.pages == 3)
    room.seating.giveSeats()
    #expect(groups.map(\.seats) == [1, 0], "five pages must be left, and 54 tokens are expected")
    room.seating.leave(groups[0], 1)
    room.seating.giveSeats()
    #expect(groups.map(\.seats) == [0, 2])
  }

  @Test("who needs a page and is the youngest waits, who is alone goes beyond the budget")
  func claims() throws {
    let room = try Room(seats: 10, pages: 3)
    room.expectShort()
    let group = try room.group(ordinal: 0, longest: 1000)
    room.seating.insert(group)
    room.seating.giveSeats()
    #expect(room.growTrunk(group, to: 5) && group.seats == 2)
    #expect(room.grow(group, 0, to: 32) && room.grow(group, 1, to: 32))
    #expect(!room.grow(group, 1, to: 33))
    #expect(group.seats == 1 && room.seating.pages == 2)
    #expect(room.grow(group, 0, to: 320) && room.seating.pages == 11)
    room.seating.leave(group, 0)
    #expect(room.seating.pages == 0 && room.seating.seats == 0)
    room.seating.giveSeats()
    #expect(group.seats == 1)
  }

  @Test(
    "nobody begins whose expected length has no pages, but somebody always does",
    arguments: [(0, 1, 1), (4, 1, 2), (5, 1, 2), (9, 2, 2), (13, 2, 2), (14, 3, 2), (18, 4, 2)])
  func expectation(pages: Int, unknown: Int, short: Int) throws {
    let room = try Room(seats: 10, pages: pages)
    let groups = [try room.group(ordinal: 0), try room.group(ordinal: 1)]
    for group in groups { room.seating.insert(group) }
    room.seating.giveSeats()
    // A page of each prompt and, since nothing is known, four of each response.
    #expect(room.seating.seats == unknown)
    room.seating.leave(groups[0], 0)
    room.seating.leave(groups[0], 1)
    // Both ended without a token: one page each is enough.
    room.seating.giveSeats()
    #expect(groups[1].seats == short)
  }

  @Test("there is room for as many as pages let begin")
  func freeSeats() throws {
    let room = try Room(seats: 10, pages: 20)
    // Responses of the whole context, until there is something better: five pages each.
    #expect(room.seating.freeSeats == 4)
    let group = try room.group(ordinal: 0)
    room.seating.insert(group)
    #expect(room.seating.freeSeats == 0, "some wait")
    room.seating.giveSeats()
    #expect(group.seats == 2 && room.seating.freeSeats == (20 - 9) / 5)
    for index in 0..<2 { room.seating.leave(group, index) }
    let next = try room.group(ordinal: 1)
    room.seating.insert(next)
    room.seating.giveSeats()
    // Short ones are expected now: a page each, and one for the prompt's share.
    #expect(room.seating.freeSeats == (20 - 3) / 2)
    room.seating.remove { _ in true }
    #expect(room.seating.freeSeats == 10 && room.seating.pages == 0 && room.seating.groups.isEmpty)
  }

  @Test("responses are expected to become as long as the last few hundred did")
  func expectedLengths() {
    var lengths = LengthExpectation()
    #expect(lengths.expected(atMost: 100) == 100)
    for tokens in [10, 20, 31] { lengths.record(tokens) }
    #expect(lengths.expected(atMost: 100) == 21 && lengths.expected(atMost: 7) == 7)
    for _ in 0..<3000 { lengths.record(90) }
    #expect(lengths.expected(atMost: 100) == 90)
  }

  @Test(
    "a step comes in waves, six where that leaves enough to do in a pass",
    arguments: [
      (8, 8, true, 32), (16, 8, true, 32), (32, 16, true, 96), (128, 16, true, 352), (1, 4, true, 4),
      (3, 8, true, 24), (64, 1, true, 32), (2, 600, true, 600), (1000, 16, true, 512),
      (8, 8, false, 64), (32, 16, false, 512), (64, 16, false, 512), (1, 3, false, 3), (40, 100, false, 500),
    ] as [(Int, Int, Bool, Int)])
  func waves(groups: Int, samples: Int, feedsLearners: Bool, responses: Int) {
    #expect(
      RolloutLimits.responses(groups: groups, samples: samples, feedsLearners: feedsLearners) == responses)
  }
}

/// A seating without a model.
private final class Room {
  var seating: Seating
  private let tokenizer: Tokenizer

  init(seats: Int, pages: Int) throws {
    tokenizer = try Tokenizer(directory: modelFixture("qwen2-tiny"))
    let shape = try Bench("qwen2-tiny").model.keyValueShape
    seating = Seating(
      limits: RolloutLimits(responses: seats, cacheBytes: pages * KeyValuePool.pageBytes(shape)),
      shape: shape, contextLength: 160)
  }

  /// Two responses to a prompt of five tokens, of at most `longest` tokens.
  func group(
    ordinal: Int, use: SamplingUse = .training, step: Int = 1, longest: Int = 128
  ) throws -> LiveGroup {
    let assignment = assignment("p", ordinal: ordinal, samples: 2, use: use, step: step)
    return LiveGroup(
      assignment, policyVersion: 0, promptTokens: [5, 6, 7, 8, 9],
      limits: ResponseLimits(endTokens: [0], stopStrings: StopStrings([]), maximumTokens: longest),
      sampler: Sampler(parameters: assignment.sampling, fallback: 0),
      responses: (0..<2).map {
        LiveResponse(
          name: RandomName(seed: 1, purpose: .test, step: 0, ordinal: ordinal, sample: $0),
          tokenizer: tokenizer)
      })
  }

  func growTrunk(_ group: LiveGroup, to positions: Int) -> Bool { seating.growTrunk(group, to: positions) }

  /// Draws tokens until there are so many and takes pages for them.
  func grow(_ group: LiveGroup, _ index: Int, to positions: Int) -> Bool {
    while group.responses[index].tokens.count < positions {
      group.responses[index].append(
        Draw(token: 5, logProbability: 0, entropy: 0, nonFinite: 0), limits: group.limits)
    }
    return seating.grow(group, index, to: positions)
  }

  /// Lets a group of empty responses end, so that short ones are expected.
  func expectShort() {
    guard let group = try? group(ordinal: 99) else { return }
    seating.insert(group)
    for index in 0..<2 { seating.leave(group, index) }
    _ = seating.removeFinished()
  }
}
