public import Tensors

/// A file of named tensors, mapped into memory.
///
/// Opening reads and checks the header alone; a tensor's pages are read when it is copied. Any file is either
/// accepted whole or refused with a ``SafetensorsError``, whatever its bytes.
public final class SafetensorsFile: Sendable {
  /// Where the file lies, for messages.
  public let path: String

  private let file: MappedFile

  private let header: SafetensorsHeader

  /// Opens and checks the file at `path`.
  public init(path: String) throws(SafetensorsError) {
    self.path = path
    let file = try MappedFile(path: path)
    self.file = file
    do {
      header = try SafetensorsHeader(of: file.bytes)
    } catch {
      throw .malformed(path: path, error)
    }
  }

  /// The names of the tensors, in the order of their bytes.
  public var names: [String] { header.names }

  /// The file's `__metadata__`, empty if there is none.
  public var metadata: [String: String] { header.metadata }

  /// Whether the file has a tensor called `name`.
  public func contains(_ name: String) -> Bool { header.entries[name] != nil }

  /// The type, shape and place of a tensor.
  public func entry(_ name: String) throws(SafetensorsError) -> SafetensorsEntry {
    guard let entry = header.entries[name] else { throw .missingTensor(path: path, name: name) }
    return entry
  }

  /// Copies a tensor's elements as `Float`: F32 as they are, BF16 and F16 exactly, F64 rounded to nearest.
  ///
  /// - Parameters:
  ///   - name: A tensor of one of these types.
  ///   - target: As many elements as the tensor has, overwritten.
  /// - Throws: When the tensor is missing, or has another type or count.
  public func copy(_ name: String, into target: inout MutableSpan<Float>) throws(SafetensorsError) {
    let entry = try entry(name)
    guard entry.count == target.count else {
      throw .wrongShape(path: path, name: name, shape: entry.shape, expected: [target.count])
    }
    let bytes = bytes(entry)
    switch entry.dtype {
    case .f32: copyFloats(bytes, into: &target)
    case .f64: narrowDoubles(bytes, into: &target)
    case .bf16: widen(bytes, into: &target) { bits, elements in widenBFloat16(bits, into: elements) }
    case .f16: widen(bytes, into: &target) { bits, elements in widenFloat16(bits, into: elements) }
    default: throw .wrongType(path: path, name: name, dtype: entry.dtype, wanted: "Float")
    }
  }

  /// Copies a tensor into one of the same shape.
  ///
  /// - Parameters:
  ///   - name: A tensor of floating-point numbers, as for ``copy(_:into:)-(_,MutableSpan<Float>)``.
  ///   - target: Overwritten.
  /// - Throws: When the tensor is missing, or has another type or shape, even with the same count.
  public func copy(_ name: String, into target: Tensor) throws(SafetensorsError) {
    let shape = try entry(name).shape
    guard shape == target.shape else {
      throw .wrongShape(path: path, name: name, shape: shape, expected: target.shape)
    }
    var elements = target.mutableSpan
    try copy(name, into: &elements)
  }

  /// A tensor of integers or BOOL, with false as 0 and true as 1.
  public func copyIntegers(_ name: String) throws(SafetensorsError) -> [Int64] {
    let entry = try entry(name)
    let bytes = bytes(entry)
    switch entry.dtype {
    case .i64: return integers(bytes, of: Int64.self)
    case .i32: return integers(bytes, of: Int32.self)
    case .i16: return integers(bytes, of: Int16.self)
    case .i8: return integers(bytes, of: Int8.self)
    case .u32: return integers(bytes, of: UInt32.self)
    case .u16: return integers(bytes, of: UInt16.self)
    case .u8: return integers(bytes, of: UInt8.self)
    case .bool: return integers(bytes, of: UInt8.self).map { $0 == 0 ? 0 : 1 }
    case .u64:
      // Beyond Int64's range the truncated number is negative.
      let values = integers(bytes, of: UInt64.self)
      if let wrong = values.first(where: { $0 < 0 }) {
        throw .outOfRange(path: path, name: name, value: UInt64(bitPattern: wrong))
      }
      return values
    default: throw .wrongType(path: path, name: name, dtype: entry.dtype, wanted: "integers")
    }
  }

  @_lifetime(borrow self)
  private func bytes(_ entry: SafetensorsEntry) -> RawSpan {
    let file = file
    let data = file.bytes.extracting(droppingFirst: header.dataStart)
    return unsafe _overrideLifetime(data.extracting(entry.dataOffsets), borrowing: self)
  }
}
