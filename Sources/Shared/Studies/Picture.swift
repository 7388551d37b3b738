/// Small panels with curves, as SVG.
///
/// Nothing is drawn behind them and all colours are of middle lightness, so that they can be read on white and on
/// black. A line is the mean over seeds, the band around it reaches from the least to the greatest.
struct Picture {
  /// One pair of axes; the vertical one begins at 0.
  struct Panel {
    let title: String
    let top: Double
    let series: [Series]
  }

  /// One curve in its colour.
  struct Series {
    let curve: Curve
    let color: Int
  }

  let title: String
  let panels: [Panel]
  let columns: Int
  /// The names of the colours, in order; empty for no legend.
  let legend: [String]

  private static let colors = ["#3b82c4", "#d9822b", "#3f9a5a", "#cf5050", "#9068c4", "#8a7a5a"]
  private static let ink = "#768390"

  /// The size of a panel's axes, and what lies around them, in pixels.
  private static let (plotWidth, plotHeight, left, above, below) = (150, 80, 34, 22, 20)

  private var width: Int { columns * (Self.left + panelWidth + 8) }
  private var panelWidth: Int { columns > 2 ? Self.plotWidth : 2 * Self.plotWidth }
  private var panelHeight: Int { columns > 2 ? Self.plotHeight : 3 * Self.plotHeight / 2 }
  private var rowHeight: Int { Self.above + panelHeight + Self.below }
  private var rows: Int { (panels.count + columns - 1) / columns }

  /// The document.
  var svg: String {
    let height = rows * rowHeight + (legend.isEmpty ? 0 : 24)
    var lines = [
      #"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \#(width) \#(height)" width="\#(width)" "#
        + #"height="\#(height)" role="img" font-family="sans-serif" font-size="11" fill="\#(Self.ink)">"#,
      "<title>\(escaped(title))</title>",
    ]
    for (index, panel) in panels.enumerated() { lines += self.lines(of: panel, at: index) }
    lines += legendLines(y: height - 8)
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private func lines(of panel: Panel, at index: Int) -> [String] {
    let x = (index % columns) * (Self.left + panelWidth + 8) + Self.left
    let y = (index / columns) * rowHeight + Self.above
    let last = panel.series.flatMap(\.curve.points).map(\.step).max() ?? 1
    let (right, bottom) = (panelWidth, panelHeight)
    var lines = [
      #"<g transform="translate(\#(x) \#(y))">"#,
      #"<text x="0" y="-7" font-weight="bold">\#(escaped(panel.title))</text>"#,
      #"<path d="M0 0H\#(right)M0 \#(bottom / 2)H\#(right)" stroke="\#(Self.ink)" stroke-opacity=".25"/>"#,
      #"<path d="M0 0V\#(bottom)H\#(right)" fill="none" stroke="\#(Self.ink)"/>"#,
      #"<text x="-5" y="8" text-anchor="end">\#(short(panel.top))</text>"#,
      #"<text x="-5" y="\#(bottom)" text-anchor="end">0</text>"#,
      #"<text x="0" y="\#(bottom + 13)">1</text>"#,
      #"<text x="\#(right)" y="\#(bottom + 13)" text-anchor="end">\#(last)</text>"#,
    ]
    for series in panel.series where !series.curve.points.isEmpty {
      let color = Self.colors[series.color % Self.colors.count]
      let points = series.curve.points
      let band =
        points.map { place($0.step, $0.high, panel, last) }
        + points.reversed().map { place($0.step, $0.low, panel, last) }
      lines.append(#"<path d="\#(path(band))Z" fill="\#(color)" fill-opacity=".2"/>"#)
      let line = path(points.map { place($0.step, $0.mean, panel, last) })
      lines.append(#"<path d="\#(line)" fill="none" stroke="\#(color)" stroke-width="1.6"/>"#)
    }
    return lines + ["</g>"]
  }

  /// In tenths of a pixel.
  private func place(_ step: Int, _ value: Double, _ panel: Panel, _ last: Int) -> (x: Int, y: Int) {
    let share = Double(step - 1) / Double(max(1, last - 1))
    let height = min(max(value / panel.top, 0), 1)
    return (
      Int((share * Double(10 * panelWidth)).rounded()),
      Int(((1 - height) * Double(10 * panelHeight)).rounded())
    )
  }

  /// The first place, then the way from each to the next, which is shorter to write.
  private func path(_ places: [(x: Int, y: Int)]) -> String {
    guard let first = places.first else { return "" }
    var text = "M\(tenths(first.x)) \(tenths(first.y))l"
    for (from, to) in zip(places, places.dropFirst()) {
      text += "\(tenths(to.x - from.x)) \(tenths(to.y - from.y)) "
    }
    return String(text.dropLast())
  }

  private func legendLines(y: Int) -> [String] {
    var x = Self.left
    return legend.enumerated().flatMap { index, name in
      defer { x += 34 + 7 * name.count }
      let color = Self.colors[index % Self.colors.count]
      return [
        #"<path d="M\#(x) \#(y - 4)h16" stroke="\#(color)" stroke-width="3"/>"#,
        #"<text x="\#(x + 20)" y="\#(y)">\#(escaped(name))</text>"#,
      ]
    }
  }
}

/// Tenths as a decimal number, `-12` as `-1.2`.
private func tenths(_ value: Int) -> String {
  let digits = value % 10 == 0 ? "\(abs(value) / 10)" : "\(abs(value) / 10).\(abs(value) % 10)"
  return (value < 0 ? "-" : "") + digits
}

/// A number without zeros behind its last digit.
private func short(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
}

/// `text` as the content of an element.
private func escaped(_ text: String) -> String {
  text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}
