import PolicyOptimization

/// `aggregate/MODE`: values of a mini-batch's tokens as one number.
///
/// Inputs: `values` `[responses, width]`, `response_lengths`, `width`; option `loss_scale_factor`.
enum AggregationCases {
  static func runner(of member: String) -> CaseRunner? {
    guard (try? LossAggregation(name: member, maximumResponseLength: 1)) != nil else { return nil }
    return { try run($0, name: member) }
  }

  private static func run(_ row: AlgorithmCase, name: String) throws -> [CaseQuantity] {
    let width = try row.inputs.integer("width")
    let mode = try LossAggregation(
      name: name,
      lossScaleFactor: row.options.has("loss_scale_factor") ? row.options.number("loss_scale_factor") : nil,
      maximumResponseLength: width)
    let lengths = try row.inputs.lengths(width: width)
    let values = try row.inputs.matrix("values", rows: lengths.count)
    guard values[0].count == width else {
      throw CaseFileError.unexpected(row.place, key: "inputs.values", wanted: "\(width) wide")
    }
    var sum = 0.0
    for (numbers, length) in zip(values, lengths) {
      let weight = mode.tokenWeight(length: length)
      for number in numbers.prefix(length) { sum += weight * Double(number) }
    }
    let normaliser = mode.normaliser(tokens: lengths.reduce(0, +), sequences: lengths.count { $0 > 0 })
    return [CaseQuantity("loss", [sum / normaliser])]
  }
}
