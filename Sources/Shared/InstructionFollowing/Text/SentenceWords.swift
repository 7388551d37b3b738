/// What the sentence splitter knows about English words.
enum SentenceWords {
  /// Whether `stem`, which lacks its period, is an abbreviation in small letters, whole or after its last hyphen.
  static func isAbbreviation(_ stem: ArraySlice<Unicode.Scalar>) -> Bool {
    let part = stem.lastIndex(of: .hyphen).map { stem[($0 + 1)...] } ?? stem
    return packed(part).map(packedAbbreviations.contains) ?? false
  }

  /// The ASCII codes of at most eight scalars in small letters; nil for more, or others.
  private static func packed(_ word: ArraySlice<Unicode.Scalar>) -> UInt64? {
    guard word.count <= 8 else { return nil }
    var code: UInt64 = 0
    for scalar in word {
      guard scalar.isASCII else { return nil }
      code = code << 8 | UInt64(scalar.folded.value)
    }
    return code
  }

  private static let packedAbbreviations = Set(abbreviations.compactMap { packed(Scalars($0)[...]) })

  /// Whether the word is known without a capital.
  static func isSeenSmall(_ word: String) -> Bool {
    usuallySmall.contains(word) || alsoInTitles.contains(word)
  }

  /// Whether it is known without a capital, and seldom has one unless it starts a sentence.
  static func isUsuallySmall(_ word: String) -> Bool { usuallySmall.contains(word) }

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  /// The abbreviations that Punkt learned from newspapers, months and states among them.
  private static let abbreviations = words(
    """
    a.a a.c a.d a.g a.h a.m a.m.e a.s a.t adm ala ariz aug ave b.f b.v bros c c.i.t c.o.m.b c.v calif chg cie
    co col colo conn corp cos ct d d.c d.h d.w dec dr e e.f e.h e.l e.m f f.g f.j feb fla fri ft g g.d g.f g.k
    ga gen h h.c h.f h.m i.m.s ill inc j.b j.c j.j j.k j.p j.r jan jr k kan ky l l.a l.f l.p lt ltd m m.b.a
    m.d.c m.j maj messrs mg mich minn mr mrs ms n n.c n.d n.h n.j n.m n.v n.y nev nov oct ok okla ore p p.a.m
    p.m pa ph.d prof r r.a r.h r.i r.j r.k r.t rep reps s s.a s.a.y s.c s.g s.p.a s.s sen sep sept sr st sw t
    t.j tenn tues u.k u.n u.s u.s.a u.s.s.r v va vs vt w w.c w.r w.va w.w wash wed wis yr
    """)

  /// Words that often start a sentence after an abbreviation.
  static let starters = words(
    """
    according although among both but despite even he however i if in indeed instead it many meanwhile
    moreover most nevertheless nonetheless nor sales separately similarly since so some the there these they
    this though thus under when while yet
    """
  )

  /// Words that newspapers capitalise only where a sentence starts.
  private static let usuallySmall = words(
    """
    accordingly actually adding additionally admittedly afterward afterwards again albeit almost alongside
    already altogether amid annually anyone anything anyway apparently arguably aside aware because becoming
    begin begins being believe believes besides briefly can cannot certainly citing clearly coming completely
    consequently considering could currently depending did does doing done during each earlier easily either
    else elsewhere entirely equally especially essentially eventually everybody everyone everything evidently
    exactly except explain explains fewer finally following fortunately frankly frequently fully further
    furthermore generally gradually had hardly has having hence her here hers herself himself his historically
    hopefully how immediately importantly including increasingly initially inside interestingly into ironically
    isn't it's its itself just knowing lastly lately later leaving likewise looking mainly making maybe merely
    mostly my myself naturally nearby nearly neither nobody none normally nothing nowadays
    obviously occasionally often once oneself only opposite originally otherwise ours ourselves outside overall
    particularly perhaps personally possibly practically precisely presumably previous previously primarily
    probably providing quickly quietly quite rarely rather realizing recently regarding regardless relatively
    remember respectively roughly sadly secondly seeing seemingly seldom several shall she shortly should
    simply slowly someone something sometimes somewhat somewhere soon specifically starting strangely suddenly
    supposedly surely surprisingly taking technically thankfully that's their theirs them themselves then
    thereafter therefore thereby they're thirdly those thoughts throughout thrice together totally toward
    towards traditionally truly twice typically ultimately underneath understanding undoubtedly unfortunately
    unless unlike unlikely until using usually versus was we we're were whatever whatsoever whenever whereas
    wherever whether which whichever whoever whom whose whoa wonder would you're your yours yourself
    """)

  /// Words that stand in titles and names too.
  private static let alsoInTitles = words(
    """
    a about above across after against age air all also always am america an and another any are area around
    art as ask at away back bank be been before best better between big black blue body book both bottom boy
    bring brother brown building business but buy by call car care center change child children church city
    class close club college come community company control country court cup current day dear death deep
    department design development do doctor dog door down dream early east education end energy english even
    ever every eye face fact family far farm father few field fight find fire first fish five food foot for
    force foreign forest four free friend from fund future game garden general get girl give go god gold good
    government great green group growth guide hand happy hard head health heart heat help high hill history
    home hope hospital hot hour house i idea if image in industry information international island issue it
    job just keep key kid kind king know lake land language large last law leader learn least left less let
    letter level life light like line list little live local long look lord lost love low made main make man
    many market master may me mean meanwhile member memory men might mind miss model modern moment money month
    moon more morning most mother mountain mr much music must name nation national natural nature need never
    new news next nice night no nor north not note now number of off office oil old on one open or order other
    our out over own page paper park part party past path peace people person picture place plan plant play
    please point police policy poor power present press price private program project property public question
    quick rain read real red report rest rich right river road rock room round run safe same save school
    science sea season second section security see sell send service set seven shop short show side simple
    since sister six sky small so social society some son song south space special sport spring stage stand
    standard star start state station step still stone stop story street strong study style such summer sun
    support system take talk team tell ten test thank thanks that the there these they thing think third this
    though thought thousand three through thus time to today tomorrow tonight too top total town trade train
    travel tree true trust try turn two under union university up us use value very video view village visit
    voice wait walk wall want war water way wealth week welcome well west what when where while white who why
    wild will wind winter wise with within without woman women wood word work world worth wow write year yes
    yesterday yet you young
    """)
}
