/// Which numbers verdicts have, as far as that is known before a run.
extension RewardPlan {
  /// The numbers that verdicts have for certain, by name; those that programs return beside are not known before.
  public var given: [String] { ["acc"] + parts.map(\.name).filter { $0 != "acc" } }

  /// Whether a verdict may have a number of this name: programs and registered verifiers may give any, those of this
  /// program give no others.
  public func mayGive(_ name: String) -> Bool {
    if given.contains(name) { return true }
    let hasOwnVerifiers = !VerifierRegistry.ownVerifiers.isEmpty
    guard !parts.isEmpty else { return hasOwnVerifiers }
    return parts.contains { part in
      var mayAdd = hasOwnVerifiers
      if case .program = part.source { mayAdd = true }
      return mayAdd && (parts.count == 1 || name.hasPrefix(part.name + "/"))
    }
  }
}
