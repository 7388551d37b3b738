// Numbers for people. Files and logs that programs read take the shortest exact digits instead.

/// `value` with that many digits after the point: `0.53`.
func fixed(_ value: Double, decimals: Int) -> String {
  guard value.isFinite, abs(value) < 1e12 else { return value.description }
  let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
  let scaled = Int((abs(value) * scale).rounded())
  let (whole, fraction) = scaled.quotientAndRemainder(dividingBy: Int(scale))
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard decimals > 0 else { return "\(sign)\(whole)" }
  let digits = String(fraction)
  return "\(sign)\(whole)." + String(repeating: "0", count: decimals - digits.count) + digits
}

/// `value` with two significant digits, however small: `0.0012`, `3.4e-07`.
func significant(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : value.description }
  var exponent = 0
  var mantissa = abs(value)
  while mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
  while mantissa < 0.995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
  if exponent >= -4, exponent < 6 { return fixed(value, decimals: max(0, 1 - exponent)) }
  let power = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
  return (value < 0 ? "-" : "") + "\(fixed(mantissa, decimals: 1))e\(exponent < 0 ? "-" : "+")\(power)"
}

/// `value` in thousands, millions or thousand millions: `870`, `5.1k`, `120k`, `2.3M`.
func compact(_ value: Double) -> String {
  var scaled = value
  for suffix in ["", "k", "M", "G"] {
    // From 999.5 on, three digits would round to 1000.
    if abs(scaled) < 999.5 || suffix == "G" {
      return fixed(scaled, decimals: suffix.isEmpty || abs(scaled) >= 99.95 ? 0 : 1) + suffix
    }
    scaled /= 1_000
  }
  return value.description
}

/// A step's duration: `0.03 s`, `1.32 s`, `132 s`.
func seconds(_ value: Double) -> String {
  fixed(value, decimals: abs(value) < 99.995 ? 2 : 0) + " s"
}

/// A duration in its two largest units: `12 s`, `4 m 10 s`, `2 h 5 m`, `3 d 4 h`.
func duration(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds < 1e12 else { return "?" }
  let whole = Int(max(0, seconds).rounded())
  let (days, hours, minutes) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60)
  if days > 0 { return "\(days) d \(hours) h" }
  if hours > 0 { return "\(hours) h \(minutes) m" }
  return minutes > 0 ? "\(minutes) m \(whole % 60) s" : "\(whole) s"
}
