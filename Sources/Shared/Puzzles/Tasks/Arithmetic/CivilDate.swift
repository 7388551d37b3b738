/// A day of the Gregorian calendar, counted from 1 January 1970, a Thursday.
struct CivilDate: Equatable, Comparable {
  let day: Int

  static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
  ]

  init(day: Int) { self.day = day }

  /// The day of a date.
  ///
  /// Source: Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `days_from_civil`.
  init(year: Int, month: Int, day: Int) {
    // Years begin in March, so that the leap day ends one.
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.day = era * 146_097 + dayOfEra - 719_468
  }

  /// Year, month 1 to 12, and day of the month.
  var parts: (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let year = yearOfEra + era * 400
    return (
      month < 10 ? year : year + 1, month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1
    )
  }

  /// 0 is Monday.
  var weekday: Int { modulo(day + 3, 7) }

  var weekdayName: String { Self.weekdays[weekday] }

  /// `5 March 2031`.
  var text: String { "\(parts.day) \(Self.months[parts.month - 1]) \(parts.year)" }

  /// `2031-03-05`.
  var isoText: String {
    let (year, month, day) = parts
    return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }

  static func isLeap(_ year: Int) -> Bool {
    year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
  }

  static func < (left: CivilDate, right: CivilDate) -> Bool { left.day < right.day }
}
