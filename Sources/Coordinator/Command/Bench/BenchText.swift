import Foundation

/// Words of a made-up tokenizer: every id has a text, nothing merges, nothing ends a response.
///
/// So a prompt of n letters has n tokens, and a response always reaches its longest length. Some words hold a
/// `Q`, so many that about half of all responses contain one: the reward `keywords: [Q]` is a coin, thrown by
/// the draws of the response itself.
struct BenchTokenizer {
  /// The model's vocabulary.
  let vocabularySize: Int
  /// Every word whose id is a multiple of this holds the coin.
  private let coinStride: Int

  /// The text that a response is rewarded for.
  static let coin = "Q"

  /// Words for responses of `newTokens` tokens.
  init(vocabularySize: Int, newTokens: Int) {
    self.vocabularySize = vocabularySize
    // Of N equally likely tokens none holds the coin with probability (1 - f)^N; a half makes f.
    let fraction = 1 - pow(0.5, 1 / Double(newTokens))
    coinStride = max(2, Int((1 / fraction).rounded()))
  }

  /// The letters that prompts are made of, each a token.
  static let letters = Array("0123456789abcdefghijklmnopqrstuvwxyz")

  /// The spelling of token `id` in the byte alphabet, where `Ġ` is a blank.
  func word(_ id: Int) -> String {
    let digits = String(id, radix: Self.letters.count)
    guard id >= Self.letters.count else { return digits }
    return "Ġ" + digits + (id.isMultiple(of: coinStride) ? Self.coin : "")
  }

  /// Writes tokenizer.json and tokenizer_config.json into `directory`.
  func write(to directory: String) throws {
    let vocabulary = (0..<vocabularySize).map { "\"\(word($0))\":\($0)" }.joined(separator: ",")
    let byteLevel = #"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"#
    let model =
      #"{"type":"BPE","dropout":null,"unk_token":null,"fuse_unk":false,"byte_fallback":false,"vocab":{"#
      + vocabulary + #"},"merges":[]}"#
    let text =
      #"{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,"pre_tokenizer":"#
      + "\(byteLevel),\"post_processor\":null,\"decoder\":\(byteLevel),\"model\":\(model)}"
    try Data(text.utf8).write(to: URL(filePath: directory + "/tokenizer.json"))
    let configuration = #"{"tokenizer_class":"PreTrainedTokenizerFast","add_prefix_space":false}"#
    try Data(configuration.utf8).write(to: URL(filePath: directory + "/tokenizer_config.json"))
  }
}
