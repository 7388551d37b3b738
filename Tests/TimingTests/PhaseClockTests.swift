import Testing
import Timing

/// The clock is one for the process, so each of its tests has a process of its own.
@Suite("Phase clock")
struct PhaseClockTests {
  @Test("time belongs to the innermost mark, and all cells add up to the time inside marks")
  func innermost() async {
    await #expect(processExitsWith: .success) {
      PhaseClock.start()
      let start = ContinuousClock.now
      PhaseClock.stage(.decode) {
        work(2)
        PhaseClock.part(.attention) {
          work(3)
          PhaseClock.part(.fold) { work(4) }
        }
        PhaseClock.stage(.update) { work(5) }
      }
      let whole = nanoseconds(ContinuousClock.now - start)
      PhaseClock.stop()
      let table = PhaseClock.table
      #expect(table[.decode, .other] >= 2_000_000)
      #expect(table[.decode, .attention] >= 3_000_000)
      #expect(table[.decode, .fold] >= 4_000_000)
      #expect(table[.update, .other] >= 5_000_000 && table[.update] == table[.update, .other])
      #expect(table[.decode] == table[.decode, .other] + table[.decode, .attention] + table[.decode, .fold])
      #expect(table.total == table[.decode] + table[.update])
      #expect(table.total >= 14_000_000 && table.total <= whole)
    }
  }

  @Test("what lies outside marks, or after the end, is not counted")
  func outside() async {
    await #expect(processExitsWith: .success) {
      PhaseClock.stop()
      PhaseClock.start()
      work(1)
      PhaseClock.stage(.idle) { work(1) }
      PhaseClock.stop()
      let table = PhaseClock.table
      PhaseClock.stage(.decode) { work(1) }
      PhaseClock.lap()
      #expect(PhaseClock.table == table && PhaseClock.laps.isEmpty)
      #expect(table.total == table[.idle])
    }
  }

  @Test("a part outside every stage counts as other")
  func partAlone() async {
    await #expect(processExitsWith: .success) {
      PhaseClock.start()
      PhaseClock.part(.products) { work(1) }
      PhaseClock.stop()
      #expect(PhaseClock.table[.other, .products] >= 1_000_000)
      #expect(PhaseClock.table.total == PhaseClock.table[.other, .products])
    }
  }

  @Test("a lap notes the table in the middle of a mark, and the difference of laps is what lies between")
  func laps() async {
    await #expect(processExitsWith: .success) {
      PhaseClock.start()
      PhaseClock.stage(.forward) {
        work(2)
        PhaseClock.lap()
        work(3)
      }
      PhaseClock.share(.fold) { work(1) }
      PhaseClock.lap()
      PhaseClock.stop()
      try #require(PhaseClock.laps.count == 2)
      let between = PhaseClock.laps[1] - PhaseClock.laps[0]
      #expect(PhaseClock.laps[0][.forward] >= 2_000_000)
      #expect(between[.forward] >= 3_000_000 && between.total == between[.forward])
      #expect(between.elapsed >= 4_000_000)
      #expect(try #require(between.shared[.fold]) >= 1_000_000)
    }
  }

  @Test("the first time of a stage stays, however often it comes again")
  func firstEntered() async {
    await #expect(processExitsWith: .success) {
      PhaseClock.start()
      work(1)
      PhaseClock.stage(.prefill) {}
      let first = try #require(PhaseClock.table.firstEntered[.prefill])
      work(1)
      PhaseClock.stage(.prefill) {}
      PhaseClock.stop()
      #expect(first >= 1_000_000 && PhaseClock.table.firstEntered[.prefill] == first)
      #expect(PhaseClock.table.firstEntered[.decode] == nil)
    }
  }

  @Test("an error passes through, and its time is counted")
  func errors() async {
    await #expect(processExitsWith: .success) {
      PhaseClock.start()
      #expect(throws: CancellationError.self) {
        try PhaseClock.stage(.weights) { () throws(CancellationError) in
          work(1)
          throw CancellationError()
        }
      }
      PhaseClock.stop()
      #expect(PhaseClock.table[.weights] >= 1_000_000)
    }
  }
}

/// Spends at least so many milliseconds.
private func work(_ milliseconds: Int) {
  let end = ContinuousClock.now + .milliseconds(milliseconds)
  while ContinuousClock.now < end {}
}

private func nanoseconds(_ duration: Duration) -> Int64 {
  duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
}
