/// One named parameter and its place in the one storage that holds them all.
public struct Parameter: Sendable, Equatable {
  /// The checkpoint's name, such as `model.layers.0.self_attn.q_proj.weight`.
  public var name: String
  /// The extent of each axis.
  public var shape: [Int]
  /// The position of the first element in the storage.
  public var offset: Int
  /// Its place in the table.
  public var index: Int

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// The elements' positions in the storage.
  public var range: Range<Int> { offset..<offset + count }

  /// Whether products or look-ups read it, in the precision of products; vectors are added or multiplied, as `Float`.
  public var isMatrix: Bool { shape.count > 1 }
}

/// All parameters of a model in the order of their storage.
///
/// Moments and folded totals use the same offsets.
public struct ParameterTable: Sendable {
  /// The parameters, by ascending offset.
  public private(set) var parameters: [Parameter] = []
  /// The number of elements of them all.
  public private(set) var elementCount = 0

  mutating func add(_ name: String, _ shape: [Int]) -> Parameter {
    let parameter = Parameter(name: name, shape: shape, offset: elementCount, index: parameters.count)
    parameters.append(parameter)
    elementCount += parameter.count
    return parameter
  }
}
