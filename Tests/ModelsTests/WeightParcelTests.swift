import Kernels
import Models
import Randomness
import Tensors
import TestSupport
import Testing

/// Parcels bring the bits that installing the whole gives.
@Suite("Weight parcels")
struct WeightParcelTests {
  static let families = ModelConfiguration.Family.allCases

  @Test("chunks are consecutive and cover the table", arguments: families)
  func chunks(family: ModelConfiguration.Family) throws {
    let model = try TinyModel(TinyExtents(odd: family)).model
    #expect(model.chunks.flatMap(\.parameters) == model.table.parameters)
    var end = 0
    for chunk in model.chunks {
      #expect(chunk.range.lowerBound == end && !chunk.range.isEmpty)
      end = chunk.range.upperBound
    }
    #expect(end == model.parameterCount)
    // One for each layer, one before and one behind them.
    #expect(model.chunks.count == 4)
  }

  @Test(
    "a parcel filled in parts, in any order, unpacks to the values as products read them",
    arguments: families,
    Precision.allCases)
  func roundTrip(family: ModelConfiguration.Family, precision: Precision) throws {
    let tiny = try TinyModel(TinyExtents(odd: family), precision: precision)
    let expected = installedElements(tiny)
    for chunk in tiny.model.chunks {
      let parcel = WeightParcel(chunk, precision: precision)
      for range in cuts(tiny.model.parameterCount, "cuts of \(family)") {
        fill(parcel, range, from: tiny.parameters)
      }
      let found = Storage<Float>(zeros: chunk.range.count)
      parcel.unpack(into: found)
      expectSameBits(found.elements, Array(expected[chunk.range]))
    }
  }

  @Test("a part fills its own places and no others", arguments: families, Precision.allCases)
  func part(family: ModelConfiguration.Family, precision: Precision) throws {
    let tiny = try TinyModel(TinyExtents(odd: family), precision: precision)
    let expected = installedElements(tiny)
    for chunk in tiny.model.chunks {
      for range in cuts(tiny.model.parameterCount, "parts of \(family)") {
        let parcel = WeightParcel(chunk, precision: precision)
        fill(parcel, range, from: tiny.parameters)
        let found = Storage<Float>(zeros: chunk.range.count)
        parcel.unpack(into: found)
        expectSameBits(found.elements, chunk.range.map { range.contains($0) ? expected[$0] : 0 }, "\(range)")
      }
    }
  }

  @Test(
    "pieces say where every element of a range lies, each place once", arguments: families, Precision.allCases
  )
  func pieces(family: ModelConfiguration.Family, precision: Precision) throws {
    let model = try TinyModel(TinyExtents(odd: family), precision: precision).model
    for chunk in model.chunks {
      let parcel = WeightParcel(chunk, precision: precision)
      let pieces = cuts(model.parameterCount, "pieces of \(family)").flatMap { parcel.pieces(of: $0) }
      #expect(pieces.flatMap { Array($0.elements) }.sorted() == Array(chunk.range))
      for piece in pieces { #expect(piece.elements.count == piece.places.count) }
      let narrow = pieces.filter(\.isNarrow).flatMap { Array($0.places) }.sorted()
      let wide = pieces.filter { !$0.isNarrow }.flatMap { Array($0.places) }.sorted()
      #expect(narrow == Array(0..<parcel.narrow.count) && wide == Array(0..<parcel.wide.count))
      let vectors = chunk.parameters.filter { !$0.isMatrix }.reduce(0) { $0 + $1.count }
      #expect(wide.count == (precision == .fp32 ? chunk.range.count : vectors))
    }
  }

  @Test(
    "weights installed from parcels compute what weights installed as a whole do", arguments: families,
    Precision.allCases)
  func install(family: ModelConfiguration.Family, precision: Precision) throws {
    let tiny = try TinyModel(TinyExtents(odd: family), precision: precision)
    let weights = tiny.model.makeWeights(forTraining: false)
    for chunk in tiny.model.chunks {
      let parcel = WeightParcel(chunk, precision: precision)
      parcel.fill(0..<tiny.model.parameterCount, from: tiny.parameters, base: 0)
      weights.install(parcel)
    }
    expectSameBits(weights.elements(of: tiny.model), tiny.weights.elements(of: tiny.model))
    let tokens = namedTokens("tokens", 9, vocabulary: 37)
    expectSameBits(
      Strands(tiny.model, weights).logits(of: tokens).elements,
      Strands(tiny.model, tiny.weights).logits(of: tokens).elements)
  }

  @Test("weights copied from others compute what they do", arguments: families, Precision.allCases)
  func copies(family: ModelConfiguration.Family, precision: Precision) throws {
    let tiny = try TinyModel(TinyExtents(odd: family), precision: precision)
    for forTraining in [true, false] {
      let weights = tiny.model.makeWeights(forTraining: forTraining)
      weights.copy(from: tiny.weights)
      expectSameBits(weights.elements(of: tiny.model), tiny.weights.elements(of: tiny.model))
      let tokens = namedTokens("tokens", 9, vocabulary: 37)
      expectSameBits(
        Strands(tiny.model, weights).logits(of: tokens).elements,
        Strands(tiny.model, tiny.weights).logits(of: tokens).elements)
    }
  }

  @Test("the checksum sees every bit that travels", arguments: Precision.allCases)
  func checksum(precision: Precision) throws {
    let tiny = try TinyModel(TinyExtents(odd: .qwen2), precision: precision)
    for chunk in tiny.model.chunks {
      let parcel = WeightParcel(chunk, precision: precision)
      parcel.fill(chunk.range, from: tiny.parameters, base: 0)
      let before = parcel.checksum
      let (narrow, wide) = (parcel.narrow, parcel.wide)
      for place in places(wide.count) {
        var elements = wide.mutableSpan
        let old = elements[place]
        elements[place] = old.nextUp
        #expect(parcel.checksum != before)
        elements[place] = old
      }
      for place in places(narrow.count) {
        var elements = narrow.mutableSpan
        elements[place] ^= 1
        #expect(parcel.checksum != before)
        elements[place] ^= 1
      }
      #expect(parcel.checksum == before)
    }
  }

  /// The first, the last and a few other places of `count`.
  private func places(_ count: Int) -> Set<Int> {
    Set([0, 1, count / 2, count - 1].filter { (0..<count).contains($0) })
  }

  /// Fills from a storage that holds no more than `range`.
  private func fill(_ parcel: WeightParcel, _ range: Range<Int>, from values: Storage<Float>) {
    let part = Tensor(Array(values.elements[range]), shape: [range.count]).storage
    parcel.fill(range, from: part, base: range.lowerBound)
  }

  /// Ranges in random order that cover `count` elements once; some are empty.
  private func cuts(_ count: Int, _ name: String) -> [Range<Int>] {
    var draw = namedGenerator(name)
    let inner = (0..<6).map { _ in draw.next(below: count) }.sorted()
    let bounds = [0, 0] + inner + [count]
    var ranges = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
    draw.shuffle(&ranges)
    return ranges
  }
}
