import Kernels
import MessagePassing
import Models
import Tensors
import TestSupport
import Testing

/// Learners that keep parts, and listeners that keep none, all end up with the whole.
@Suite("Weight exchange")
struct WeightExchangeTests {
  @Test(
    "every member gets the bits that installing the whole gives",
    arguments: [(1, 0), (1, 2), (2, 0), (2, 1), (3, 2)],
    Precision.allCases)
  func exchange(members: (learners: Int, listeners: Int), precision: Precision) throws {
    let bench = try Bench(precision: precision)
    let model = bench.model
    let values = Tensor(named: "values", [model.parameterCount]).storage
    let whole = model.makeWeights(forTraining: true)
    whole.install(values)
    let expected = whole.elements(of: model)
    let plan = ShardPlan(count: model.parameterCount, learners: members.learners)
    let found = try together(members.learners + members.listeners) { link in
      let isLearner = link.rank < members.learners
      let range = isLearner ? plan.range(of: link.rank) : 0..<0
      let part = Tensor(Array(values.elements[range]), shape: [range.count]).storage
      let weights = model.makeWeights(forTraining: isLearner)
      var checksums: [UInt64] = []
      try WeightExchange(model, plan: plan).run(
        values: isLearner ? part : nil, range: range,
        carryNarrow: { elements, root in try link.broadcast(&elements, from: root) },
        carryWide: { elements, root in try link.broadcast(&elements, from: root) },
        install: { parcel in
          checksums.append(parcel.checksum)
          weights.install(parcel)
        })
      return (elements: weights.elements(of: model), checksums: checksums)
    }
    for (member, result) in found.enumerated() {
      expectSameBits(result.elements, expected, "member \(member)")
      #expect(result.checksums == found[0].checksums && result.checksums.count == model.chunks.count)
    }
  }

  @Test("in bf16 matrices travel in half the bytes, in fp32 as they are", arguments: Precision.allCases)
  func bytes(precision: Precision) throws {
    let model = try Bench(precision: precision).model
    var (narrow, wide) = (0, 0)
    try WeightExchange(model, plan: ShardPlan(count: model.parameterCount, learners: 2)).run(
      values: nil, range: 0..<0, carryNarrow: { elements, _ in narrow += elements.count },
      carryWide: { elements, _ in wide += elements.count }, install: { _ in })
    #expect(narrow + wide == model.parameterCount)
    let vectors = model.table.parameters.filter { !$0.isMatrix }.reduce(0) { $0 + $1.count }
    #expect(wide == (precision == .fp32 ? model.parameterCount : vectors))
  }
}
