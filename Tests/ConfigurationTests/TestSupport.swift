import Configuration

/// The root of `yaml`, as if it stood in `run.yaml`.
func load(_ yaml: String, _ overrides: String...) throws(ConfigurationError) -> ConfigurationSection {
  try ConfigurationSection.load(yaml: yaml, file: "run.yaml", overrides: overrides)
}

/// What the error says that `body` throws, nil if it throws none.
func message(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch {
    return "\(error)"
  }
}
