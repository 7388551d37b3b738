import Foundation
import Testing

@testable import Studies

#if canImport(FoundationXML)
import FoundationXML
#endif

/// Elements and texts of a document that an XML parser took.
private final class Elements: NSObject, XMLParserDelegate {
  private(set) var names: [String: Int] = [:]
  private(set) var paths: [String] = []
  private(set) var text = ""

  init(_ document: String) throws {
    super.init()
    let parser = XMLParser(data: Data(document.utf8))
    parser.delegate = self
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    names[name, default: 0] += 1
    if let path = attributes["d"] { paths.append(path) }
  }

  func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }
}

@Suite("Pictures")
struct PictureTests {
  private func curve(_ seeds: Int, _ steps: Int = 30) -> Curve {
    Curve(
      "critic/rewards/mean",
      of: (0..<seeds).map { seed in
        run(seed: seed, steps: steps, ["critic/rewards/mean": { sin(Double($0 * (seed + 1))) / 2 + 0.5 }])
      }, bin: 1)
  }

  private func picture(_ panels: Int, columns: Int = 4, legend: [String] = []) -> Picture {
    Picture(
      title: "a < b & c",
      panels: (0..<panels).map {
        .init(title: "p<\($0)>", top: 1, series: [.init(curve: curve(3), color: $0)])
      },
      columns: columns, legend: legend)
  }

  @Test("a picture is well-formed, with every panel, line and band", arguments: [1, 4, 11])
  func wellFormed(panels: Int) throws {
    let elements = try Elements(picture(panels, legend: ["a&b"]).svg)
    #expect(elements.names["svg"] == 1)
    #expect(elements.names["g"] == panels)
    // Grid, axes, band, line; and the legend's.
    #expect(elements.names["path"] == 4 * panels + 1)
    #expect(elements.text.contains("a < b & c"))
    #expect(elements.text.contains("p<\(panels - 1)>"))
    #expect(elements.text.contains("a&b"))
  }

  @Test("eleven panels of thirty steps take less than 15 KB")
  func size() { #expect(picture(11).svg.utf8.count < 15_000) }

  @Test("a picture without panels, and one of a curve without points, are well-formed")
  func empty() throws {
    #expect(try Elements(Picture(title: "", panels: [], columns: 4, legend: []).svg).names["svg"] == 1)
    let nothing = Picture.Panel(title: "x", top: 1, series: [.init(curve: curve(0), color: 0)])
    #expect(
      try Elements(Picture(title: "", panels: [nothing], columns: 4, legend: []).svg).names["path"] == 2)
  }

  @Test("a line begins and ends where its first and last values lie, values beyond the axes at their ends")
  func places() throws {
    let line = Curve(
      "m", of: [run(seed: 1, steps: 3, ["m": { [nil, 0, 0.5, 7][$0] }])], bin: 1)
    let panel = Picture.Panel(title: "x", top: 1, series: [.init(curve: line, color: 0)])
    let paths = try Elements(Picture(title: "", panels: [panel], columns: 4, legend: []).svg).paths
    #expect(paths.last == "M0 80l75 -40 75 -40")
  }

  @Test(
    "the least nice number that holds a value",
    arguments: [(0.9, 1.0), (1, 1), (1.3, 2), (0.04, 0.05), (23, 50), (0, 1)])
  func tops(value: Double, top: Double) { #expect(abs(niceTop(value) - top) < 1e-9) }
}

@Suite("Curves over seeds")
struct CurveTests {
  @Test("a point is the mean, the least and the greatest of the seeds, each the mean of its steps")
  func bins() {
    let runs = [
      run(seed: 1, steps: 5, ["m": { Double($0) }]), run(seed: 2, steps: 5, ["m": { Double(3 * $0) }]),
    ]
    #expect(
      Curve("m", of: runs, bin: 2).points == [
        .init(step: 2, mean: 3, low: 1.5, high: 4.5), .init(step: 4, mean: 7, low: 3.5, high: 10.5),
        .init(step: 5, mean: 10, low: 5, high: 15),
      ])
  }

  @Test("steps that no seed measured have no point, and one seed's is its own band")
  func missing() {
    let one = run(seed: 1, steps: 4, ["m": { $0 == 2 ? 0.5 : nil }])
    #expect(Curve("m", of: [one], bin: 1).points == [.init(step: 2, mean: 0.5, low: 0.5, high: 0.5)])
    #expect(Curve("m", of: [], bin: 1).points.isEmpty)
  }
}
