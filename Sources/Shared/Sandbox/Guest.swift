import CSandbox

/// What runs inside a sandbox: the files of `Guest/`, and what they are told at the start.
struct Guest: Sendable {
  /// The program of the process that forks, and of those that answer.
  ///
  /// The first byte says whether it is compiled.
  private(set) var core =
    [0] + PackageResources.codec_py + PackageResources.solution_py + PackageResources.program_py
    + PackageResources.zygote_py

  /// The program of those that check, read only where one is asked for.
  private(set) var checker = [0] + PackageResources.checker_py

  /// Takes over what a sandbox has compiled, which saves others a third of their start.
  mutating func take(compiled message: [UInt8]) {
    let header = 5
    guard message.count > header, message[0] == UInt8(ascii: "m") else { return }
    let count = message[1..<header].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard message.count > header + count else { return }
    core = [1] + message[header..<header + count]
    checker = [1] + message[(header + count)...]
  }

  /// The filter of system calls: the number of places that want the process's id, the places, the instructions.
  static let setup: [UInt8] = {
    var instructions = [csb_instruction](repeating: csb_instruction(), count: 1024)
    var places = [Int32](repeating: 0, count: 8)
    var placeCount: Int32 = 0
    let count = unsafe csb_filter(&instructions, Int32(instructions.count), &places, &placeCount)
    precondition(count > 0, "the filter has more than \(instructions.count) instructions")
    var bytes = littleEndian(UInt32(placeCount))
    for place in places.prefix(Int(placeCount)) { bytes += littleEndian(UInt32(place)) }
    for instruction in instructions.prefix(Int(count)) {
      bytes += littleEndian(instruction.code) + [instruction.if_true, instruction.if_false]
      bytes += littleEndian(instruction.value)
    }
    return bytes
  }()
}

/// The bytes of a number, the lowest first.
func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
  stride(from: 0, to: number.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: number >> $0) }
}
