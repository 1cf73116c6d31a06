import Features

/// Moments as people and programs write them.
package enum Timestamp {
    /// `2023-05-08T13:56:00`, with `Z`, `+02:00`, a fraction or a space for `T`; a date alone; a number of seconds or
    /// milliseconds since 1970. Without a zone it is UTC. nil = none of these.
    package static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        func digits(_ from: Int, _ count: Int) -> Int? {
            guard from + count <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[from..<(from + count)] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard bytes.count >= 10, bytes[4] == 0x2D, bytes[7] == 0x2D, let year = digits(0, 4), let month = digits(5, 2), let day = digits(8, 2),
            let days = CivilTime.days(year: year, month: month, day: day)
        else { return nil }
        var result = Int64(days) * 86_400_000
        if bytes.count == 10 { return result }
        guard bytes[10] == 0x54 || bytes[10] == 0x74 || bytes[10] == 0x20, let hour = digits(11, 2), hour < 24, bytes.count >= 16,
            bytes[13] == 0x3A, let minute = digits(14, 2), minute < 60
        else { return nil }
        result += Int64(hour) * 3_600_000 + Int64(minute) * 60_000
        var at = 16
        if at < bytes.count, bytes[at] == 0x3A {
            guard let second = digits(17, 2), second <= 60 else { return nil }
            result += Int64(second) * 1000
            at = 19
            if at < bytes.count, bytes[at] == 0x2E {
                at += 1
                var scale: Int64 = 100
                while at < bytes.count, let digit = digits(at, 1) {
                    result += Int64(digit) * scale
                    scale /= 10
                    at += 1
                }
            }
        }
        if at == bytes.count { return result }
        if bytes[at] == 0x5A || bytes[at] == 0x7A { return at + 1 == bytes.count ? result : nil }
        guard bytes[at] == 0x2B || bytes[at] == 0x2D, let zoneHour = digits(at + 1, 2), zoneHour < 24 else { return nil }
        let minutesAt = at + 3 < bytes.count && bytes[at + 3] == 0x3A ? at + 4 : at + 3
        let zoneMinute = minutesAt < bytes.count ? digits(minutesAt, 2) : 0
        guard let zoneMinute, minutesAt >= bytes.count || minutesAt + 2 == bytes.count else { return nil }
        let offset = Int64(zoneHour * 60 + zoneMinute) * 60_000
        return result - (bytes[at] == 0x2B ? offset : -offset)
    }

    /// Numbers below 10¹¹ are seconds (until the year 5138), others milliseconds.
    package static func milliseconds(_ number: Double) -> Int64? {
        guard number.isFinite, abs(number) < 1e15 else { return nil }
        return Int64(abs(number) < 1e11 ? number * 1000 : number)
    }

    /// `2023-05-08T13:56:00.000Z`
    package static func text(_ milliseconds: Int64) -> String {
        let time = CivilTime(unixMilliseconds: milliseconds, utcOffsetSeconds: 0)
        let ofDay = Int((milliseconds % 86_400_000 + 86_400_000) % 86_400_000)
        func pad(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(pad(time.year, 4))-\(pad(time.month, 2))-\(pad(time.day, 2))T\(pad(ofDay / 3_600_000, 2)):\(pad(ofDay / 60000 % 60, 2)):\(pad(ofDay / 1000 % 60, 2)).\(pad(ofDay % 1000, 3))Z"
    }
}
