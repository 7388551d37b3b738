import Foundation
import Testing
import Tokenization

@Suite("Chat templates")
struct ChatTemplateTests {
  private static let system = ChatMessage(role: "system", content: "Be brief.")
  private static let user = ChatMessage(role: "user", content: " 1+1? ")
  private static let assistant = ChatMessage(role: "assistant", content: "2")

  @Test(
    "a chat becomes the text its family was trained on",
    arguments: [
      (.none, [system, user], true, "Be brief.\n 1+1? "),
      (.none, [], true, ""),
      (.chatml(), [user], true, "<|im_start|>user\n 1+1? <|im_end|>\n<|im_start|>assistant\n"),
      (
        .chatml(), [user, assistant], false,
        "<|im_start|>user\n 1+1? <|im_end|>\n<|im_start|>assistant\n2<|im_end|>\n"
      ),
      (
        .chatml(defaultSystemPrompt: "Hi."), [user], false,
        "<|im_start|>system\nHi.<|im_end|>\n<|im_start|>user\n 1+1? <|im_end|>\n"
      ),
      (
        .chatml(defaultSystemPrompt: "Hi."), [system, user], false,
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n 1+1? <|im_end|>\n"
      ),
      (
        .llama3(), [user], true,
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n1+1?<|eot_id|>"
          + "<|start_header_id|>assistant<|end_header_id|>\n\n"
      ),
      (
        .llama3(), [system, user, assistant], false,
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
          + "<|start_header_id|>user<|end_header_id|>\n\n1+1?<|eot_id|>"
          + "<|start_header_id|>assistant<|end_header_id|>\n\n2<|eot_id|>"
      ),
      (
        .llama3(datesSystemPrompt: true), [user], false,
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\n"
          + "Today Date: 26 Jul 2024\n\n<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n1+1?<|eot_id|>"
      ),
      (
        .llama3(datesSystemPrompt: true), [system], false,
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\n"
          + "Today Date: 26 Jul 2024\n\nBe brief.<|eot_id|>"
      ),
    ] as [(ChatTemplate, [ChatMessage], Bool, String)])
  func render(template: ChatTemplate, messages: [ChatMessage], opens: Bool, text: String) {
    #expect(template.render(messages, addGenerationPrompt: opens) == text)
  }

  private static let qwen25 = """
    {%- if tools %}
        {{- '<|im_start|>system\\n' }}
        {{- 'You are Qwen, created by Alibaba Cloud. You are a helpful assistant.' }}
    {%- else %}
        {%- if messages[0]['role'] == 'system' %}
            {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
        {%- else %}
            {{- '<|im_start|>system\\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
    """
  private static let qwen2 = """
    {% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}\
    {{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %}
    """
  private static let qwen3 = """
    {{- '<|im_start|>system\\n' }}{{- messages[0].content + '\\n\\n' }}
    {{- '<|im_start|>' + message.role + '\\n' + content }}
    """
  private static let math =
    #"{{- "<|im_start|>system\nIt's in \\boxed{}, \"so\" to say.<|im_end|>\n" }}"#
  private static let llama3 = "{% set content = '<|start_header_id|>' + message['role'] %}"
  private static let llama31 = llama3 + #"{{- "Cutting Knowledge Date: December 2023\n" }}"#

  @Test(
    "auto goes by the model's own template, and takes its default system prompt",
    arguments: [
      (
        qwen25,
        .chatml(defaultSystemPrompt: "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.")
      ),
      (qwen2, .chatml(defaultSystemPrompt: "You are a helpful assistant.")),
      (qwen3, .chatml()),
      (math, .chatml(defaultSystemPrompt: #"It's in \boxed{}, "so" to say."#)),
      (llama3, .llama3()),
      (llama31, .llama3(datesSystemPrompt: true)),
    ] as [(String, ChatTemplate)])
  func recognises(jinja: String, template: ChatTemplate) throws {
    let text = String(decoding: try JSONEncoder().encode(jinja), as: UTF8.self)
    for files in [
      ["chat_template.jinja": jinja],
      ["tokenizer_config.json": "{\"chat_template\": \(text)}"],
      [
        "tokenizer_config.json": "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"[INST]\"}, "
          + "{\"name\": \"default\", \"template\": \(text)}]}"
      ],
      ["chat_template.jinja": jinja, "tokenizer_config.json": #"{"chat_template": "[INST]"}"#],
    ] {
      #expect(try resolve("auto", files) == template)
    }
  }

  @Test("an option is taken at its word, with the default system prompt of the model's template")
  func options() throws {
    let files = ["chat_template.jinja": Self.qwen2]
    #expect(try resolve("none", files) == .none)
    #expect(try resolve("llama3", files) == .llama3())
    #expect(try resolve("chatml", files) == .chatml(defaultSystemPrompt: "You are a helpful assistant."))
    #expect(try resolve("chatml", [:]) == .chatml())
    #expect(try resolve("llama3", ["chat_template.jinja": Self.llama31]) == .llama3(datesSystemPrompt: true))
  }

  @Test(
    "without a template, the kind of model and its tokens decide",
    arguments: [
      (#"{"model_type": "qwen2"}"#, "<|im_start|>", .chatml()),
      (#"{"model_type": "qwen3"}"#, "<|im_start|>", .chatml()),
      (#"{"model_type": "llama"}"#, "<|start_header_id|>", .llama3()),
      (#"{"model_type": "gpt2"}"#, "<x>", ChatTemplate.none),
      (#"{"model_type": "qwen2"}"#, "<|endoftext|>", ChatTemplate.none),
      (#"{"model_type": "llama"}"#, "</s>", ChatTemplate.none),
      (nil, "<|im_start|>", .chatml()),
      (nil, "<|start_header_id|>", .llama3()),
    ] as [(String?, String, ChatTemplate)])
  func byModel(configuration: String?, token: String, template: ChatTemplate) throws {
    let files = configuration.map { ["config.json": $0] } ?? [:]
    #expect(try resolve("auto", files, token: token) == template)
  }

  @Test(
    "what is not recognised is refused, and the sentence names the option and its values",
    arguments: [
      ["chat_template.jinja": "[INST] {{ message }} [/INST]"],
      ["chat_template.jinja": "<start_of_turn>"],
      ["chat_template.jinja": "<|im_start|>user<|im_sep|>"],
      ["tokenizer_config.json": #"{"chat_template": "[INST]"}"#],
      ["config.json": #"{"model_type": "mistral"}"#],
      [:],
    ])
  func refuses(files: [String: String]) throws {
    let said = try #require(sentence { _ = try resolve("auto", files) })
    #expect(said.hasSuffix("; set `data.chat_template` to chatml, llama3 or none"))
  }

  @Test(
    "a model with marks of turns that are not known is refused",
    arguments: [(#"{"model_type": "qwen2"}"#, "<|turn|>"), (#"{"model_type": "llama"}"#, "[INST]")])
  func unknownMarks(configuration: String, token: String) throws {
    let said = sentence { _ = try resolve("auto", ["config.json": configuration], token: token) }
    #expect(said?.hasSuffix("; set `data.chat_template` to chatml, llama3 or none") == true)
  }

  @Test("an option that is none is refused", arguments: ["", "Auto", "mistral"])
  func wrongOption(option: String) throws {
    let said = sentence { _ = try resolve(option, [:]) }
    #expect(said == "`data.chat_template` is `\(option)`; it must be auto or chatml, llama3 or none")
  }

  @Test("broken files are told, not guessed around")
  func broken() throws {
    #expect(sentence { _ = try resolve("auto", ["config.json": "{"]) }?.contains("/config.json: ") == true)
    let list = ["tokenizer_config.json": #"{"chat_template": [1]}"#]
    #expect(sentence { _ = try resolve("chatml", list) }?.contains("/tokenizer_config.json: ") == true)
  }

  @Test(
    "an assistant's turn ends with the template's marks and the tokenizer's end of text",
    arguments: [
      ("tok-qwen2", .chatml(), [2, 0]), ("tok-llama3", .llama3(), [4, 1]), ("tok-gpt2", .none, [0]),
      ("tok-gpt2", .chatml(), [0]), ("tok-qwen2", .none, [2]),
    ] as [(String, ChatTemplate, [Int32])])
  func stopIds(name: String, template: ChatTemplate, ids: [Int32]) throws {
    #expect(template.stopIds(try Tokenizer(directory: fixture(name))) == ids)
  }

  @Test("the marks of a rendered chat are single tokens")
  func marksAreTokens() throws {
    let tokenizer = try Tokenizer(directory: fixture("tok-llama3"))
    let ids = tokenizer.encode(ChatTemplate.llama3().render([Self.user], addGenerationPrompt: true))
    #expect(ids.filter(tokenizer.isSpecial) == [0, 2, 3, 4, 2, 3])
  }

  /// Resolves `option` for a tokenizer of bytes and `token`.
  private func resolve(
    _ option: String, _ files: [String: String], token: String = "<x>"
  ) throws -> ChatTemplate {
    let tokenizer = try tokenizer(
      try tokenizerJSON(added: #"[{"id": 256, "content": "\#(token)", "special": true}]"#))
    let directory = try ScratchDirectory(files)
    return try ChatTemplate.resolve(option, tokenizer: tokenizer, directory: directory.path)
  }
}
