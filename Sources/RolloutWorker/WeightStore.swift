public import MessagePassing
public import Models
import Timing

/// The weights a rank samples with: one version, or several where sampling lags behind training.
public final class WeightStore {
  /// Where new versions come from.
  public enum Source {
    /// The learner of the same rank, whose weights are sampled with as they are; there is one version at a time.
    case shared(ModelWeights)
    /// The learner of the same rank, whose weights are copied, since it goes on learning while older ones sample.
    case copied(ModelWeights)
    /// Learners of other ranks, which broadcast them.
    case received(any CollectiveLink, WeightExchange)
  }

  private let source: Source
  private let make: () -> ModelWeights
  private var versions: [Int: ModelWeights]
  /// Memory of versions that are needed no more.
  private var spare: [ModelWeights] = []

  /// A store of the version that a run begins with.
  ///
  /// - Parameters:
  ///   - source: Where new versions come from.
  ///   - version: The first version.
  ///   - weights: Its weights.
  ///   - make: Makes weights of the model, for a further version.
  public init(
    _ source: Source, version: Int, weights: ModelWeights, make: @escaping () -> ModelWeights
  ) {
    self.source = source
    self.make = make
    versions = [version: weights]
  }

  /// The version that came last.
  var newestVersion: Int { versions.keys.max() ?? 0 }

  /// The weights of `version`.
  ///
  /// - Throws: ``RolloutError/unknownVersion(_:)`` for one that never came, or is gone.
  func weights(of version: Int) throws -> ModelWeights {
    guard let weights = versions[version] else { throw RolloutError.unknownVersion(version) }
    return weights
  }

  /// Takes in a new version.
  ///
  /// Collective with the learners where they are other ranks.
  ///
  /// - Parameters:
  ///   - version: The new version.
  ///   - oldestNeeded: Versions below it are forgotten.
  ///   - inUse: The version whose groups are under way; it stays.
  /// - Throws: What the link throws.
  func install(version: Int, oldestNeeded: Int, inUse: Int?) throws {
    for old in versions.keys where old < oldestNeeded && old != inUse {
      if let weights = versions.removeValue(forKey: old) { spare.append(weights) }
    }
    switch source {
    case .shared(let weights):
      precondition(inUse == nil, "WeightStore: weights \(version) came while others were sampled with")
      versions = [version: weights]
      spare = []
    case .copied(let weights):
      let new = spare.popLast() ?? make()
      PhaseClock.stage(.weights) { new.copy(from: weights) }
      versions[version] = new
    case .received(let link, let exchange):
      let new = spare.popLast() ?? make()
      try PhaseClock.stage(.weights) { try receive(into: new, link, exchange) }
      versions[version] = new
    }
  }

  private func receive(
    into weights: ModelWeights, _ link: any CollectiveLink, _ exchange: WeightExchange
  ) throws {
    try exchange.run(
      values: nil, range: 0..<0,
      carryNarrow: { elements, root in
        try PhaseClock.part(.communication) { try link.broadcast(&elements, from: root) }
      },
      carryWide: { elements, root in
        try PhaseClock.part(.communication) { try link.broadcast(&elements, from: root) }
      },
      install: { parcel in PhaseClock.part(.packing) { weights.install(parcel) } })
  }
}
