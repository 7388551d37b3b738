/// What the detector knows of a language that shares its script with others.
struct LanguageSample: Sendable {
  let language: Language

  /// Some hundred words, the commonest first.
  let words: String

  /// Some plain sentences.
  let sentences: String

  init(_ language: Language, words: String, sentences: String) {
    self.language = language
    self.words = words
    self.sentences = sentences
  }

  /// The samples of all scripts that several languages share.
  static let all = latinSamples + cyrillicSamples + arabicSamples + devanagariSamples
}
