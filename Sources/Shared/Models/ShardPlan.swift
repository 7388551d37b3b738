import Kernels
public import Tensors

/// Which learner keeps which parameters and moments (ZeRO stage 1).
///
/// Bounds are multiples of the blocks in which the gradient's norm is summed, so that any number of learners
/// gives the same bits. Source: Rajbhandari et al. 2020, arXiv:1910.02054, section 5.1.
public struct ShardPlan: Sendable, Equatable {
  /// The number of parameters.
  public let count: Int
  /// The number of learners.
  public let learners: Int

  /// The plan for `count` parameters.
  public init(count: Int, learners: Int) {
    self.count = count
    self.learners = learners
  }

  /// The elements that learner `learner` keeps; may be empty where there are more learners than blocks.
  public func range(of learner: Int) -> Range<Int> {
    let blocks = (count + gradientBlock - 1) / gradientBlock
    let start = min(count, blocks * learner / learners * gradientBlock)
    return start..<min(count, blocks * (learner + 1) / learners * gradientBlock)
  }
}

/// Brings every parameter from the learner that keeps it to all members of a link, chunk by chunk.
///
/// Learner i of the plan is member i of the link. What travels is in the precision of products.
public struct WeightExchange: Sendable {
  private let model: LanguageModel
  private let plan: ShardPlan

  /// The exchange of `model`'s parameters among the members that `plan` speaks of, and listeners.
  public init(_ model: LanguageModel, plan: ShardPlan) {
    self.model = model
    self.plan = plan
  }

  /// Takes part in the exchange; collective.
  ///
  /// - Parameters:
  ///   - values: The parameters that this member keeps, none if it only listens.
  ///   - range: Where they stand in the table.
  ///   - carryNarrow: Broadcasts bf16 elements from a member.
  ///   - carryWide: Broadcasts `Float`s from a member.
  ///   - install: Called with each complete parcel.
  /// - Throws: What the closures throw.
  public func run(
    values: Storage<Float>?, range: Range<Int>,
    carryNarrow: (_ elements: inout MutableSpan<UInt16>, _ root: Int) throws -> Void,
    carryWide: (_ elements: inout MutableSpan<Float>, _ root: Int) throws -> Void,
    install: (WeightParcel) throws -> Void
  ) throws {
    for chunk in model.chunks {
      let parcel = WeightParcel(chunk, precision: model.precision)
      if let values { parcel.fill(range, from: values, base: range.lowerBound) }
      for learner in 0..<plan.learners {
        for piece in parcel.pieces(of: plan.range(of: learner)) {
          if piece.isNarrow {
            let narrow = parcel.narrow
            var elements = narrow.mutableSpan(piece.places)
            try carryNarrow(&elements, learner)
          } else {
            let wide = parcel.wide
            var elements = wide.mutableSpan(piece.places)
            try carryWide(&elements, learner)
          }
        }
      }
      try install(parcel)
    }
  }
}
