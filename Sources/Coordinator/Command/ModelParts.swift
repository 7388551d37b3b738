import Models
import Tokenization

extension Tokenizer {
  /// The tokenizer of the model in `directory`, all of whose tokens `model` knows.
  init(directory: String, for model: ModelConfiguration) throws {
    try self.init(directory: directory)
    guard vocabularySize <= model.vocabularySize else {
      throw CommandError(
        """
        \(directory): the tokenizer has \(vocabularySize) tokens and config.json a `vocab_size` of \
        \(model.vocabularySize), so the model has no place for some of them; take both from the same model
        """)
    }
  }
}
