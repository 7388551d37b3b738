import Configuration
import Sandbox

extension SandboxSettings {
  /// What `section`, `sandbox`, says.
  init(_ section: ConfigurationSection) throws {
    let limits = SandboxLimits(
      callSeconds: try section.number("timeout_s", default: 3, in: 0.05...3600),
      totalSeconds: try section.number("total_timeout_s", default: 6, in: 0.05...3600),
      memoryMebibytes: try section.integer("memory_mib", default: 1024, in: 64...1 << 20))
    self.init(
      slots: try section.integer("slots", default: 2, in: 1...256), limits: limits,
      python: try section.optionalString("python"),
      unconfined: try section.boolean("unsafe", default: false))
  }
}
