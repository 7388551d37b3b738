import Testing

@testable import InstructionFollowing

/// A text with what NLTK 3.10.4's tokenizers, given the words of ``SentenceWords``, make of it.
private struct TokenCase: Decodable {
  let text: String
  let sentences: Int
  let capitals: Int
}

@Suite("Sentences, words and languages")
struct TextTests {
  @Test("sentences and words in capitals are those of the reference's algorithms")
  func tokens() throws {
    let cases = try goldenLines("sentences", as: TokenCase.self)
    let sentences = cases.count { Sentences.ranges(in: Scalars($0.text)).count == $0.sentences }
    let capitals = cases.count { WordTokens.capitalWords(in: Scalars($0.text)) == $0.capitals }
    #expect(Double(sentences) >= 0.99 * Double(cases.count))
    #expect(Double(capitals) >= 0.99 * Double(cases.count))
  }

  @Test(
    "a period ends a sentence unless what stands around it says otherwise",
    arguments: [
      ("Dr. Smith met Mr. Jones at 5 p.m. in the U.S. yesterday. They talked.", 2),
      ("He works for Acme Inc. They make boats.", 2), ("See p. 5 for more. It helps.", 2),
      ("No. 1 is here.", 2),
      ("J. R. Smith wrote it. C. Bach too.", 2), ("Wait... what? Yes!", 2),
      ("I thought so... However it failed.", 2),
      ("He said \"Go.\" Then he left.", 2), ("(It rained.) We stayed.", 2), ("\"No!\" she said. \"Why?\"", 3),
      ("1. First item\n2. Second item", 3), ("Pi is 3.14 or so. Fine.", 2), ("The end.The start.", 1),
      ("First line\nSecond line", 1), ("One!!! Two??? Three.", 3), ("", 0), ("?!", 2), ("Really?! Yes.", 2),
      ("It opens at 9 a.m. The shop is small.", 2), ("Visit www.example.com. It is great.", 2),
    ])
  func sentences(text: String, count: Int) {
    #expect(Sentences.ranges(in: Scalars(text)).count == count)
  }

  @Test("every sentence of every sample is told, in small letters and in capitals")
  func languages() {
    for sample in LanguageSample.all {
      let sentences = sample.sentences.replacing("\n", with: " ").split(whereSeparator: ".।۔".contains)
      for sentence in sentences where sentence.count > 10 {
        for text in [String(sentence), sentence.uppercased()] {
          #expect(LanguageDetector.language(of: Scalars(text)) == sample.language, "\(text)")
        }
      }
    }
  }

  @Test(
    "sentences that no sample has are told too",
    arguments: [
      ("en", "Nobody expected the old bridge to survive another storm like that one."),
      ("de", "Niemand hatte erwartet, dass die alte Brücke noch einen solchen Sturm übersteht."),
      ("fr", "Personne ne s'attendait à ce que le vieux pont résiste à une telle tempête."),
      ("es", "Nadie esperaba que el viejo puente resistiera otra tormenta como aquella."),
      ("pt", "Ninguém esperava que a velha ponte resistisse a mais uma tempestade daquelas."),
      ("it", "Nessuno si aspettava che il vecchio ponte resistesse a un'altra tempesta simile."),
      ("nl", "Niemand had verwacht dat de oude brug nog zo'n storm zou overleven."),
      ("pl", "Nikt się nie spodziewał, że stary most przetrwa kolejną taką burzę."),
      ("fi", "Kukaan ei odottanut vanhan sillan kestävän enää yhtä sellaista myrskyä."),
      ("sv", "Ingen hade väntat sig att den gamla bron skulle klara ännu en sådan storm."),
      ("sw", "Hakuna aliyetarajia daraja la zamani kustahimili dhoruba nyingine kama ile."),
      ("vi", "Không ai ngờ rằng cây cầu cũ có thể trụ được thêm một cơn bão như thế."),
      ("ru", "Никто не ожидал, что старый мост выдержит ещё одну такую бурю."),
      ("uk", "Ніхто не очікував, що старий міст витримає ще одну таку бурю."),
      ("bg", "Никой не очакваше старият мост да издържи още една такава буря."),
      ("ar", "لم يتوقع أحد أن يصمد الجسر القديم أمام عاصفة أخرى مثل تلك."),
      ("fa", "هیچ کس انتظار نداشت که پل قدیمی از طوفان دیگری مانند آن جان سالم به در ببرد."),
      ("ur", "کسی کو توقع نہیں تھی کہ پرانا پل ایک اور ایسے طوفان کو برداشت کر لے گا۔"),
      ("hi", "किसी को उम्मीद नहीं थी कि पुराना पुल ऐसे एक और तूफ़ान को झेल पाएगा।"),
      ("mr", "जुना पूल असे आणखी एक वादळ सहन करेल अशी कोणालाही अपेक्षा नव्हती."),
      ("ne", "पुरानो पुलले त्यस्तो अर्को आँधी सहला भनेर कसैले आशा गरेका थिएनन्।"),
      ("ja", "古い橋がもう一度あのような嵐に耐えるとは誰も思っていなかった。"), ("ko", "그 오래된 다리가 버틸 줄은 아무도 몰랐다."),
      ("zh-cn", "没有人想到那座旧桥还能经受住这样的风暴。"), ("zh-tw", "沒有人想到那座舊橋還能經受住這樣的風暴。"),
      ("th", "ไม่มีใครคาดคิดว่าสะพานเก่าจะทนพายุอีกลูกได้"), ("el", "Κανείς δεν περίμενε ότι η γέφυρα θα αντέξει."),
      ("he", "איש לא ציפה שהגשר הישן ישרוד עוד סערה כזאת."), ("bn", "কেউ আশা করেনি যে পুরনো সেতুটি টিকে থাকবে।"),
      ("pa", "ਕਿਸੇ ਨੂੰ ਉਮੀਦ ਨਹੀਂ ਸੀ ਕਿ ਪੁਰਾਣਾ ਪੁਲ ਬਚੇਗਾ।"), ("gu", "કોઈને આશા નહોતી કે જૂનો પુલ ટકશે."),
      ("ta", "பழைய பாலம் தாங்கும் என்று யாரும் எதிர்பார்க்கவில்லை."), ("te", "పాత వంతెన నిలుస్తుందని ఎవరూ అనుకోలేదు."),
      ("kn", "ಹಳೆಯ ಸೇತುವೆ ಉಳಿಯುತ್ತದೆ ಎಂದು ಯಾರೂ ಭಾವಿಸಿರಲಿಲ್ಲ."), ("ml", "പഴയ പാലം നിലനിൽക്കുമെന്ന് ആരും കരുതിയില്ല."),
    ])
  func newSentences(code: String, text: String) {
    #expect(LanguageDetector.language(of: Scalars(text))?.rawValue == code)
  }

  @Test(
    "a text without letters that are known has no language, and addresses have none",
    arguments: [
      "...", "12 + 3 = 15", "🙂🙂", "https://example.com/the/sea/is/wide", "someone@example.com", "ქართული",
    ])
  func unclear(text: String) {
    #expect(LanguageDetector.language(of: Scalars(text)) == nil)
  }

  @Test("words of another script do not change a text's language")
  func mixed() {
    let text = "यह किताब Swift programming language के बारे में है और बहुत अच्छी है।"
    #expect(LanguageDetector.language(of: Scalars(text)) == .hindi)
  }
}
