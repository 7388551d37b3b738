import FoundationEssentials
import Safetensors
import Tensors
import Testing

@Suite("Reading safetensors")
struct SafetensorsFileTests {
  let scratch: ScratchDirectory

  init() throws { scratch = try ScratchDirectory() }

  private func open(_ header: String, dataBytes: Int) throws -> SafetensorsFile {
    try SafetensorsFile(path: scratch.file("a.safetensors", safetensors(header, dataBytes: dataBytes)))
  }

  private func defect(_ bytes: [UInt8]) throws -> SafetensorsDefect? {
    let path = try scratch.file("a.safetensors", bytes)
    do {
      _ = try SafetensorsFile(path: path)
      return nil
    } catch SafetensorsError.malformed(let at, let defect) {
      #expect(at == path)
      return defect
    }
  }

  @Test("every type is read as its numbers, from any offset")
  func types() throws {
    let header = """
      {"odd":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},\
      "f":{"dtype":"F32","shape":[1],"data_offsets":[3,7]},\
      "b":{"dtype":"BF16","shape":[2],"data_offsets":[7,11]},\
      "h":{"dtype":"F16","shape":[1,1],"data_offsets":[11,13]},\
      "d":{"dtype":"F64","shape":[],"data_offsets":[13,21]},\
      "i":{"dtype":"I32","shape":[1],"data_offsets":[21,25]},\
      "l":{"dtype":"I64","shape":[1],"data_offsets":[25,33]},\
      "t":{"dtype":"BOOL","shape":[2],"data_offsets":[33,35]}}
      """
    let data: [UInt8] = [
      1, 2, 255, 0, 0, 0x20, 0xc0, 0x80, 0x3f, 0xc0, 0x7f, 0, 0x3c, 0, 0, 0, 0, 0, 0, 0xf0, 0xbf,
      0xfe, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 7,
    ]
    let bytes = safetensors(header, dataBytes: 0) + data
    let file = try SafetensorsFile(path: scratch.file("types", bytes))
    #expect(try file.copyIntegers("odd") == [1, 2, 255])
    #expect(try file.copyIntegers("i") == [-2])
    #expect(try file.copyIntegers("l") == [.min])
    #expect(try file.copyIntegers("t") == [0, 1])
    let x = Storage<Float>(zeros: 2)
    var two = x.mutableSpan
    try file.copy("b", into: &two)
    #expect(x.span[0] == 1 && x.span[1].isNaN)
    var one = x.mutableSpan(0..<1)
    for (name, value) in [("f", Float(-2.5)), ("h", 1), ("d", -1)] {
      try file.copy(name, into: &one)
      #expect(x.span[0] == value)
    }
    #expect(try file.entry("d").shape == [])
    #expect(file.names == ["odd", "f", "b", "h", "d", "i", "l", "t"])
  }

  @Test("a question that does not fit the tensor is an error that says so")
  func misfits() throws {
    let file = try open(
      """
      {"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"u":{"dtype":"U64","shape":[1],"data_offsets":[8,16]}}
      """, dataBytes: 16)
    let path = file.path
    #expect(throws: SafetensorsError.missingTensor(path: path, name: "v")) { try file.entry("v") }
    #expect(throws: SafetensorsError.wrongShape(path: path, name: "w", shape: [2, 1], expected: [1, 2])) {
      try file.copy("w", into: Tensor(zeros: [1, 2]))
    }
    #expect(throws: SafetensorsError.wrongShape(path: path, name: "w", shape: [2, 1], expected: [3])) {
      var elements = Storage<Float>(zeros: 3).mutableSpan
      try file.copy("w", into: &elements)
    }
    #expect(throws: SafetensorsError.wrongType(path: path, name: "w", dtype: .f32, wanted: "integers")) {
      try file.copyIntegers("w")
    }
    #expect(throws: SafetensorsError.wrongType(path: path, name: "u", dtype: .u64, wanted: "Float")) {
      try file.copy("u", into: Tensor(zeros: [1]))
    }
    #expect(try file.copyIntegers("u") == [0x0f0e_0d0c_0b0a_0908])
  }

  @Test("an unsigned number beyond a signed one is an error")
  func unsigned() throws {
    let header = #"{"u":{"dtype":"U64","shape":[1],"data_offsets":[0,8]}}"#
    let bytes = safetensors(header, dataBytes: 0) + [UInt8](repeating: 0xff, count: 8)
    let file = try SafetensorsFile(path: scratch.file("u", bytes))
    #expect(throws: SafetensorsError.outOfRange(path: file.path, name: "u", value: .max)) {
      try file.copyIntegers("u")
    }
  }

  @Test("zero-size tensors may stand anywhere, and a file may be empty of tensors")
  func empty() throws {
    let file = try open(
      """
      {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[0,5],"data_offsets":[4,4]},\
      "b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"c":{"dtype":"I64","shape":[0],"data_offsets":[0,0]}}
      """, dataBytes: 4)
    #expect(file.metadata == ["format": "pt"])
    #expect(try file.entry("a").count == 0)
    #expect(try file.copyIntegers("c") == [])
    try file.copy("a", into: Tensor(zeros: [0, 5]))
    #expect(try open("{}", dataBytes: 0).names == [])
  }

  /// Header, bytes of data, what is wrong.
  static let malformedHeaders: [(String, Int, SafetensorsDefect)] = [
    (
      #"{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}"#, 1, .dtype(tensor: "a", "F4")
    ),
    (
      #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, .shape(tensor: "a", [-1])
    ),
    (
      #"{"a":{"dtype":"F32","shape":[0,-1],"data_offsets":[0,0]}}"#, 0, .shape(tensor: "a", [0, -1])
    ),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,2],"data_offsets":[0,4]}}"#, 4,
      .shape(tensor: "a", [1 << 62, 2])
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#, 8,
      .length(tensor: "a", bytes: 8, needed: 4)
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4,
      .offsets(tensor: "a", [4, 0], dataBytes: 4)
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, 4,
      .offsets(tensor: "a", [-4, 0], dataBytes: 4)
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4,
      .offsets(tensor: "a", [0], dataBytes: 4)
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7,
      .offsets(tensor: "a", [0, 8], dataBytes: 7)
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9, .unusedBytes(from: 8, to: 9)
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, .unusedBytes(from: 0, to: 4)
    ),
    (
      """
      {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}
      """, 12, .overlap(tensor: "a", other: "b")
    ),
    (
      """
      {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}
      """, 4, .overlap(tensor: "a", other: "b")
    ),
    (#"["a"]"#, 0, .header("it does not begin with {")),
    (#" {}"#, 0, .header("it does not begin with {")),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4, .header("`a` lacks `data_offsets`")),
  ]

  @Test("what breaks the format is named", arguments: malformedHeaders)
  func malformed(header: String, dataBytes: Int, expected: SafetensorsDefect) throws {
    #expect(try defect(safetensors(header, dataBytes: dataBytes)) == expected)
  }

  @Test(
    "a header that is no object of entries is refused",
    arguments: [
      "{", #"{"a":1}"#, #"{"a":{}}"#, #"{"__metadata__":{"a":1}}"#, "{\"a\u{0}", "{}x", "{\u{fe}\u{ff}}",
      #"{"a":{"dtype":"F32","shape":[1e99],"data_offsets":[0,4]}}"#,
      #"{"a":{"dtype":"F32","shape":[0.5],"data_offsets":[0,4]}}"#,
      "{\"a\":" + String(repeating: "[", count: 100_000),
    ])
  func headers(header: String) throws {
    guard case .header = try defect(safetensors(header, dataBytes: 4)) else {
      Issue.record("\(header.prefix(80)) was not refused as a header")
      return
    }
  }

  @Test("a header longer than the file or than the format allows is refused before it is read")
  func headerLength() throws {
    for length in [3, 1 << 32, UInt64.max] {
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + Array("{}".utf8)
      #expect(try defect(bytes) == .headerLength(length, available: 2))
    }
    let huge = try sparseFile(header: "{}", paddedTo: 100_000_001, size: 200_000_000)
    #expect(
      throws: SafetensorsError.malformed(path: huge, .headerLength(100_000_001, available: 199_999_992))
    ) {
      try SafetensorsFile(path: huge)
    }
  }

  @Test("offsets beyond 2 and 4 GB are reached")
  func largeOffsets() throws {
    let end = 5_000_000_000
    let header = """
      {"a":{"dtype":"U8","shape":[\(end)],"data_offsets":[0,\(end)]},\
      "b":{"dtype":"F32","shape":[2],"data_offsets":[\(end),\(end + 8)]}}
      """
    let length = header.utf8.count
    let path = try sparseFile(header: header, paddedTo: length, size: 8 + length + end + 8)
    let handle = try #require(FileHandleForWriting(path))
    handle.write([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40], at: 8 + length + end)
    let tensor = Tensor(zeros: [2])
    try SafetensorsFile(path: path).copy("b", into: tensor)
    #expect(tensor.span[0] == 1 && tensor.span[1] == 2)
  }

  @Test("what is no file is unreadable, with the system's reason")
  func unreadable() throws {
    let missing = scratch.path + "/missing"
    #expect(throws: SafetensorsError.unreadable(path: missing, reason: "No such file or directory")) {
      try SafetensorsFile(path: missing)
    }
    #expect(throws: SafetensorsError.unreadable(path: scratch.path, reason: "it is no regular file")) {
      try SafetensorsFile(path: scratch.path)
    }
  }

  @Test("every truncation of a valid file is an error that names the file and the reason")
  func truncations() throws {
    let bytes = safetensors(
      #"{"a":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]}}"#, dataBytes: 12)
    #expect(try defect(bytes) == nil)
    for length in 0..<bytes.count {
      let defect = try #require(try defect(Array(bytes.prefix(length))), "\(length) bytes were accepted")
      let error = SafetensorsError.malformed(path: "a", defect)
      #expect("\(error)".hasPrefix("a: is no valid safetensors file: ") && "\(error)".count > 60)
    }
  }

  private func sparseFile(header: String, paddedTo length: Int, size: Int) throws -> String {
    var bytes = safetensors(header, dataBytes: 0)
    for i in 0..<8 { bytes[i] = UInt8(truncatingIfNeeded: length >> (i * 8)) }
    let path = try scratch.file("sparse", bytes)
    let handle = try #require(FileHandleForWriting(path))
    handle.write([0], at: size - 1)
    return path
  }
}
