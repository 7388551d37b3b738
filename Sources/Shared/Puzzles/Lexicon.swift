/// The words that puzzles are made of.
enum Lexicon {
  /// Common words in small letters, in alphabetical order, all different.
  static let words = text.split(whereSeparator: \.isWhitespace).map(String.init)

  /// First names, all different.
  static let names = [
    "Ada", "Amir", "Bela", "Carla", "Chen", "Dario", "Dilan", "Elena", "Emil", "Farah", "Felix",
    "Greta", "Hana", "Hugo", "Ines", "Ivan", "Jonas", "Judit", "Kaya", "Kofi", "Lena", "Luis", "Maja",
    "Milan", "Nadia", "Noor", "Olga", "Omar", "Petra", "Pavel", "Rosa", "Rafi", "Sofia", "Sven", "Tara",
    "Tomas", "Uma", "Viktor", "Wanda", "Yusuf", "Zara", "Zeno",
  ]

  private static let text = """
    adventure alphabet ant apple avalanche bag baker bat beach bed bee berry bird blackbird blueberry boat
    book bow box bread breakfast brick bridge brook broom brush bus butterfly cabin cable camel candle canoe
    cap car carpenter carpet castle cat cave cedar chair chalk cheese cherry chocolate cinnamon cliff clock
    cloud coast coffee collar copper cotton cow cradle crane cream crocodile crown cup curtain daisy dance
    dandelion daylight desk diver dog donkey door dragon dragonfly drum eagle earth education elephant elk
    engine evergreen falcon fan farm feather fence fern ferry field finger fisherman flame flour flower
    flute forest fork fossil fox frost fruit garden gardener garlic gate ginger glacier glass glove
    goldsmith goose grain granite grape grapefruit grass guitar hammer harbor harvest hazel helicopter hen
    heron hill honey horse house hurricane island ivory jacket jar jasmine jewel jungle kettle key kitchen
    kite ladder lake landscape lantern lemon lentil letter lid lighthouse limestone lion lizard lobster
    locomotive lumber magnet mango map maple marble market marmalade meadow melon mirror monkey moon
    moonlight moss motorcycle mountain mouse museum mushroom narrative needle nest net newspaper night
    noodle north notebook oak oar oasis ocean olive onion orange orbit orchard orchestra otter oven owl
    oyster paddle painter palace pan panda paper parachute parrot passenger path peach pearl pebble pen
    pencil pepper peppermint piano pig pigeon pillow pine planet plate plum pocket poem pond poplar
    porcupine pot potato prairie puddle pumpkin puppet quarry quartz queen quilt rabbit radio raft rain
    raspberry rat raven rectangle ribbon rice river robin rocket roof root rope rose rosemary ruby rug
    saddle sail salad salmon sand sandstone saw saxophone scarf school seed shadow sheep shelf shell ship
    shoe silk silver singer slope smoke snail snow snowflake soap sofa soil soup spaceship spider spoon
    spring square squirrel stable stamp star station statue stone storm stove straw strawberry stream street
    string submarine sugar summer sunflower sunset swan sweater table tailor tangerine teacher telephone
    telescope temple tent thread thunder thunderstorm tiger timber tin toast tomato toothbrush torch tower
    town train tree truck trumpet tulip tunnel turtle twig umbrella umpire valley van vase velvet village
    vine violet violin voice volcano wagon walnut water waterfall watermelon wave web wheat wheel whistle
    willow wind windmill window winter wolf wood woodpecker wool workshop xylophone yard yesterday zebra
    zipper
    """
}
