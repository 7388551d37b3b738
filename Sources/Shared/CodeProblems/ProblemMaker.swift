import Randomness

/// Makes a problem of a template: words around it, and tests that tell right from wrong.
struct ProblemMaker {
  let template: any ProblemTemplate
  let difficulty: Int

  private static let shownCount = 2
  private static let hiddenCount = 12

  /// The problem; nil where its tests would let an answer without thought pass.
  func make(_ generator: inout NamedGenerator) -> CodeProblem? {
    let entryPoint = template.names[generator.next(below: template.names.count)]
    let signature = "def \(entryPoint)(\(template.parameters.joined(separator: ", "))):"
    let examples = examples(&generator)
    guard examples.count == Self.shownCount + Self.hiddenCount, isTelling(examples) else { return nil }
    // The edges stay hidden, since they come first.
    let hidden = Array(examples.prefix(Self.hiddenCount))
    let shown = Array(examples.suffix(Self.shownCount))
    let isExpression = template is ExpressionProblem
    let solution = ([signature] + template.body.map { "    " + $0 }).joined(separator: "\n") + "\n"
    let answer: CodeProblem.Answer = isExpression ? .expression : .function
    let opening = Self.openings[generator.next(below: Self.openings.count)]
    return CodeProblem(
      identity: "\(type(of: template).kind) \(template.numbers)", kind: type(of: template).kind,
      difficulty: difficulty, answer: answer, entryPoint: entryPoint, signature: signature,
      prompt: isExpression ? template.statement : prompt(opening, signature, entryPoint, shown),
      solution: solution, shownTests: shown, hiddenTests: hidden,
      exampleAnswer: isExpression ? expression : "```python\n\(solution)```")
  }

  private static let openings = [
    "Please write this function in Python.", "Define the following Python function.",
    "Complete this function.", "Here is the head of a Python function; write all of it.",
  ]

  private var expression: String { String(template.body.last?.dropFirst("return ".count) ?? "") }

  private func prompt(
    _ opening: String, _ signature: String, _ entryPoint: String, _ shown: [CodeProblem.Example]
  ) -> String {
    let tests = shown.map { example in
      let arguments = example.arguments.map(\.python).joined(separator: ", ")
      return "assert \(entryPoint)(\(arguments)) == \(example.expected.python)"
    }
    return """
      \(opening)

      \(signature)

      \(template.statement)

      For example:
      \(tests.joined(separator: "\n"))

      Answer with one ```python block that holds the function.
      """
  }

  /// Different calls with their results, the edges first.
  private func examples(_ generator: inout NamedGenerator) -> [CodeProblem.Example] {
    var seen: Set<[CodeValue]> = []
    var examples: [CodeProblem.Example] = []
    func add(_ arguments: [CodeValue]) {
      guard seen.insert(arguments).inserted else { return }
      examples.append(CodeProblem.Example(arguments: arguments, expected: template.result(arguments)))
    }
    let wanted = Self.shownCount + Self.hiddenCount
    for arguments in template.edges.prefix(wanted - Self.shownCount) { add(arguments) }
    for _ in 0..<200 where examples.count < wanted { add(template.arguments(&generator)) }
    return examples
  }

  /// Whether the hidden tests refuse whoever returns an argument, a constant, or nothing.
  private func isTelling(_ examples: [CodeProblem.Example]) -> Bool {
    let hidden = examples.prefix(Self.hiddenCount)
    let results = Set(hidden.map(\.expected))
    let isBoolean = results.allSatisfy { if case .boolean = $0 { true } else { false } }
    guard results.count >= (isBoolean ? 2 : 3) else { return false }
    return !hidden.allSatisfy { $0.arguments.contains($0.expected) }
  }
}
