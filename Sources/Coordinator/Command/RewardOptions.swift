import Configuration
import Foundation
import Tasks

/// What scores responses: `reward.name`, `reward.custom_reward_function` or `reward.rewards`, at most one of them.
struct RewardOptions {
  /// The rule that rows of data files are read with; nil where each row's `data_source` decides.
  let rowRule: RewardRule?

  /// The run's own rewards; empty where rows are scored by the rule they were read with.
  let plan: RewardPlan

  init(_ reward: ConfigurationSection) throws {
    let keywords = try reward.strings("keywords", default: ["def", "return"])
    let name = try reward.optionalString("name")
    let limits = ProgramLimits(
      processes: try reward.integer("processes", default: 1, in: 1...1024),
      seconds: try reward.number("timeout_s", default: 10, in: 0.01...86_400),
      startSeconds: try reward.number("start_timeout_s", default: 60, in: 0.01...86_400),
      interpreter: try reward.string("python", default: "python3"))
    let function = try reward.customFunction(limits)
    let list = try reward.sections("rewards")
    let given = [
      ("name", name != nil), ("custom_reward_function", function != nil), ("rewards", !list.isEmpty),
    ]
    let both = given.filter(\.1).map(\.0)
    guard both.count <= 1 else {
      throw reward.fail(
        both[1],
        "and `\(reward.path).\(both[0])` are both given; list them in `\(reward.path).rewards` with weights")
    }
    if let function {
      plan = RewardPlan([function])
    } else {
      plan = RewardPlan(try list.map { try $0.part(limits, keywords: keywords) })
      try reward.refuseEqualNames(list, plan)
    }
    rowRule =
      try name.map { RewardRule(try reward.rewardName($0, key: "name"), keywords: keywords) } ?? plan.rowRule
  }
}

/// What holds for programs that do not say otherwise.
private struct ProgramLimits {
  var processes: Int
  var seconds: Double
  var startSeconds: Double
  var interpreter: String

  /// `program` with these limits.
  func applied(to program: ProgramReward) -> ProgramReward {
    var program = program
    (program.processes, program.seconds, program.startSeconds) = (processes, seconds, startSeconds)
    return program
  }
}

extension ConfigurationSection {
  /// verl's `reward.custom_reward_function`; nil where it names no file.
  fileprivate func customFunction(_ limits: ProgramLimits) throws -> RewardPlan.Part? {
    let section = try section("custom_reward_function")
    let path = try section.optionalString("path")
    let function = try section.string("name", default: "compute_score")
    let arguments = try section.json("reward_kwargs")
    guard let path else { return nil }
    let program = try section.python(path, key: "path", function, arguments, limits)
    return RewardPlan.Part(name: function, source: .program(program))
  }

  /// One element of `reward.rewards`.
  fileprivate func part(_ limits: ProgramLimits, keywords: [String]) throws -> RewardPlan.Part {
    var limits = limits
    limits.processes = try integer("processes", default: limits.processes, in: 1...1024)
    limits.seconds = try number("timeout_s", default: limits.seconds, in: 0.01...86_400)
    limits.startSeconds = try number("start_timeout_s", default: limits.startSeconds, in: 0.01...86_400)
    let (name, source) = try source(limits, keywords: strings("keywords", default: keywords))
    return RewardPlan.Part(
      name: try string("as", default: name), weight: try number("weight", default: 1, in: -1e6...1e6),
      source: source, failureScore: try number("failure_score", default: 0, in: -1e6...1e6))
  }

  private func source(
    _ limits: ProgramLimits, keywords: [String]
  ) throws -> (name: String, source: RewardPlan.Source) {
    let rule = try optionalString("name")
    let program = try strings("program", default: [])
    let python = try optionalString("python")
    let function = try string("function", default: "compute_score")
    let arguments = try json("reward_kwargs")
    guard [rule != nil, !program.isEmpty, python != nil].filter({ $0 }).count == 1 else {
      throw fail("name", "must be given, or `program`, or `python`, and only one of them")
    }
    if let rule {
      if rule == "task" { return (rule, .task) }
      return (rule, .rule(RewardRule(try rewardName(rule, key: "name"), keywords: keywords)))
    }
    if let python {
      return (function, .program(try self.python(python, key: "python", function, arguments, limits)))
    }
    let file = program[0].split(separator: "/").last ?? ""
    let name = file.split(separator: ".").first ?? file
    do {
      return (String(name), .program(limits.applied(to: try .program(program))))
    } catch {
      throw fail("program", "cannot be used: \(error)")
    }
  }

  private func python(
    _ path: String, key: String, _ function: String, _ arguments: String?, _ limits: ProgramLimits
  ) throws -> ProgramReward {
    guard FileManager.default.isReadableFile(atPath: path) else {
      throw fail(key, "is `\(path)`, where there is no readable file")
    }
    do {
      return limits.applied(
        to: try .python(
          path: path, function: function, interpreter: limits.interpreter, arguments: arguments ?? "{}"))
    } catch {
      throw fail(key, "needs Python: \(error) (`reward.python`)")
    }
  }

  /// The reward of this program, or registered, that is called `name`.
  fileprivate func rewardName(_ name: String, key: String) throws -> RewardName {
    guard let known = RewardName(rawValue: name), known != .ofTheRun else {
      throw fail(key, "is `\(name)`; it must be one of \(VerifierRegistry.names.joined(separator: ", "))")
    }
    return known
  }

  /// Components are kept by name.
  fileprivate func refuseEqualNames(_ list: [ConfigurationSection], _ plan: RewardPlan) throws {
    var seen: Set<String> = []
    for (section, part) in zip(list, plan.parts) where !seen.insert(part.name).inserted {
      throw section.fail("as", "must be given: two rewards are called `\(part.name)`")
    }
  }
}
