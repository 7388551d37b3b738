import Foundation
import Testing

@testable import Sandbox

@Suite("Plain values")
struct PlainValueTests {
  private static let values: [PlainValue] = [
    .none, .boolean(true), .boolean(false), .integer(0), .integer(-1), .integer(127), .integer(128),
    .integer(-128),
    .integer(-129), .integer(.max), .integer(.min), .real(1.5), .real(-0.0), .real(.infinity),
    .complex(1, -2),
    .text(""), .text("ä\u{1F600}\n"), .text([0xed, 0xa0, 0x80]), .bytes([0, 255]), .mutableBytes([1]),
    .list([]), .list([.integer(1), .list([.none])]), .tuple([.text("a")]), .row(.set, [.integer(3)]),
    .row(.frozenSet, []), .row(.iterator, [.integer(1)]), .row(.deque, [.none]),
    .mapping([PlainValue.Pair(.text("k"), .integer(1)), PlainValue.Pair(.integer(2), .list([]))]),
    .range(WideInteger(0), WideInteger(10), WideInteger(-3)), .decimal(Array("1.50".utf8)),
    .fraction(WideInteger(-1), WideInteger(3)), .type(Array("int".utf8)), .handle(7, Array("C".utf8)),
  ]

  @Test("decoding gives what was encoded", arguments: values)
  func roundTrip(value: PlainValue) throws {
    #expect(try PlainValue(decoding: value.encoded) == value)
  }

  @Test("a value cut off anywhere, or with more behind it, is refused", arguments: values)
  func cutOff(value: PlainValue) {
    let bytes = value.encoded
    for count in 0..<bytes.count {
      #expect(throws: PlainValueError.self) { try PlainValue(decoding: Array(bytes.prefix(count))) }
    }
    #expect(throws: PlainValueError.endsLate) { try PlainValue(decoding: bytes + [0x4e]) }
  }

  @Test("bytes that nobody vouches for are a value or refused, 20,000 times")
  func fuzz() {
    var generator = SplitMix(state: 1)
    let seeds = Self.values.map(\.encoded)
    var read = 0
    for _ in 0..<20_000 {
      var bytes = seeds[Int(generator.next() % UInt64(seeds.count))]
      for _ in 0..<Int(generator.next() % 4) + 1 where !bytes.isEmpty {
        let place = Int(generator.next() % UInt64(bytes.count))
        switch generator.next() % 4 {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
        case 1: bytes.insert(UInt8(truncatingIfNeeded: generator.next()), at: place)
        case 2: bytes.remove(at: place)
        default: bytes += seeds[Int(generator.next() % UInt64(seeds.count))]
        }
      }
      if let value = try? PlainValue(decoding: bytes) {
        read += 1
        #expect((try? PlainValue(decoding: value.encoded))?.encoded == value.encoded)
      }
    }
    #expect(read > 100)
  }

  @Test("a message nested too deeply, or with counts that cannot be, is refused at once")
  func bombs() {
    let deep = (0..<2_500_000).map { $0 % 5 == 0 ? UInt8(ascii: "L") : $0 % 5 == 1 ? 1 : 0 }
    #expect(throws: PlainValueError.tooDeep) { try PlainValue(decoding: deep + [0x4e]) }
    for kind in ["L", "U", "E", "Z", "D", "S", "B", "A", "I"] {
      let bytes = Array(kind.utf8) + [0xff, 0xff, 0xff, 0xff]
      #expect(throws: PlainValueError.endsEarly) { try PlainValue(decoding: bytes) }
    }
    let wide = [UInt8(ascii: "L"), 0x40, 0x4b, 0x4c, 0] + [UInt8](repeating: 0x4e, count: 5_000_000)
    #expect(throws: PlainValueError.tooMany) { try PlainValue(decoding: wide) }
  }

  @Test(
    "JSON is read with integers of any size and kinds apart",
    arguments: [
      (
        "[1, -0, 1.0, 1e2, true, null, \"a\\u00e9\\n\"]",
        PlainValue.list([
          .integer(1), .integer(0), .real(1), .real(100), .boolean(true), .none, .text("aé\n"),
        ])
      ),
      (
        "{\"a\": [], \"b\": {}}",
        .mapping([PlainValue.Pair(.text("a"), .list([])), PlainValue.Pair(.text("b"), .mapping([]))])
      ),
      ("\"\\ud83d\\ude00\"", .text("\u{1F600}")), ("\"\\ud83d\"", .text([0xed, 0xa0, 0xbd])),
      (" 1180591620717411303424 ", .integer(WideInteger(bytes: [0, 0, 0, 0, 0, 0, 0, 0, 0x40]))),
      ("-1180591620717411303424", .integer(WideInteger(bytes: [0, 0, 0, 0, 0, 0, 0, 0, 0xc0]))),
    ])
  func json(text: String, value: PlainValue) throws {
    #expect(try PlainValue(json: text) == value)
  }

  @Test(
    "what is no JSON is refused",
    arguments: [
      "", "[", "[1,]", "{\"a\"}", "{a: 1}", "01", "1.", "1e", "-", "+1", "nul", "\"", "\"\\x\"", "\"\\u12\"",
      "1 2",
      "NaN", "'a'", "\"\u{1}\"", String(repeating: "[", count: 100_000),
    ])
  func noJSON(text: String) {
    #expect(throws: JSONTextError.self) { try PlainValue(json: text) }
  }

  @Test(
    "an answer meets what is expected by value, and never by its own word",
    arguments: [
      (PlainValue.integer(1), PlainValue.integer(1), true), (.integer(1), .real(1), true),
      (.real(0.1 + 0.2), .real(0.3), true), (.real(0.3001), .real(0.3), false),
      (.boolean(true), .integer(1), false),
      (.integer(1), .boolean(true), false), (.real(.nan), .real(.nan), false),
      (.text("1"), .integer(1), false),
      (.tuple([.integer(1)]), .list([.integer(1)]), true),
      (.list([.integer(1)]), .tuple([.integer(1)]), false),
      (.row(.iterator, [.integer(1)]), .list([.integer(1)]), false), (.list([]), .none, false),
      (.row(.set, [.integer(1), .integer(2)]), .row(.set, [.integer(2), .integer(1)]), true),
      (.list([.real(2), .text("a")]), .list([.integer(2), .text("a")]), true),
      (.text("e\u{301}"), .text("\u{e9}"), false), (.handle(1, []), .handle(1, []), false),
      (.real(.infinity), .real(.infinity), true), (.real(.infinity), .real(1e308), false),
      (
        .mapping([PlainValue.Pair(.text("a"), .integer(1)), PlainValue.Pair(.text("b"), .integer(2))]),
        .mapping([PlainValue.Pair(.text("b"), .real(2)), PlainValue.Pair(.text("a"), .integer(1))]), true
      ),
      (
        .mapping([PlainValue.Pair(.text("a"), .integer(1)), PlainValue.Pair(.text("a"), .integer(1))]),
        .mapping([PlainValue.Pair(.text("a"), .integer(1)), PlainValue.Pair(.text("b"), .integer(1))]), false
      ),
    ])
  func meeting(answer: PlainValue, expected: PlainValue, meets: Bool) {
    #expect(answer.meets(expected) == meets)
  }

  @Test("integers keep their value through bytes and digits")
  func integers() throws {
    for value in [0, 1, -1, 255, 256, -256, .max, .min] {
      #expect(WideInteger(value).int == value)
      let digits = Array("\(value.magnitude)".utf8)
      #expect(WideInteger(negative: value < 0, digits: digits) == WideInteger(value))
    }
    #expect(WideInteger(negative: false, digits: Array("12a".utf8)) == nil)
    #expect(WideInteger(negative: false, digits: []) == nil)
    #expect(WideInteger(bytes: [0, 0, 0, 0, 0, 0, 0, 0, 1]).double == 0x1p64)
  }

  @Test("output is compared line by line, without blanks at the ends")
  func lines() {
    let test = StreamTest(input: "", expected: "1 2\n\n3\n")
    for output in ["1 2\n\n3", "1 2  \n\t\n3\r\n\n\n"] { #expect(test.accepts(Array(output.utf8))) }
    for output in ["1 2\n3", " 1 2\n\n3", "1  2\n\n3", "", "1 2\n\n3\n4"] {
      #expect(!test.accepts(Array(output.utf8)))
    }
  }
}

/// A small generator with a seed of its own.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
