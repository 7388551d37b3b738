import Glibc

/// One contiguous run of elements, 64-byte aligned, zeroed; allocated and freed here and nowhere else.
///
/// A model's parameters are a single storage with many tensors looking into it, so that the optimiser, the
/// all-reduce, the checkpoint and the broadcast each see one row of numbers. Storages of a megabyte and more
/// are mapped: a page that nobody has written costs nothing, where a page is 2 MiB if the system grants it.
///
/// `Element` is a number, or anything else for which all-zero bytes are a value.
///
/// Sendable because its address and length never change, and because threads that share one touch disjoint
/// elements while one of them writes; ``forEachBlock(_:_:)`` and
/// ``forEachRow(of:rowLength:rowsPerBlock:_:)`` are how the package keeps to that.
@safe
public final class Storage<Element: BitwiseCopyable>: @unchecked Sendable {
  /// The number of elements.
  public let count: Int

  @usableFromInline
  let base: UnsafeMutablePointer<Element>

  private let memory: UnsafeMutableRawPointer

  private let byteCount: Int

  /// Allocates `count` zeros.
  ///
  /// Ends the process with a sentence when there is no memory for them.
  public init(zeros count: Int) {
    precondition(count >= 0, "Storage: count \(count) is negative")
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    precondition(!overflow, "Storage: \(count) elements of \(Element.self) exceed the address space")
    self.count = count
    self.byteCount = byteCount
    unsafe memory = allocateZeros(byteCount)
    unsafe base = memory.bindMemory(to: Element.self, capacity: count)
  }

  deinit { unsafe release(memory, byteCount) }

  /// All elements, to read.
  @inlinable
  public var span: Span<Element> {
    @_lifetime(borrow self)
    get {
      let elements = unsafe Span(_unsafeStart: base, count: count)
      return unsafe _overrideLifetime(elements, borrowing: self)
    }
  }

  /// All elements, to write.
  ///
  /// Two mutable spans that are alive together look into different elements; kernels rely on it.
  @inlinable
  public var mutableSpan: MutableSpan<Element> {
    @_lifetime(borrow self)
    get {
      let elements = unsafe MutableSpan(_unsafeStart: base, count: count)
      return unsafe _overrideLifetime(elements, borrowing: self)
    }
  }

  /// The elements of `range`, to read.
  ///
  /// - Precondition: `range` lies in `0..<count`.
  @inlinable
  @_lifetime(borrow self)
  public func span(_ range: Range<Int>) -> Span<Element> {
    checkBounds(range)
    let elements = unsafe Span(_unsafeStart: base + range.lowerBound, count: range.count)
    return unsafe _overrideLifetime(elements, borrowing: self)
  }

  /// The elements of `range`, to write; no other span of them may be in use meanwhile.
  ///
  /// - Precondition: `range` lies in `0..<count`.
  @inlinable
  @_lifetime(borrow self)
  public func mutableSpan(_ range: Range<Int>) -> MutableSpan<Element> {
    checkBounds(range)
    let elements = unsafe MutableSpan(_unsafeStart: base + range.lowerBound, count: range.count)
    return unsafe _overrideLifetime(elements, borrowing: self)
  }

  /// Overwrites every element with those of `other`.
  ///
  /// - Precondition: Both have the same count.
  public func copy(from other: Storage) {
    precondition(count == other.count, "Storage: cannot copy \(other.count) elements into \(count)")
    unsafe memmove(memory, other.memory, byteCount)
  }

  @usableFromInline
  func checkBounds(_ range: Range<Int>) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count,
      "Storage: range \(range) lies outside 0..<\(count)")
  }
}

/// From this size on memory is mapped: the kernel's pages are zero already, and cost nothing until touched.
private let mappedBytes = 1 << 20

/// From this size on the kernel is asked for pages of 2 MiB.
private let hugePageBytes = 4 << 20

/// The alignment of a cache line and of an AVX-512 vector.
private let alignment = 64

private func allocateZeros(_ byteCount: Int) -> UnsafeMutableRawPointer {
  guard byteCount >= mappedBytes else {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: alignment)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    return unsafe memory
  }
  let memory = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
  guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
    fatalError(
      """
      Storage: the system has no \(byteCount >> 20) MiB of memory (\(unsafe String(cString: strerror(errno)))); \
      use a smaller model or fewer ranks on this machine, or raise its memory limit
      """)
  }
  // Fewer page faults and address look-ups; a wish, so its refusal does not matter.
  if byteCount >= hugePageBytes { unsafe madvise(memory, byteCount, MADV_HUGEPAGE) }
  return unsafe memory
}

private func release(_ memory: UnsafeMutableRawPointer, _ byteCount: Int) {
  if byteCount >= mappedBytes {
    unsafe munmap(memory, byteCount)
  } else {
    unsafe memory.deallocate()
  }
}
