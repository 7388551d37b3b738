import ArgumentParser
import Kernels
import Models
import Tensors

extension Bench {
  /// Products of the model's shapes.
  struct Products: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "gemm",
      abstract: "Measure the model's products with weights, by every library that is there.")

    @OptionGroup var subject: BenchSubjectOptions

    @Option(help: "Numbers of rows.")
    var rows: [Int] = [1, 16, 64, 256, 1024]

    func validate() throws {
      guard rows.allSatisfy({ (1...1 << 16).contains($0) }), !rows.isEmpty else {
        throw ValidationError("--rows must be in 1...65536")
      }
    }

    func run() throws {
      try reportingErrors {
        let folder = try BenchFolder(nil)
        defer { folder.remove() }
        ThreadPool.configure(threads: subject.threadsAlone)
        let configuration = try BenchModel.readConfiguration(subject, in: folder.path)
        let choice = try BenchChoice(subject, for: configuration)
        let products = ProductMeter(rows: rows).measure(configuration)
        let peak = products.max { $0.gflops < $1.gflops }
        let report = BenchReport(
          benchmark: "gemm", machine: MachineReport(threads: subject.threadsAlone, subject: choice),
          model: ModelReport(
            name: subject.name, parameters: LanguageModel(configuration, contextLength: 1).parameterCount,
            cost: ModelCost(configuration)),
          workload: Workload(rows: rows, seed: subject.seed), gemmPeak: peak.map(PeakReport.init),
          result: products)
        try report.show(asJSON: subject.json) { ProductTable(products).lines }
      }
    }

    struct Workload: Encodable {
      let rows: [Int]
      let seed: UInt64
    }
  }
}

/// The rate of one product.
struct ProductReport: Encodable {
  /// `forward`, or `weight_gradient`, whose packing of the right factor counts as time and not as work.
  let kind: String
  let backend: String
  let precision: String
  let rows: Int
  let inner: Int
  let outer: Int
  /// How often one pass of a row through the model needs this product.
  let uses: Int
  let gflops: Double
  /// Seconds of one call, the best of several.
  let seconds: Double
}

extension PeakReport {
  /// The same product measured once more, after the work: the better of both.
  func measuredAgain() -> PeakReport {
    let same = BenchProduct.available.first { $0.name == backend && $0.precision.rawValue == precision }
    guard let same else { return self }
    let call = same.forward(inner: inner, outer: outer, mostRows: rows)
    let meter = ProductMeter(rows: [rows], patience: 0.2)
    let again = meter.measure([inner, outer], uses: 0, kind: "forward", by: same, call)
    return again.map(PeakReport.init).reduce(self) { $1.gflops > $0.gflops ? $1 : $0 }
  }

  init(_ product: ProductReport) {
    self.init(
      gflops: product.gflops, backend: product.backend, precision: product.precision, rows: product.rows,
      inner: product.inner, outer: product.outer)
  }
}

/// Measures products.
struct ProductMeter {
  let rows: [Int]
  /// How long one product is repeated, in seconds, at least twice.
  var patience = 0.1

  /// All products of a model, forward by every backend, and their weight gradients.
  func measure(_ configuration: ModelConfiguration) -> [ProductReport] {
    let all = LanguageModel.productShapes(configuration)
    var reports: [ProductReport] = []
    for shape in Set(all).sorted(by: { $0[0] * $0[1] < $1[0] * $1[1] }) {
      let uses = all.count { $0 == shape }
      let most = rows.max() ?? 1
      for product in BenchProduct.available {
        let call = product.forward(inner: shape[0], outer: shape[1], mostRows: most)
        reports += measure(shape, uses: uses, kind: "forward", by: product, call)
      }
      for product in BenchProduct.gradients {
        let call = product.weightGradient(inner: shape[0], outer: shape[1], mostRows: most)
        reports += measure(
          shape, uses: uses, kind: "weight_gradient", by: product, call)
      }
    }
    return reports
  }

  /// The fastest of a few large products of `precision`: what rates are compared with.
  ///
  /// A moment in which nobody else computes may come later; see ``PeakReport/measuredAgain()``.
  static func peak(_ precision: Precision) throws -> PeakReport {
    var best: ProductReport?
    let meter = ProductMeter(rows: [256, 1024], patience: 0.05)
    for product in BenchProduct.available where product.precision == precision {
      for shape in [[768, 3072], [1024, 4096]] {
        let call = product.forward(inner: shape[0], outer: shape[1], mostRows: 1024)
        for report in meter.measure(shape, uses: 0, kind: "forward", by: product, call)
        where report.gflops > best?.gflops ?? 0 { best = report }
      }
    }
    guard let best else { throw CommandError("no library computes \(precision.rawValue) products here") }
    return PeakReport(best)
  }

  /// One product with each number of rows.
  func measure(
    _ shape: [Int], uses: Int, kind: String, by product: BenchProduct, _ call: (Int) -> Void
  ) -> [ProductReport] {
    rows.map { count in
      let seconds = best { call(count) }
      let flop = 2 * Double(count) * Double(shape[0]) * Double(shape[1])
      return ProductReport(
        kind: kind, backend: product.name, precision: product.precision.rawValue, rows: count,
        inner: shape[0], outer: shape[1], uses: uses, gflops: flop / seconds / 1e9, seconds: seconds)
    }
  }

  /// The shortest time of several calls; the first one, which fills caches, does not count.
  private func best(_ call: () -> Void) -> Double {
    call()
    var (best, sum, calls) = (Double.infinity, 0.0, 0)
    while calls < 2 || sum < patience {
      let seconds = secondsOf(call)
      (best, sum, calls) = (min(best, seconds), sum + seconds, calls + 1)
    }
    return best
  }
}

/// A line per product and way, a column per number of rows.
private struct ProductTable {
  let lines: [String]

  init(_ products: [ProductReport]) {
    let rows = Set(products.map(\.rows)).sorted()
    var table: [[String]] = []
    for first in products where first.rows == products.first?.rows {
      let same = products.filter {
        ($0.kind, $0.backend, $0.precision) == (first.kind, first.backend, first.precision)
          && ($0.inner, $0.outer) == (first.inner, first.outer)
      }
      let rates = rows.map { count in
        same.first { $0.rows == count }.map { decimal($0.gflops, 1) } ?? ""
      }
      table.append(
        [
          "\(first.inner) × \(first.outer), \(first.uses) times",
          "\(first.kind) \(first.precision) \(first.backend)",
        ]
          + rates)
    }
    let header = ["product", "GFLOP/s with so many rows"] + rows.map { "\($0)" }
    lines = TextTable(header: header, rows: table).lines
  }
}
