/// Says what language a text is written in.
///
/// The script that most letters are of decides where only one language is written so; where several are, a
/// ``LanguageModel`` of own samples does, and Chinese is told by characters that only one of its two ways
/// of writing has. As in langdetect, web addresses do not count, and only the first 10,000 scalars are looked
/// at. On whole sentences it agrees with langdetect; on a few words both guess.
enum LanguageDetector {
  private static let limit = 10_000

  /// The language of `text`; nil if it has no letters of a known script.
  static func language(of text: Scalars) -> Language? {
    let text = withoutAddresses(Array(text.prefix(limit)))
    var counts = [Int](repeating: 0, count: Script.allCases.count)
    for scalar in text {
      if let script = Script(scalar) { counts[script.rawValue] += 1 }
    }
    guard let script = mainScript(counts) else { return nil }
    if let only = script.onlyLanguage { return only }
    if script == .han { return chinese(text) }
    let letters = text.map { scalar in
      let other = Script(scalar)
      return other == nil || other == script ? scalar : " "
    }
    return models[script]?.likeliest(letters)
  }

  /// Whether `text` is in `language`, or in none that can be told: IFEval takes such a text for one that
  /// follows.
  static func passes(_ text: Scalars, as language: Language) -> Bool {
    guard let found = Self.language(of: text) else { return true }
    return found == language
  }

  private static let models: [Script: LanguageModel] = [
    .latin: LanguageModel(latinSamples), .cyrillic: LanguageModel(cyrillicSamples),
    .arabic: LanguageModel(arabicSamples), .devanagari: LanguageModel(devanagariSamples),
  ]

  /// The script that tells the language.
  ///
  /// It is that of most letters, where one of another script counts for two Latin ones, since texts borrow from
  /// Latin more than it borrows, and a Chinese or Japanese character counts for four. Kana in a text of
  /// characters make it Japanese.
  private static func mainScript(_ counts: [Int]) -> Script? {
    var weights = counts.map { $0 * 2 }
    weights[Script.latin.rawValue] /= 2
    let (kana, han) = (counts[Script.kana.rawValue], counts[Script.han.rawValue])
    weights[Script.kana.rawValue] = 0
    weights[Script.han.rawValue] = 4 * (kana + han)
    guard let most = weights.max(), most > 0 else { return nil }
    guard let script = Script.allCases.first(where: { weights[$0.rawValue] == most }) else { return nil }
    return script == .han && kana * 20 >= kana + han ? .kana : script
  }

  private static func chinese(_ text: Scalars) -> Language {
    let (simplified, traditional) = onlyIn
    var balance = 0
    for scalar in text {
      if simplified.contains(scalar) { balance += 1 }
      if traditional.contains(scalar) { balance -= 1 }
    }
    return balance >= 0 ? .simplifiedChinese : .traditionalChinese
  }

  private static let onlyIn: (Set<Unicode.Scalar>, Set<Unicode.Scalar>) = {
    let sets = hanSamples.map { sample in Set(sample.text.unicodeScalars.filter { Script($0) == .han }) }
    return (sets[0].subtracting(sets[1]), sets[1].subtracting(sets[0]))
  }()

  /// Without words that are web or mail addresses.
  private static func withoutAddresses(_ text: Scalars) -> Scalars {
    var result: Scalars = []
    for word in text.split(whereSeparator: \.isSpace) {
      let kept = Array(word)
      if kept.contains("@"), kept.contains(.period) { continue }
      let address = kept.find(["h", "t", "t", "p"]).flatMap { start in
        [Scalars("http://"), Scalars("https://")].contains { kept.has($0, at: start) } ? start : nil
      }
      result += kept[..<(address ?? kept.count)]
      result.append(" ")
    }
    return result
  }
}
