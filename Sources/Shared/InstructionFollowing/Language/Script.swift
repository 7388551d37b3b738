/// What a letter is written in, as far as it helps to tell languages apart.
enum Script: Int, CaseIterable {
  case latin
  case cyrillic
  case greek
  case hebrew
  case arabic
  case devanagari
  case bengali
  case gurmukhi
  case gujarati
  case tamil
  case telugu
  case kannada
  case malayalam
  case thai
  case hangul
  case kana
  case han

  /// The script of a letter or of a mark that joins letters; nil for all else.
  init?(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x41...0x5A, 0x61...0x7A, 0xAA, 0xBA: self = .latin
    case 0..<0xC0, 0xD7, 0xF7: return nil
    case 0xC0...0x24F, 0x1E00...0x1EFF: self = .latin
    case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
    case 0x400...0x52F: self = .cyrillic
    case 0x5D0...0x5EA: self = .hebrew
    case 0x620...0x65F, 0x66E...0x6D3, 0x6FA...0x6FF, 0xFB50...0xFDFF, 0xFE70...0xFEFC: self = .arabic
    case 0x900...0x963: self = .devanagari
    case 0x980...0x9E3: self = .bengali
    case 0xA00...0xA65, 0xA70...0xA75: self = .gurmukhi
    case 0xA80...0xAE3: self = .gujarati
    case 0xB80...0xBE5: self = .tamil
    case 0xC00...0xC65: self = .telugu
    case 0xC80...0xCE5: self = .kannada
    case 0xD00...0xD65: self = .malayalam
    case 0xE01...0xE3A, 0xE40...0xE4E: self = .thai
    case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7A3: self = .hangul
    case 0x3041...0x30FF: self = .kana
    case 0x3400...0x4DBF, 0x4E00...0x9FFF: self = .han
    default: return nil
    }
  }

  /// The language, where only one is written so.
  var onlyLanguage: Language? {
    switch self {
    case .greek: .greek
    case .hebrew: .hebrew
    case .bengali: .bengali
    case .gurmukhi: .punjabi
    case .gujarati: .gujarati
    case .tamil: .tamil
    case .telugu: .telugu
    case .kannada: .kannada
    case .malayalam: .malayalam
    case .thai: .thai
    case .hangul: .korean
    case .kana: .japanese
    case .latin, .cyrillic, .arabic, .devanagari, .han: nil
    }
  }
}
