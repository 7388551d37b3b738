import Kernels
public import Tensors

/// One version of a model's parameters, with the packed forms that products read.
public final class ModelWeights: Sendable {
  /// All parameters, in the order of the model's table.
  public let parameters: Storage<Float>

  let forward: [WeightMatrix]
  let backward: [PackedMatrix]

  private let architecture: Architecture

  /// Zeros for `architecture`; `forTraining` adds the transposed packing that gradients need.
  init(_ architecture: Architecture, backend: MatrixBackend, forTraining: Bool) {
    self.architecture = architecture
    parameters = Storage(zeros: architecture.table.elementCount)
    let linears = architecture.linears
    forward = linears.map { WeightMatrix(inner: $0.inputs, outer: $0.outputs, backend: backend) }
    backward = forTraining ? linears.map { PackedMatrix(inner: $0.outputs, outer: $0.inputs) } : []
  }

  /// Brings the packed forms up to date with `parameters`; to be called after every change of them.
  public func repack() {
    for linear in architecture.linears {
      let matrix = view(linear)
      forward[linear.index].pack(matrix)
      if !backward.isEmpty { backward[linear.index].pack(matrix.transposed) }
    }
  }

  /// The parameter's elements.
  public func tensor(_ parameter: Parameter) -> Tensor {
    Tensor(parameters, offset: parameter.offset, shape: parameter.shape)
  }

  /// The weight as `[inputs, outputs]`.
  private func view(_ linear: Linear) -> MatrixView {
    linear.view(of: tensor(linear.weight))
  }
}

extension Linear {
  /// A tensor laid out as the weight, seen as `[inputs, outputs]`.
  func view(of tensor: Tensor) -> MatrixView {
    let rows = weight.shape[0]
    let columns = weight.shape[1]
    let stored = MatrixView(tensor, rows: rows, rowLength: columns, columns: columns)
    return storesInputMajor ? stored : stored.transposed
  }
}

extension Architecture {
  /// Every product, by index.
  var linears: [Linear] {
    layers.flatMap { $0.qkv + [$0.attentionOutput] + $0.inner + [$0.feedForwardOutput] } + [head]
  }
}

extension ModelWeights {
  /// A checksum of all parameters' bits: FNV-1a over blocks of 65 536, combined in order.
  public var checksum: UInt64 {
    let parameters = parameters
    let blocks = (parameters.count + 65_535) / 65_536
    let sums = Storage<UInt64>(zeros: max(1, blocks))
    forEachBlock(blocks) { block in
      let values = parameters.span(block * 65_536..<min(parameters.count, (block + 1) * 65_536))
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      for i in 0..<values.count { hash = (hash ^ UInt64(values[i].bitPattern)) &* 0x100_0000_01b3 }
      var out = sums.mutableSpan
      out[block] = hash
    }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for block in 0..<blocks { hash = (hash ^ sums.span[block]) &* 0x100_0000_01b3 }
    return hash
  }
}
