/// A moment as written: Unix milliseconds UTC, and the offset if one was stated.
package struct Timestamp: Sendable, Equatable {
    package var milliseconds: Int64
    /// nil = none stated; the time was read as UTC.
    package var utcOffsetMinutes: Int?

    package init(milliseconds: Int64, utcOffsetMinutes: Int? = nil) {
        self.milliseconds = milliseconds
        self.utcOffsetMinutes = utcOffsetMinutes
    }

    /// What `init(iso8601:)` and `init(unix:)` accept, for error messages.
    package static let allowedForms = "ISO 8601 such as 2023-05-08T13:56:00Z, or Unix seconds or milliseconds"

    /// Reads ISO 8601: a date, optionally a time (`T` or a space before it; seconds and a fraction may be
    /// missing), optionally an offset (`Z`, `±hh`, `±hhmm`, `±hh:mm`, a space may precede it).
    ///
    ///     Timestamp(iso8601: "2023-05-08 13:56:00.250+02:00")?.milliseconds  // 1_683_546_960_250
    package init?(iso8601 text: String) {
        var text = text
        let parsed = text.withUTF8 { Self.parse($0) }
        guard let parsed else { return nil }
        self = parsed
    }

    /// Reads a Unix time: below 10¹¹ in magnitude seconds, below 10¹⁴ milliseconds, otherwise nil.
    package init?(unix value: Double) {
        let magnitude = value.magnitude
        guard magnitude < 1e14 else { return nil }  // also refuses NaN
        let milliseconds = Int64((magnitude < 1e11 ? value * 1000 : value).rounded())
        guard milliseconds >= Self.earliestMilliseconds else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// The start of year 1: the store takes no earlier time.
    static let earliestMilliseconds: Int64 = -62_135_596_800_000

    /// Days from 1970-01-01 to a date of the proleptic Gregorian calendar
    /// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    package static func daysFromEpoch(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The local date as `YYYY-MM-DD`, in the stated offset (UTC where none was stated).
    package var localDate: String {
        let local = milliseconds + Int64(utcOffsetMinutes ?? 0) * 60_000
        var days = Int(local / 86_400_000)
        if local % 86_400_000 < 0 { days -= 1 }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        var cursor = Cursor(bytes: bytes)
        guard let year = cursor.digits(4), year >= 1, cursor.take("-"), let month = cursor.digits(2),
            cursor.take("-"),
            let day = cursor.digits(2), (1...12).contains(month), day >= 1,
            day <= daysInMonth(month, year: year)
        else { return nil }
        var milliseconds = Int64(daysFromEpoch(year: year, month: month, day: day)) * 86_400_000
        if cursor.isAtEnd { return Timestamp(milliseconds: milliseconds) }

        guard cursor.take("T") || cursor.take("t") || cursor.take(" "), let hour = cursor.digits(2),
            cursor.take(":"), let minute = cursor.digits(2), hour < 24, minute < 60
        else { return nil }
        var second = 0
        if cursor.take(":") {
            guard let seconds = cursor.digits(2), seconds <= 60 else { return nil }  // 60: leap second
            second = seconds
        }
        milliseconds += Int64(hour * 3600 + minute * 60 + second) * 1000
        if cursor.take(".") || cursor.take(",") {
            guard let fraction = cursor.fraction() else { return nil }
            milliseconds += fraction
        }
        if cursor.isAtEnd { return Timestamp(milliseconds: milliseconds) }

        _ = cursor.take(" ")
        var offset = 0
        if !(cursor.take("Z") || cursor.take("z")) {
            let isBehind = cursor.take("-")
            guard isBehind || cursor.take("+"), let hours = cursor.digits(2), hours < 24 else { return nil }
            var minutes = 0
            if !cursor.isAtEnd {
                _ = cursor.take(":")
                guard let stated = cursor.digits(2), stated < 60 else { return nil }
                minutes = stated
            }
            offset = (hours * 60 + minutes) * (isBehind ? -1 : 1)
        }
        guard cursor.isAtEnd else { return nil }
        return Timestamp(milliseconds: milliseconds - Int64(offset) * 60_000, utcOffsetMinutes: offset)
    }

    private static func daysInMonth(_ month: Int, year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private struct Cursor {
        let bytes: UnsafeBufferPointer<UInt8>
        var index = 0

        var isAtEnd: Bool { index == bytes.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        /// Exactly `count` decimal digits.
        mutating func digits(_ count: Int) -> Int? {
            guard index + count <= bytes.count else { return nil }
            var value = 0
            for _ in 0..<count {
                let digit = bytes[index] &- 0x30
                guard digit < 10 else { return nil }
                value = value * 10 + Int(digit)
                index += 1
            }
            return value
        }

        /// A fraction of a second, cut to milliseconds.
        mutating func fraction() -> Int64? {
            var value: Int64 = 0
            var count = 0
            while index < bytes.count, bytes[index] &- 0x30 < 10 {
                if count < 3 { value = value * 10 + Int64(bytes[index] &- 0x30) }
                count += 1
                index += 1
            }
            guard count > 0 else { return nil }
            for _ in min(count, 3)..<3 { value *= 10 }
            return value
        }
    }
}
