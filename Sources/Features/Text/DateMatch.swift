import Glibc

/// How well the time of a memory fits the date a question names.
package enum DateMatch {
    /// - Parameters:
    ///   - atMilliseconds: When the memory happened, Unix time, UTC.
    ///   - utcOffsetSeconds: The user's zone; the date is read on their calendar.
    /// - Returns: 0–1. With a day: 1 from one day before its midnight to 1.5 days after, then e^(−days/7)
    ///   up to 30 days. With a month: 1 in it, .4 in the one after. With a year only: .3 in it.
    ///
    /// Source: `date_match` in `references/retrieval_reference.py`.
    package static func value(_ date: QueryDate, atMilliseconds: Int64, utcOffsetSeconds: Int) -> Float {
        let time = LocalTime(milliseconds: atMilliseconds, utcOffsetSeconds: utcOffsetSeconds)
        let at = time.date
        guard let month = date.month else { return at.year == date.year ? 0.3 : 0 }
        let year = date.year ?? at.year
        guard let day = date.day else {
            switch (at.year - year) * 12 + at.month - month {
            case 0: return 1
            case 1: return 0.4
            default: return 0
            }
        }
        let asked = CivilDate(year: year, month: month, day: day)
        guard asked.exists else { return 0 }
        let gapDays = Double(time.day - asked.daysSince1970) + time.secondOfDay / 86_400
        if gapDays >= -1 && gapDays <= 1.5 { return 1 }
        return gapDays > 0 && gapDays < 30 ? Float(exp(-gapDays / 7)) : 0
    }

    /// The time in which a memory matches a date with a month and a year by more than a half; nil = the date is
    /// vaguer, or doesn't exist.
    package static func milliseconds(of date: QueryDate, utcOffsetSeconds: Int) -> ClosedRange<Int64>? {
        guard let year = date.year, let month = date.month else { return nil }
        let first = CivilDate(year: year, month: month, day: date.day ?? 1)
        guard first.exists else { return nil }
        let start = first.daysSince1970 - (date.day == nil ? 0 : 1)
        let end = date.day == nil ? first.daysSince1970 + 31 : first.daysSince1970 + 6
        func milliseconds(_ day: Int) -> Int64 { (Int64(day) * 86_400 - Int64(utcOffsetSeconds)) * 1000 }
        return milliseconds(start)...milliseconds(end)
    }
}
