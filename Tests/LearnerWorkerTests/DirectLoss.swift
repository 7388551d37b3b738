import Foundation
import PolicyOptimization
import Testing

/// A policy loss with its derivative by each new log-probability, from the papers' formulas and in Double.
struct DirectLoss: Sendable, CustomTestStringConvertible {
  /// One response, counted tokens only.
  struct Response {
    let new: [Double]
    let old: [Double]
    let advantages: [Double]
    let weights: [Double]
    let isSelected: [Bool]

    var ratios: [Double] { zip(new, old).map { exp($0 - $1) } }

    /// `derivative` of each token, times its weight.
    func each(_ derivative: (_ token: Int) -> Double) -> [Double] {
      new.indices.map { weights[$0] * derivative($0) }
    }
  }

  let name: String
  let loss: PolicyLoss
  /// One number per token, before the sum over tokens is weighted.
  let derivatives: @Sendable (Response) -> [Double]

  var testDescription: String { name }

  /// PPO's clip: nothing flows where the clipped branch is the larger loss.
  private static func clipped(_ ratio: Double, _ advantage: Double, _ low: Double, _ high: Double) -> Double {
    let held = min(max(ratio, 1 - low), 1 + high)
    return -advantage * held > -advantage * ratio ? 0 : -advantage * ratio
  }

  static let all: [DirectLoss] = [
    DirectLoss(
      name: "vanilla",
      loss: .vanilla(ClippedObjective(clipRatioLow: 0.2, clipRatioHigh: 0.28, clipRatioC: 1.5))
    ) { r in
      r.each { t in
        let (ratio, advantage) = (r.ratios[t], r.advantages[t])
        let isCapped =
          advantage < 0 && max(-advantage * ratio, -advantage * min(max(ratio, 0.8), 1.28)) > -advantage * 1.5
        return isCapped ? 0 : clipped(ratio, advantage, 0.2, 0.28)
      }
    },
    DirectLoss(name: "gspo", loss: .gspo(SequenceObjective(clipRatioLow: 0.05, clipRatioHigh: 0.05))) { r in
      let mean = zip(r.new, r.old).map { $0 - $1 }.reduce(0, +) / Double(max(1, r.new.count))
      return r.each { clipped(exp(mean), r.advantages[$0], 0.05, 0.05) }
    },
    DirectLoss(name: "sapo", loss: .sapo(SoftGateObjective(tauPositive: 1, tauNegative: 1.05))) { r in
      r.each { t in
        let tau = r.advantages[t] > 0 ? 1.0 : 1.05
        let gate = 1 / (1 + exp(-tau * (r.ratios[t] - 1)))
        return -r.advantages[t] * 4 * gate * (1 - gate) * r.ratios[t]
      }
    },
    DirectLoss(name: "gpg", loss: .gpg) { r in r.each { -r.advantages[$0] } },
    DirectLoss(name: "cispo", loss: .cispo(ClippedWeightObjective(clipRatioLow: 0.2, clipRatioHigh: 0.28))) {
      r in
      r.each { -min(max(r.ratios[$0], 0.8), 1.28) * r.advantages[$0] }
    },
    DirectLoss(name: "cispo with TRL's cap", loss: .cispo(ClippedWeightObjective(maximumRatio: 1.1))) { r in
      r.each { -min(r.ratios[$0], 1.1) * r.advantages[$0] }
    },
    DirectLoss(
      name: "vanilla with TRL's delta",
      loss: .vanilla(
        ClippedObjective(clipRatioLow: 0.2, clipRatioHigh: 0.28, clipRatioC: .infinity, delta: 1.4))
    ) { r in
      r.each { t in
        let (ratio, advantage) = (r.ratios[t], r.advantages[t])
        let (free, held) = (min(ratio, 1.4), min(max(ratio, 0.8), 1.28))
        return -advantage * held > -advantage * free || ratio > 1.4 ? 0 : -advantage * ratio
      }
    },
    DirectLoss(
      name: "clip_cov",
      loss: .clipCov(
        CovarianceClip(clipRatioLow: 0.2, clipRatioHigh: 0.28, ratio: 1, lowerBound: 0, upperBound: 1))
    ) { r in
      r.each { r.isSelected[$0] ? 0 : clipped(r.ratios[$0], r.advantages[$0], 0.2, 0.28) }
    },
    DirectLoss(name: "kl_cov", loss: .klCov(CovariancePenalty(ratio: 1, coefficient: 0.3))) { r in
      r.each { t in
        let penalty = r.isSelected[t] ? 0.3 * (r.new[t] > r.old[t] ? 1 : -1) : 0
        return -r.advantages[t] * r.ratios[t] + penalty
      }
    },
    DirectLoss(name: "geo_mean", loss: .geoMean(GeometricMeanObjective(low: 0.2, high: 0.28))) { r in
      let count = Double(r.new.count) + 1e-8
      let held = r.new.indices.map { t in
        let d = r.new[t] - r.old[t]
        return r.advantages[t] > 0 ? min(d, 0.28) : max(d, -0.2)
      }
      let mean = r.advantages.reduce(0, +) / count
      let ratio = exp(held.reduce(0, +) / count) * exp(r.weights.map { log($0 + 1e-10) }.reduce(0, +) / count)
      return r.new.indices.map { held[$0] == r.new[$0] - r.old[$0] ? -mean * ratio : 0 }
    },
    DirectLoss(
      name: "dppo_tv",
      loss: .dppo(DivergenceMaskObjective(.totalVariation, low: 0.0005, high: 0.0005, maximumRatio: 1.5))
    ) { r in
      r.each { t in
        let moved = exp(r.new[t]) - exp(r.old[t])
        let isInside = r.advantages[t] > 0 ? moved <= 0.0005 : moved >= -0.0005
        return isInside ? -r.advantages[t] * min(r.ratios[t], 1.5) : 0
      }
    },
    DirectLoss(
      name: "dppo_kl",
      loss: .dppo(DivergenceMaskObjective(.binaryKL, low: 0.0001, high: 0.0001, maximumRatio: 1.5))
    ) { r in
      r.each { t in
        let (p, q) = (exp(r.new[t]), exp(r.old[t]))
        let kl = q * (r.old[t] - r.new[t]) + (1 - q) * log((1 - q + 1e-8) / (1 - p + 1e-8))
        let isBack = r.advantages[t] > 0 ? p <= q : p >= q
        return kl <= 0.0001 || isBack ? -r.advantages[t] * min(r.ratios[t], 1.5) : 0
      }
    },
    DirectLoss(name: "dro", loss: .dro(QuadraticObjective(beta: 0.7))) { r in
      r.each { -(r.advantages[$0] - 0.7 * (r.new[$0] - r.old[$0])) }
    },
  ]
}
