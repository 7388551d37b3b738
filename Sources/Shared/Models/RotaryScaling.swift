import Foundation

/// How rotary frequencies come about.
///
/// `f_i = theta^(-2i / d)`; with llama3 scaling, wavelengths above `original / low` are stretched by
/// `factor`, those below `original / high` kept, those between blended. Source: transformers,
/// `modeling_rope_utils.py`, `_compute_llama3_parameters`.
struct RotaryScaling {
  private let theta: Double
  private let llama3: (factor: Double, low: Double, high: Double, original: Double)?

  /// Reads `rope_parameters` (transformers 5) or `rope_theta` and `rope_scaling` (before).
  init(_ fields: ConfigurationFields) throws(ModelError) {
    let section = fields.section("rope_parameters") ?? fields.section("rope_scaling")
    let defaultTheta = try fields.number("rope_theta", default: 10_000)
    theta = try section?.number("rope_theta", default: defaultTheta) ?? defaultTheta
    guard let section else {
      llama3 = nil
      return
    }
    let key = section.has("rope_type") ? "rope_type" : "type"
    switch section.has(key) ? try section.text(key) : "default" {
    case "default":
      llama3 = nil
    case "llama3":
      llama3 = (
        try section.number("factor", default: 8), try section.number("low_freq_factor", default: 1),
        try section.number("high_freq_factor", default: 4),
        Double(try section.count("original_max_position_embeddings"))
      )
    case let other:
      throw fields.unsupported("rope_type", "`\(other)`", "default, llama3")
    }
    if fields.has("partial_rotary_factor"), try fields.number("partial_rotary_factor", default: 1) != 1 {
      throw fields.unsupported("partial_rotary_factor", "not 1", "1")
    }
  }

  /// `headDimension / 2` frequencies in `Float`, as the models' own code rounds them.
  func frequencies(headDimension: Int) -> [Float] {
    (0..<headDimension / 2).map { i in
      let exponent = Float(2 * i) / Float(headDimension)
      let frequency = 1 / Float(pow(theta, Double(exponent)))
      guard let llama3 else { return frequency }
      let wavelength = Double(2 * Float.pi / frequency)
      if wavelength > llama3.original / llama3.low { return Float(Double(frequency) / llama3.factor) }
      if wavelength < llama3.original / llama3.high { return frequency }
      let smooth = (llama3.original / wavelength - llama3.low) / (llama3.high - llama3.low)
      return Float((1 - smooth) * Double(frequency) / llama3.factor + smooth * Double(frequency))
    }
  }
}
