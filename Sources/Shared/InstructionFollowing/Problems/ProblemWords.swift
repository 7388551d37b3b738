/// What the generator writes about, and with which words.
enum ProblemWords {
  private static func list(_ text: String, by separator: Character) -> [String] {
    text.replacing("\n", with: " ").split(separator: separator).map { $0.trimmed }
  }

  /// Requests, with `@` for the kind of text and `#` for the topic.
  static let requests = [
    "Write @ about #.", "Please compose @ on the subject of #.", "I need @ about #.",
    "Draft @ that deals with #.",
    "Could you come up with @ on #?",
  ]

  /// Questions for an answer out of three.
  static let questions = [
    "Would you give up a free evening for #?", "Should every school teach pupils about #?",
    "Will # be forgotten in a hundred years?", "Do you think that # can make people happier?",
    "Would the world be poorer without #?", "Is it wise to spend a lot of money on #?",
    "Should a town of ten thousand people pay for #?", "Do children understand # better than adults?",
    "Would you read a whole book about #?", "Can an afternoon be enough to explain #?",
    "Should there be a national day of #?", "Would you follow a neighbour who is mad about #?",
  ]

  /// What may stand before a question.
  static let openings = [
    "", "Here is a question: ", "Let me ask you something. ", "I should like to know your view. ",
    "Be honest: ",
  ]

  /// Kinds of text.
  static let kinds = list(
    """
    a short essay; a letter to a friend; an e-mail to a colleague; a poem; a story for children; a product description;
    a list of tips; a recipe with a twist; a travel plan; a speech; a diary entry; a news item; a set of common questions
    with answers; a set of riddles; a dialogue between two neighbours; a summary for beginners; a review; a job advert;
    a song; a lesson plan; a manual; a comparison of two views; a biography of an invented person; a set of slogans
    """, by: ";")

  /// Topics.
  static let topics = list(
    """
    bread baking; bicycle repair; night trains; urban beekeeping; old lighthouses; river cleaning; chess clubs; mountain
    huts; solar cookers; public libraries; rain barrels; street musicians; wooden boats; winter swimming; shared gardens;
    folk dancing; tide pools; paper folding; apple orchards; star gazing; letter writing; hand puppets; desert plants;
    ferry crossings; market halls; clock making; school theatres; bird migration; cave paintings; tea ceremonies; city
    trams; wool dyeing; snow shelters; coral reefs; local radio; model railways; mushroom hunting; glass blowing; village
    fairs; salt mines; kite flying; rescue dogs; board games; cheese making; canal locks; moonlit walks; weather stations;
    second-hand shops; pottery classes; silent films; rooftop farms; home insulation; sign language; museum guards; rock
    climbing; hot air balloons; sea shanties; crossword puzzles; bamboo houses; water mills; wild horses; harbour cranes;
    night markets; stone bridges; puppet theatres; secret recipes; family albums; morning routines; long distance running;
    volcano research; honey tasting; volunteer fire brigades; tree houses; open air cinemas; carpet weaving; map making;
    foreign accents; polar stations; flea circuses; herb gardens; bell towers; ghost stories; lost languages; postage stamps
    """, by: ";")

  /// Sentences about anything, cut where the topic belongs; none has a comma, a digit or a capital inside.
  static let fillers: [[String]] = list(
    """
    Many people first hear of # from a friend who will not stop talking. | There is more to # than most visitors
    expect at first sight. | Nobody who has spent a whole year with # would call it dull. | The early days of # were
    full of small mistakes and cheerful repairs. | You can learn a great deal about # by simply watching and asking. |
    The charm of # is hard to explain to those in a hurry. | Some say that # will never come back but the
    evidence says otherwise. | A little patience goes a long way when it comes to #. | Good advice on # is often free and
    seldom followed. | The best stories about # are told late in the evening. | Even experts on # still find something
    new every now and then. | It helps to keep a notebook if you want to understand #. | Children tend to like # more
    than their parents ever did. | There are quiet towns that live for #. | The costs of # are lower
    than they were ten years ago. | Few things bring neighbours together as quickly as #. | The future of # depends on
    those who care about it today. | Anyone can begin with # on a free afternoon. | My own view of # has changed several
    times over the years. | The most common question about # is also the hardest one. | Without # our weekends would be
    shorter and far less interesting. | It is a pleasure to see # bring out the best in beginners.
    """, by: "|"
  ).map { $0.split(separator: "#").map(String.init) }

  /// Words to use or repeat.
  static let keywords = list(
    """
    anchor, apricot, arrow, autumn, balance, balloon, banner, basket, beacon, bottle, branch, breeze, bridge, bucket, butter,
    button, cabin, cactus, camera, candle, canvas, captain, carpet, castle, cellar, chimney, circle, cloud, coffee, compass,
    copper, corner, cotton, courage, curtain, dancer, daring, dragon, drawer, eagle, echo, elbow, engine, envelope, fabric,
    feather, fence, fiddle, finger, flame, flute, forest, fountain, galaxy, garlic, gentle, ginger, glacier, glove, granite,
    guitar, hammer, harbor, harvest, hazel, helmet, hollow, honest, horizon, humble, insect, island, ivory, jacket, jewel,
    journey, jungle, kettle, kitchen, ladder, lantern, lemon, library, lizard, magnet, maple, marble, meadow, melody, mirror,
    monkey, museum, mystery, napkin, nature, needle, nickel, ocean, olive, orbit, orchard, oxygen, palace, parade, pebble,
    pepper, picnic, pigeon, pillow, planet, pocket, pollen, prairie, puzzle, quarry, quartz, rabbit, radish, ribbon, rocket,
    saddle, sailor, satin, season, shadow, shelter, signal, silver, spider, spiral, spring, statue, storm, summit, sunset,
    tailor, temple, thunder, ticket, timber, tunnel, turtle, umbrella, valley, vanilla, velvet, village, violin, voyage,
    wagon, walnut, whisper, willow, window, winter, wisdom, wonder, yellow, zebra
    """, by: ",")

  /// Words that come by themselves, to do without or to use seldom.
  static let commonWords = list(
    """
    people, time, good, best, many, often, very, great, important, world, love, make, really, always, never, life, home, work,
    help, enjoy, beautiful, special, simple, experience, community, tradition, together, years, place, things, learn, start,
    find, feel, take, think, believe, perfect, amazing, unique, also, about, just, through, where, while, because, however,
    every, first, between, nothing, something, another, different, happy, friends, little, small, around
    """, by: ",")

  /// A word with each letter.
  static let letterWords: [Character: String] = [
    "a": "banana", "b": "bubble", "c": "circle", "d": "daddy", "e": "eleven", "f": "fluff", "g": "giggle",
    "h": "hush",
    "i": "inside", "j": "jam", "k": "kick", "l": "little", "m": "mammoth", "n": "noon", "o": "onto",
    "p": "pepper",
    "q": "queen", "r": "rarer", "s": "sassy", "t": "tattoo", "u": "unusual", "v": "valve", "w": "willow",
    "x": "extra",
    "y": "yearly", "z": "jazz",
  ]

  /// Languages that can be asked for.
  static let languages: [(name: String, code: String)] = [
    ("Spanish", "es"), ("Portuguese", "pt"), ("French", "fr"), ("German", "de"), ("Italian", "it"),
    ("Dutch", "nl"),
    ("Polish", "pl"), ("Finnish", "fi"), ("Swedish", "sv"), ("Turkish", "tr"), ("Vietnamese", "vi"),
    ("Swahili", "sw"),
    ("Russian", "ru"), ("Ukrainian", "uk"), ("Bulgarian", "bg"), ("Arabic", "ar"), ("Persian", "fa"),
    ("Urdu", "ur"),
    ("Hindi", "hi"), ("Marathi", "mr"), ("Nepali", "ne"), ("Hungarian", "hu"), ("Czech", "cs"),
    ("Romanian", "ro"),
    ("Indonesian", "id"),
  ]

  /// Words that can start a paragraph.
  static let firstWords = list(
    """
    today, often, finally, perhaps, sometimes, usually, suddenly, meanwhile, clearly, naturally, once, nowadays, here, there,
    quietly, somewhere, surely, lately, afterwards, indeed
    """, by: ",")

  /// Phrases to end on.
  static let endings = list(
    """
    That is all there is to say. | See you at the next meeting! | What would you have done? | And so it goes on. | Thank you
    for your time. | Now it is your turn. | Tell me what you think. | The rest is up to you. | Until we meet again. | Nothing
    more needs to be added. | Who would have guessed that? | Try it and see for yourself. | I wish you all the best. | This
    is where my story ends. | Keep this in mind. | Have a wonderful day! | Let us begin tomorrow. | Is there anything left to
    ask? | Hope to hear from you soon. | With that everything is settled.
    """, by: "|")

  /// Names to put in square brackets.
  static let placeholders = ["name", "address", "date", "place", "time", "phone number", "company", "price"]
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
