import Foundation
import Randomness

/// Questions about dates: weekdays, how many of them lie in a range, leap years.
///
/// | asked for | answer | score |
/// |---|---|---|
/// | a weekday | the right one, as it is written | 1 |
/// | | another | 0.1 |
/// | | any of them in other letters, `monday` | 0.05 |
/// | a number b | a | exp(-5·\|a-b\|/\|b\|) |
/// | leap year | `yes` or `No`, the right one | 1 |
///
/// Levels reach over 10, 30, 100, 200, 365 days.
enum CalendarArithmetic: PuzzleTask {
  static let name = "calendar_arithmetic"

  static func draw(level: Int, from generator: inout NamedGenerator) -> Puzzle {
    let reach = at(level, 10, 30, 100, 200, 365)
    let year = generator.integer(in: 1950...2080)
    let start = CivilDate(day: CivilDate(year: year, month: 1, day: 1).day + generator.next(below: 365))
    let end = CivilDate(day: start.day + generator.integer(in: 7...max(reach, 8)))
    switch generator.next(below: level == 1 ? 4 : 7) {
    case 0, 4: return offset(from: start, days: generator.integer(in: -reach...reach))
    case 1: return leapYear(generator.integer(in: level < 3 ? 1950...2080 : 1500...2500))
    case 2, 5: return countDays(from: start, to: end, weekday: generator.next(below: 7))
    case 3:
      let first = CivilDate(year: year, month: 1, day: 1)
      return fromFirst(first, CivilDate(day: first.day + generator.integer(in: 1...reach - 1)))
    default:
      return generator.chance(0.5)
        ? businessDays(from: start, to: end)
        : recurring(
          year, generator.integer(in: 1...12), weekday: generator.next(below: 7),
          index: generator.integer(in: 1...5))
    }
  }

  private static func offset(from start: CivilDate, days: Int) -> Puzzle {
    let target = CivilDate(day: start.day + days)
    return Puzzle(
      question:
        "\(start.text) is a \(start.weekdayName). What day of the week \(days < 0 ? "was it" : "is it") "
        + "\(abs(days)) days \(days < 0 ? "before" : "after") that? Answer with the weekday only.",
      answer: target.weekdayName,
      metadata: [
        "task": "weekday_offset", "start_date": .text(start.isoText), "offset_days": .integer(days),
        "target_date": .text(target.isoText),
      ])
  }

  private static func fromFirst(_ first: CivilDate, _ target: CivilDate) -> Puzzle {
    Puzzle(
      question:
        "In \(first.parts.year), 1 January is a \(first.weekdayName). What day of the week is \(target.text)? "
        + "Answer with the weekday only.",
      answer: target.weekdayName,
      metadata: [
        "task": "weekday_of_date_from_first_date", "year": .integer(first.parts.year),
        "first_day": .text(first.weekdayName), "target_date": .text(target.isoText),
        "delta_days": .integer(target.day - first.day),
      ])
  }

  private static func leapYear(_ year: Int) -> Puzzle {
    Puzzle(
      question: "Is \(year) a leap year in the Gregorian calendar? Answer Yes or No.",
      answer: CivilDate.isLeap(year) ? "Yes" : "No",
      metadata: ["task": "is_leap_year", "year": .integer(year), "is_leap": .bool(CivilDate.isLeap(year))])
  }

  private static func countDays(from start: CivilDate, to end: CivilDate, weekday: Int) -> Puzzle {
    let count = (start.day...end.day).count { CivilDate(day: $0).weekday == weekday }
    return Puzzle(
      question:
        "How many \(CivilDate.weekdays[weekday])s are there from \(start.weekdayName), \(start.text), to "
        + "\(end.text), both days included? Answer with the number only.",
      answer: "\(count)",
      metadata: [
        "task": "count_days", "year": .integer(start.parts.year), "start_date": .text(start.isoText),
        "end_date": .text(end.isoText),
      ])
  }

  private static func businessDays(from start: CivilDate, to end: CivilDate) -> Puzzle {
    let count = (start.day...end.day).count { CivilDate(day: $0).weekday < 5 }
    return Puzzle(
      question:
        "How many days from Monday to Friday are there from \(start.weekdayName), \(start.text), to "
        + "\(end.text), both days included? Answer with the number only.",
      answer: "\(count)",
      metadata: [
        "task": "count_business_days", "start_date": .text(start.isoText), "end_date": .text(end.isoText),
      ])
  }

  private static func recurring(_ year: Int, _ month: Int, weekday: Int, index: Int) -> Puzzle {
    let first = CivilDate(year: year, month: month, day: 1)
    let next = CivilDate(
      year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1)
    let days = (first.day..<next.day).filter { CivilDate(day: $0).weekday == weekday }
    let day = index <= days.count ? days[index - 1] - first.day + 1 : -1
    let ordinal = ["first", "second", "third", "fourth", "fifth"][index - 1]
    return Puzzle(
      question:
        "1 \(CivilDate.months[month - 1]) \(year) is a \(first.weekdayName). On which day of that month is the "
        + "\(ordinal) \(CivilDate.weekdays[weekday])? Answer with the number of the day only, or -1 if there is "
        + "no such day.",
      answer: "\(day)",
      metadata: [
        "task": "recurring_event_day", "year": .integer(year), "month": .integer(month),
        "recurring_index": .integer(index), "weekday": .text(CivilDate.weekdays[weekday]),
      ])
  }

  static func mark(_ answer: AnswerText, key: PuzzleKey) throws(PuzzleFault) -> Mark {
    let task = try key.text("task")
    switch task {
    case "weekday_offset", "weekday_of_date_from_first_date", "weekday_of_date":
      return weekday(answer.trimmed, expected: try key.answer)
    case "count_business_days", "count_days", "recurring_event_day", "recurring_event_calculations":
      return count(answer, expected: try key.answer)
    case "is_leap_year": return .word(answer, reference: try key.answer)
    default: throw PuzzleFault(reason: "`\(task)` is no task of calendar_arithmetic")
    }
  }

  private static func weekday(_ answer: AnswerText, expected: AnswerText) -> Mark {
    if answer == expected { return .correct() }
    let days = CivilDate.weekdays.map { AnswerText($0) }
    if days.contains(answer) { return .share(0.1, "another weekday") }
    return days.contains { $0.lowered == answer.lowered }
      ? .share(0.05, "a weekday in other letters") : .unparsed("no weekday")
  }

  private static func count(_ answer: AnswerText, expected: AnswerText) -> Mark {
    guard let expected = expected.integer, let number = answer.integer else { return .unparsed("no number") }
    if number == expected { return .correct("the expected number") }
    guard expected > 0 else { return .wrong() }
    let error = abs(Double(number) - Double(expected)) / Double(expected)
    return .share(exp(-5 * error), "off by \(abs(Double(number) - Double(expected)))")
  }
}
