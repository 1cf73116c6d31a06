/// A moment on the user's calendar. Proleptic Gregorian; algorithms by Howard Hinnant, «chrono-compatible
/// low-level date algorithms».
package struct CivilTime: Sendable {
    package let year: Int
    /// 1–12
    package let month: Int
    /// 1–31
    package let day: Int
    /// 0–24, with minutes as the fraction.
    package let hour: Double
    /// 0 = Sunday
    package let weekday: Int
    /// Days since 1970-01-01, with the time of day as the fraction.
    package let dayNumber: Double

    package init(unixMilliseconds: Int64, utcOffsetSeconds: Int) {
        let seconds = Double(unixMilliseconds) / 1000 + Double(utcOffsetSeconds)
        dayNumber = seconds / 86400
        let whole = Int(dayNumber.rounded(.down))
        hour = (dayNumber - Double(whole)) * 24
        weekday = ((whole + 4) % 7 + 7) % 7
        let z = whole + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01; nil for a day that the month doesn't have.
    package static func days(year: Int, month: Int, day: Int) -> Int? {
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), day >= 1, day <= lengths[month - 1] else { return nil }
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
