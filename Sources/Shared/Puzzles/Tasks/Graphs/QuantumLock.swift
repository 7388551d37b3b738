import Randomness

/// The shortest sequence of buttons that takes a number to another, where a light decides which buttons work.
///
/// Every letter A, B or C of an answer is a press. A shortest sequence scores 1, a longer one that gets there
/// 0.5. A button that does not work is passed over.
///
/// Levels have solutions of about 2, 4, 5, 7, 9 presses.
enum QuantumLock: PuzzleTask {
  static let name = "quantum_lock"

  private struct Button {
    let name: String
    let type: String
    let value: Int
    let state: String

    /// The number after a press; nil where it is too large to be one of a puzzle.
    func pressed(_ number: Int) -> Int? {
      let (result, overflow) =
        switch type {
        case "add": number.addingReportingOverflow(value)
        case "subtract": number.subtractingReportingOverflow(value)
        case "multiply": number.multipliedReportingOverflow(by: value)
        default: (number, false)
        }
      return overflow ? nil : result
    }

    var text: String {
      let action =
        type == "add" ? "adds \(value)" : type == "subtract" ? "subtracts \(value)" : "multiplies by \(value)"
      return "\(name) \(action)" + (state == "any" ? "" : ", only while the light is \(state)")
    }
  }

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let lengths = at(level, 2...3, 3...4, 4...6, 6...8, 8...10)
    while true {
      let buttons = ["A", "B", "C"].map { name in
        let type = generator.element(of: ["add", "add", "subtract", "multiply"])
        return Button(
          name: name, type: type,
          value: type == "multiply" ? 2 : generator.integer(in: 1...at(level, 2, 2, 3, 3, 4)),
          state: generator.element(of: ["any", "any", "green", "red"]))
      }
      let target = generator.integer(in: 3...at(level, 8, 15, 25, 40, 70))
      guard let path = shortest(buttons, target), lengths.contains(path.count) else { continue }
      let list = PuzzleValue.list(
        buttons.map {
          [
            "name": .text($0.name), "type": .text($0.type), "value": .integer($0.value),
            "active_state": .text($0.state),
          ]
        })
      return Puzzle(
        question: """
          A lock shows the number 0 and a red light. It has three buttons: \
          \(buttons.map(\.text).joined(separator: "; ")). Every press that works also switches the light between red \
          and green. What is the shortest sequence of presses after which the number is \(target)? Answer with the \
          buttons only, in the form A → B → C.
          """,
        answer: path.joined(separator: " → "),
        metadata: [
          "solution_path": PuzzleValue(path), "target_value": .integer(target), "buttons": list,
          "initial_state": "red", "initial_value": 0,
        ])
    }
  }

  /// A shortest way to `target` over numbers up to 500 either way.
  private static func shortest(_ buttons: [Button], _ target: Int) -> [String]? {
    var paths: [[Int]: [String]] = [[0, 0]: []]
    var (queue, index) = ([[0, 0]], 0)
    while index < queue.count {
      let state = queue[index]
      let path = paths[state] ?? []
      index += 1
      if state[0] == target { return path }
      for button in buttons where button.state == "any" || (button.state == "red") == (state[1] == 0) {
        guard let number = button.pressed(state[0]), abs(number) <= 500 else { continue }
        let next = [number, 1 - state[1]]
        guard paths[next] == nil else { continue }
        paths[next] = path + [button.name]
        queue.append(next)
      }
    }
    return nil
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let target = try key.integer("target_value")
    var buttons: [String: Button] = [:]
    for value in try key.list("buttons") {
      let fields = PuzzleKey(metadata: value, answer: nil)
      let button = Button(
        name: try fields.text("name"), type: try fields.text("type"), value: try fields.integer("value"),
        state: try fields.text("active_state"))
      buttons[button.name] = button
    }
    let pressed = letters(answer)
    var shortest = key.metadata["solution_path"]?.texts?.count
    if shortest == nil { shortest = letters(try key.answer).count }
    if pressed.isEmpty { return .unparsed("no buttons") }
    var (number, light) = (try key.integer("initial_value"), try key.text("initial_state"))
    for name in pressed {
      guard let button = buttons[name], button.state == "any" || button.state == light else { continue }
      guard let next = button.pressed(number) else { return .wrong("the number grows beyond all bounds") }
      number = next
      light = light == "red" ? "green" : "red"
    }
    guard number == target else { return .wrong("the number is \(number)") }
    return pressed.count == shortest ? .correct("as short as can be") : .share(0.5, "another length")
  }

  private static func letters(_ text: AnswerText) -> [String] {
    text.raised.scalars.filter { ("A"..."C").contains($0) }.map { String($0) }
  }
}
