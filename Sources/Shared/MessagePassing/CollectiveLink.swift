/// What some nodes do together: add, spread, compare, wait for each other.
///
/// Every method is *collective*: all ranks call it, in the same order. Ranks that call different methods, or
/// one method with different counts, all learn it as a ``LinkError`` before any data moves. A rank that comes
/// early waits politely, by napping, and burns no core. With one rank nothing is communicated.
///
/// A link belongs to one thread, hence no `Sendable`; it reaches that thread once, through a ``Handover``.
public protocol CollectiveLink: AnyObject {
  /// This rank among the members, from 0, in the order the members were named.
  var rank: Int { get }

  /// The number of members.
  var size: Int { get }

  /// Adds `values` over all ranks and leaves the sum in `values` of every one.
  ///
  /// Sums wrap around at 64 bits, so order and grouping cannot change them.
  func sum(_ values: inout MutableSpan<Int64>) throws(LinkError)

  /// Adds `values` over all ranks; rank r is left with the sum in `ranges[r]` of its own, and with what it
  /// passed, or parts of sums, elsewhere.
  ///
  /// Moves half as much as ``sum(_:)``. The ranges, one for each rank, must be the same on all.
  func sum(_ values: inout MutableSpan<Int64>, keeping ranges: [Range<Int>]) throws(LinkError)

  /// Copies `values` of rank `root`, to the bit, into `values` of every rank; counts must agree.
  func broadcast(_ values: inout MutableSpan<Float>, from root: Int) throws(LinkError)

  /// Copies `values` of rank `root` into `values` of every rank; counts must agree.
  func broadcast(_ values: inout MutableSpan<UInt16>, from root: Int) throws(LinkError)

  /// The `bytes` of rank `root`, of any size; what other ranks pass is not looked at.
  func broadcast(_ bytes: [UInt8], from root: Int) throws(LinkError) -> [UInt8]

  /// The `bytes` of all ranks, in rank order; they may differ in length.
  func gather(_ bytes: [UInt8]) throws(LinkError) -> [[UInt8]]

  /// The `values` of all ranks, one rank's after the other's, to the bit; they may differ in number.
  func gather(_ values: [Double]) throws(LinkError) -> [Double]

  /// Returns once every rank has called it.
  func barrier() throws(LinkError)
}
