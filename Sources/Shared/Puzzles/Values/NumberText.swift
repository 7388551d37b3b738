/// `steps`, in steps of 10^-`places`, as a decimal with all its places: 12345 in steps of 10^-3 is
/// `12.345`.
func decimalText(_ steps: Int, places: Int) -> String {
  guard places > 0 else { return "\(steps)" }
  let digits = String(steps.magnitude)
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
  return (steps < 0 ? "-" : "") + padded.dropLast(places) + "." + padded.suffix(places)
}

/// The same without zeros at the end, nor a point there.
func shortDecimalText(_ steps: Int, places: Int) -> String {
  var (steps, places) = (steps, places)
  while places > 0 && steps.isMultiple(of: 10) {
    steps /= 10
    places -= 1
  }
  return decimalText(steps, places: places)
}

/// `number` with `count` significant digits, as C's `%.*g` writes it.
func generalText(_ number: Double, digits count: Int) -> String {
  guard number.isFinite, case .finite(let exact)? = DecimalValue(AnswerText("\(number)")) else {
    return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf"
  }
  let rounded = exact.rounded(to: count)
  let sign = rounded.isNegative ? "-" : ""
  let digits = rounded.digits.map(String.init).joined()
  guard !digits.isEmpty else { return "0" }
  let power = rounded.magnitude
  if power < -4 || power >= count {
    let mantissa = digits.count > 1 ? digits.prefix(1) + "." + digits.dropFirst() : digits[...]
    let exponent = String(power.magnitude)
    return sign + mantissa + (power < 0 ? "e-" : "e+") + (exponent.count < 2 ? "0" : "") + exponent
  }
  if power < 0 { return sign + "0." + String(repeating: "0", count: -power - 1) + digits }
  let padded = digits + String(repeating: "0", count: max(0, power + 1 - digits.count))
  let fraction = padded.dropFirst(power + 1)
  return sign + padded.prefix(power + 1) + (fraction.isEmpty ? "" : "." + fraction)
}
