extension RolloutCorrection.Options {
  /// The settings verl has a name for.
  ///
  /// `decoupled_…` computes the old policy's log-probabilities, `bypass_…` takes the rollout's instead;
  /// `…_is` and `…_tis` truncate weights at 2, `…_icepop` makes them 0 outside 0.5…5, `…_geo_rs` rejects
  /// responses whose mean log-ratio is beyond 0.1 %, `…_k3_rs` those whose mean k3 is above 0.01.
  ///
  /// - Throws: `unknownChoice` for another name.
  public init(preset name: String) throws(PolicyOptimizationError) {
    guard let preset = Self.presets.first(where: { $0.name == name }) else {
      throw .unknownChoice(
        key: "algorithm.rollout_correction", name: name, choices: Self.presets.map(\.name))
    }
    let isPolicyGradient = name.hasPrefix("bypass_pg")
    try self.init(
      rolloutIS: preset.weights, rolloutISThreshold: preset.threshold, rolloutRS: preset.rejection,
      rolloutRSThreshold: preset.rejectionThreshold, bypassMode: name.hasPrefix("bypass"),
      lossType: (isPolicyGradient ? RolloutCorrection.LossType.reinforce : .ppoClip).rawValue)
  }

  /// The names of all presets.
  public static var presetNames: [String] { presets.map(\.name) }

  private struct Preset {
    var name: String
    var weights: String?
    var threshold: RolloutCorrection.Threshold = 2.0
    var rejection: String?
    var rejectionThreshold: RolloutCorrection.Threshold?

    static func geometric(_ name: String, weights: String? = nil) -> Preset {
      Preset(name: name, weights: weights, rejection: "seq_mean_k1", rejectionThreshold: "0.999_1.001")
    }

    static func k3(_ name: String, weights: String? = nil) -> Preset {
      Preset(name: name, weights: weights, rejection: "seq_mean_k3", rejectionThreshold: 0.01)
    }
  }

  private static let presets = [
    Preset(name: "disabled"),
    Preset(name: "decoupled_token_is", weights: "token"),
    Preset(name: "decoupled_seq_is", weights: "sequence"),
    Preset(name: "decoupled_token_icepop", weights: "token", threshold: "0.5_5.0"),
    Preset(
      name: "decoupled_seq_is_rs", weights: "sequence", rejection: "seq_sum_k1",
      rejectionThreshold: "0.5_2.0"),
    .geometric("decoupled_geo_rs"),
    .geometric("decoupled_geo_rs_seq_tis", weights: "sequence"),
    .geometric("decoupled_geo_rs_token_tis", weights: "token"),
    .k3("decoupled_k3_rs"),
    .k3("decoupled_k3_rs_seq_tis", weights: "sequence"),
    .k3("decoupled_k3_rs_token_tis", weights: "token"),
    Preset(name: "bypass_ppo_clip"),
    .geometric("bypass_ppo_clip_geo_rs"),
    .k3("bypass_ppo_clip_k3_rs"),
    Preset(name: "bypass_pg_is", weights: "sequence"),
    Preset(name: "bypass_pg_token_icepop", weights: "token", threshold: "0.5_5.0"),
    .geometric("bypass_pg_geo_rs"),
    .geometric("bypass_pg_geo_rs_seq_tis", weights: "sequence"),
    .geometric("bypass_pg_geo_rs_token_tis", weights: "token"),
  ]
}
