import Models
public import Tasks
public import Tokenization

/// The text that the policy continues.
public func promptText(_ prompt: Prompt, template: ChatTemplate) -> String {
  switch prompt {
  case .text(let text) where template == .none:
    text
  case .text(let text):
    template.render([ChatMessage(role: "user", content: text)], addGenerationPrompt: true)
  case .messages(let messages):
    template.render(
      messages.map { ChatMessage(role: $0.role, content: $0.content) }, addGenerationPrompt: true)
  }
}

/// The tokens that end a response: the model's, the template's and the tokenizer's.
func endOfResponse(model: LanguageModel, tokenizer: Tokenizer, template: ChatTemplate) -> [Int32] {
  var ids: [Int32] = []
  let all = model.configuration.endOfSequenceIds + template.stopIds(tokenizer) + tokenizer.endOfTextIds
  for id in all where !ids.contains(id) { ids.append(id) }
  return ids
}
