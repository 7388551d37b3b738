import FoundationEssentials
import Safetensors
import Tensors
import Testing

@Suite("Writing safetensors")
struct SafetensorsWriterTests {
  let scratch: ScratchDirectory

  init() throws { scratch = try ScratchDirectory() }

  /// A tensor of thirds, whose every element has all bits of a `Float`.
  private func thirds(_ shape: [Int]) -> Tensor {
    let tensor = Tensor(zeros: shape)
    var elements = tensor.mutableSpan
    for i in 0..<tensor.count { elements[i] = Float(i - 3) / 3 }
    return tensor
  }

  @Test("bytes are those of the format, with a header padded to 8")
  func bytes() throws {
    let tensors = [
      TensorSource("b", integers: [-2], shape: []), TensorSource("a\"é", thirds([1, 2]), as: .bf16),
    ]
    try SafetensorsWriter().write(tensors, to: scratch.path + "/x")
    let header = """
      {"__metadata__":{"format":"pt"},"b":{"dtype":"I64","shape":[],"data_offsets":[0,8]},\
      "a\\"é":{"dtype":"BF16","shape":[1,2],"data_offsets":[8,12]}}
      """
    let padded = header + String(repeating: " ", count: 7 - (header.utf8.count + 7) % 8)
    let data: [UInt8] = [254, 255, 255, 255, 255, 255, 255, 255, 0x80, 0xbf, 0x2b, 0xbf]
    #expect(try scratch.bytes("x") == safetensors(padded, dataBytes: 0) + data)
    #expect(try scratch.names == ["x"])
  }

  @Test(
    "read(write(x)) = x in every type, at lengths around the pieces",
    arguments: [0, 1, 65535, 65536, 140_001])
  func roundTrip(count: Int) throws {
    let x = thirds([count])
    let integers = (0..<count).map { Int64($0) &* 0x1234_5678_9abc_def1 }
    let path = scratch.path + "/x"
    try SafetensorsWriter().write(
      [
        TensorSource("f32", x), TensorSource("bf16", x, as: .bf16), TensorSource("f16", x, as: .f16),
        TensorSource("i64", integers: integers, shape: [1, count]),
      ], to: path)
    let file = try SafetensorsFile(path: path)
    #expect(try file.copyIntegers("i64") == integers)
    let rounded: [(String, (Float) -> Float)] = [
      ("f32", { $0 }), ("f16", { Float(Float16($0)) }), ("bf16", { float(bfloat16Bits: bfloat16Bits($0)) }),
    ]
    for (name, round) in rounded {
      let y = Tensor(zeros: [count])
      try file.copy(name, into: y)
      var wrong = 0
      for i in 0..<count where y.span[i] != round(x.span[i]) { wrong += 1 }
      #expect(wrong == 0, "\(name)")
    }
  }

  @Test("a tensor fetched in pieces is written as one held whole")
  func filled() throws {
    let x = thirds([70, 1000])
    try SafetensorsWriter().write([TensorSource("x", x, as: .f16)], to: scratch.path + "/whole")
    let source = TensorSource("x", as: .f16, shape: [70, 1000]) { first, elements in
      for i in 0..<elements.count { elements[i] = x.span[first + i] }
    }
    try SafetensorsWriter().write([source], to: scratch.path + "/pieces")
    #expect(try scratch.bytes("whole") == scratch.bytes("pieces"))
  }

  @Test("what its source throws ends the writing and leaves nothing")
  func sourceThrows() throws {
    struct Lost: Error {}
    let source = TensorSource("x", shape: [3]) { _, _ in throw Lost() }
    let path = scratch.path + "/x"
    #expect(throws: SafetensorsError.unwritable(path: path, reason: "`x` is not to be had: Lost()")) {
      try SafetensorsWriter().write([source], to: path)
    }
    #expect(try scratch.names == [])
  }

  @Test("two tensors of one name are refused")
  func names() throws {
    let path = scratch.path + "/x"
    let reason = "the name `a` is taken; give each tensor its own"
    let twins = [TensorSource("a", thirds([1])), TensorSource("a", thirds([2]))]
    #expect(throws: SafetensorsError.unwritable(path: path, reason: reason)) {
      try SafetensorsWriter().write(twins, to: path)
    }
  }

  @Test("a full disk is an error that leaves the old file as it was")
  func fullDisk() throws {
    let tensors = [TensorSource("a", shape: [1 << 50]) { _, _ in }]
    _ = try scratch.file("x", [1, 2, 3])
    #expect(throws: SafetensorsError.self) {
      try SafetensorsWriter().write(tensors, to: scratch.path + "/x")
    }
    #expect(try scratch.names == ["x"])
    #expect(try scratch.bytes("x") == [1, 2, 3])
  }

  @Test("a directory that does not exist is an error with the system's reason")
  func noDirectory() throws {
    let path = scratch.path + "/none/x"
    #expect(throws: SafetensorsError.unwritable(path: path, reason: "No such file or directory")) {
      try SafetensorsWriter().write([], to: path)
    }
  }
}
