import CSandbox
import Testing

/// What the kernel is told to do with a call.
private enum Decision: Equatable {
  case allow
  case kill
  case fail(UInt32)
}

/// The filter of system calls, run by an interpreter of our own.
@Suite("Filter of system calls")
struct FilterTests {
  private let instructions: [csb_instruction]

  init() {
    var instructions = [csb_instruction](repeating: csb_instruction(), count: 1024)
    var places = [Int32](repeating: 0, count: 8)
    var placeCount: Int32 = 0
    let count = unsafe csb_filter(&instructions, 1024, &places, &placeCount)
    for place in places.prefix(Int(placeCount)) { instructions[Int(place)].value = 4711 }
    self.instructions = Array(instructions.prefix(Int(max(count, 0))))
  }

  private func decide(
    _ call: UInt32, _ arguments: [UInt64] = [], architecture: UInt32 = 0xc000_003e
  ) -> Decision? {
    var words: [UInt32] = [call, architecture, 0, 0]
    for index in 0..<6 {
      let argument = index < arguments.count ? arguments[index] : 0
      words += [UInt32(truncatingIfNeeded: argument), UInt32(argument >> 32)]
    }
    var accumulator: UInt32 = 0
    var place = 0
    while place < instructions.count {
      let instruction = instructions[place]
      place += 1
      switch instruction.code {
      case 0x05: place += Int(instruction.value)
      case 0x20: accumulator = words[Int(instruction.value) / 4]
      case 0x15: place += Int(accumulator == instruction.value ? instruction.if_true : instruction.if_false)
      case 0x35: place += Int(accumulator >= instruction.value ? instruction.if_true : instruction.if_false)
      case 0x45:
        place += Int(accumulator & instruction.value != 0 ? instruction.if_true : instruction.if_false)
      case 0x06:
        switch instruction.value {
        case 0x7fff_0000: return .allow
        case 0x8000_0000: return .kill
        default: return .fail(instruction.value & 0xffff)
        }
      default: return nil
      }
    }
    return nil
  }

  @Test("reading, writing and memory are allowed")
  func ordinaryCalls() {
    for call: UInt32 in [0, 1, 3, 9, 11, 12, 202, 228, 231, 257, 262, 318] { #expect(decide(call) == .allow) }
  }

  @Test("threads may be made, and nothing else")
  func threads() {
    #expect(decide(56, [0x3d0f00]) == .allow)
    #expect(decide(56, [0x0120_0011]) == .fail(11))
    #expect(decide(56, [0x4111]) == .fail(11))
    #expect(decide(56, [0x3d0f00 | 0x1000_0000]) == .fail(1))
    #expect(decide(57) == .fail(11))
    #expect(decide(58) == .fail(11))
    // The C library then uses clone.
    #expect(decide(435) == .fail(38))
  }

  @Test("signals and limits reach the process itself only")
  func ownProcess() {
    for call: UInt32 in [62, 234] {
      #expect(decide(call, [4711]) == .allow)
      for other: UInt64 in [0, 1, 4710, UInt64.max, 4712] {
        #expect(decide(call, [other, 4711]) == .fail(1))
      }
    }
    #expect(decide(302, [0]) == .allow)
    #expect(decide(302, [4711]) == .allow)
    #expect(decide(302, [1]) == .fail(1))
  }

  @Test("no socket can be had, and none used as one")
  func sockets() {
    for call: UInt32 in [41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 53, 54, 55, 288, 299, 307] {
      #expect(decide(call) == .fail(1))
    }
  }

  @Test("nothing that outlives an answer can be set: times, rights, links")
  func marks() {
    for call: UInt32 in [86, 88, 90, 91, 92, 132, 188, 235, 261, 265, 266, 280] {
      #expect(decide(call) == .fail(1))
    }
  }

  @Test("a descriptor's owner, who gets signals, cannot be set")
  func owners() {
    for command: UInt64 in [0, 1, 2, 3, 4, 1030] { #expect(decide(72, [3, command]) == .allow) }
    for command: UInt64 in [8, 10, 15, 1024, 1031, 1033] { #expect(decide(72, [3, command]) == .fail(1)) }
    for request: UInt64 in [0x5412, 0x8901, 0x5452] { #expect(decide(16, [0, request]) == .fail(1)) }
  }

  @Test("what no answer needs ends the process")
  func deadlyCalls() {
    for call: UInt32 in [101, 165, 166, 272, 308, 310, 311, 321, 298, 323, 425, 250, 155, 161, 438] {
      #expect(decide(call) == .kill)
    }
  }

  @Test("calls of other architectures end the process")
  func architectures() {
    #expect(decide(0, architecture: 0x4000_0003) == .kill)
    #expect(decide(0x4000_0000) == .kill)
    #expect(decide(0x4000_0029) == .kill)
  }

  @Test("every call has an answer, and the unknown do not exist")
  func everyCall() {
    for call: UInt32 in 0..<600 { #expect(decide(call) != nil) }
    #expect(decide(599) == .fail(38))
  }
}
