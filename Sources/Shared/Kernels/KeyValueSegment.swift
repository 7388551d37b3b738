import Tensors

/// Keys and values of consecutive positions of one sequence, for every layer.
///
/// Keys lie in blocks of eight positions, `[layer][head][block][dimension][8]`, so that the scores of eight
/// keys are eight independent chains side by side; values lie by position,
/// `[layer][head][position][dimension]`. A group's prompt is one segment that its responses share, each with
/// a segment of its own behind it.
public final class KeyValueSegment: Sendable {
  /// The number of positions there is room for.
  public let capacity: Int

  let heads: Int
  let headDimension: Int
  private let layers: Int
  let keys: Storage<Float>
  let values: Storage<Float>

  private let keysPerHead: Int

  /// Room for `capacity` positions of `layers` layers with `heads` key-value heads of `headDimension` each.
  public init(capacity: Int, layers: Int, heads: Int, headDimension: Int) {
    self.capacity = capacity
    self.layers = layers
    self.heads = heads
    self.headDimension = headDimension
    keysPerHead = (capacity + 7) / 8 * 8 * headDimension
    keys = Storage(zeros: max(1, layers * heads * keysPerHead))
    values = Storage(zeros: max(1, layers * heads * capacity * headDimension))
  }

  /// The bytes that a segment of these extents takes.
  public static func byteCount(capacity: Int, layers: Int, heads: Int, headDimension: Int) -> Int {
    ((capacity + 7) / 8 * 8 + capacity) * layers * heads * headDimension * MemoryLayout<Float>.stride
  }

  /// Takes over the first `positions` positions of `other`, which has the same layers and heads.
  public func copy(from other: KeyValueSegment, positions: Int) {
    let (keys, values, otherKeys, otherValues) = (keys, values, other.keys, other.values)
    var k = keys.mutableSpan
    var v = values.mutableSpan
    let keyCount = (positions + 7) / 8 * 8 * headDimension
    for plane in 0..<layers * heads {
      for i in 0..<keyCount { k[plane * keysPerHead + i] = otherKeys.span[plane * other.keysPerHead + i] }
      for i in 0..<positions * headDimension {
        v[plane * capacity * headDimension + i] = otherValues.span[plane * other.capacity * headDimension + i]
      }
    }
  }

  func keyOffset(layer: Int, head: Int) -> Int { (layer * heads + head) * keysPerHead }

  func valueOffset(layer: Int, head: Int) -> Int { (layer * heads + head) * capacity * headDimension }

  /// Stores one row's keys and values of `layer` at `position`.
  func store(_ row: Span<Float>, keyColumn: Int, valueColumn: Int, layer: Int, position: Int) {
    precondition(position < capacity, "KeyValueSegment: position \(position) of \(capacity)")
    let (keys, values) = (keys, values)
    var k = keys.mutableSpan
    var v = values.mutableSpan
    for head in 0..<heads {
      let key = keyOffset(layer: layer, head: head) + position / 8 * 8 * headDimension + position % 8
      let value = valueOffset(layer: layer, head: head) + position * headDimension
      for d in 0..<headDimension {
        k[key + d * 8] = row[keyColumn + head * headDimension + d]
        v[value + d] = row[valueColumn + head * headDimension + d]
      }
    }
  }
}

/// Consecutive rows of a batch that continue one sequence.
public struct SequenceRows: Sendable {
  /// The rows.
  public var rows: Range<Int>
  /// The shared beginning, if any.
  public var trunk: KeyValueSegment?
  /// How many positions of `trunk` come before this sequence's own.
  public var trunkLength: Int
  /// The sequence's own keys and values; the rows' are stored here.
  public var own: KeyValueSegment
  /// How many positions `own` held before these rows.
  public var ownStart: Int

  /// Creates the description of one sequence's rows.
  public init(
    rows: Range<Int>, trunk: KeyValueSegment? = nil, trunkLength: Int = 0, own: KeyValueSegment,
    ownStart: Int = 0
  ) {
    self.rows = rows
    self.trunk = trunk
    self.trunkLength = trunkLength
    self.own = own
    self.ownStart = ownStart
  }

  /// The absolute position of the first row.
  public var firstPosition: Int { trunkLength + ownStart }
}
