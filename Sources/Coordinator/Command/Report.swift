import ArgumentParser
import Configuration
import Dialects

/// What `--cfg` prints; Hydra has more.
enum HydraPrint: String, ExpressibleByArgument {
  case job
  case all
}

/// What `--print-config` says of every key.
enum Report {
  /// Prints every option that is read, then the keys of other trainers, with what became of each.
  static func printOptions(_ root: ConfigurationSection) {
    for option in root.resolved {
      let written = option.alias.map { ", written `\($0)`" } ?? ""
      let use = option.origin == .default ? "" : ", used"
      Terminal.say("\(option.path): \(option.value)  # \(option.origin)\(use)\(written)")
    }
    for note in root.notes {
      // An origin is a line, as above.
      let place = note.place.line > 0 ? "\(note.place.file):\(note.place.line)" : "\(note.place)"
      Terminal.say("\(note.key): \(note.value)  # \(place), \(note.disposition)")
    }
  }

  /// Prints the result of a translation as a file, then what became of the fields that are not in it.
  static func printTranslation(_ translation: TRLTranslation) {
    Terminal.say(
      translation.yaml + translation.notes.map { "# \($0.key): \($0.disposition)" }.joined(separator: "\n"))
  }
}
