/// A moment, and the offset from UTC of whoever wrote it.
struct Instant: Sendable, Equatable {
    var milliseconds: Int64
    var utcOffsetSeconds: Int

    /// `2026-11-21`, `2026-11-21T14:30`, `2026-11-21 14:30:05.250+02:00`, `…Z`, or Unix milliseconds.
    /// Without an offset UTC is meant: the same line gives the same result on every machine.
    init?(_ text: String) {
        let hasOnlyDigits = text.drop { $0 == "-" }.allSatisfy(\.isASCIIDigit)
        // 2026 and 20261121 are somebody's dates and not the first seconds of 1970.
        let looksLikeDate = !text.hasPrefix("-") && [4, 8].contains(text.count)
        if let number = Int64(text), hasOnlyDigits, !looksLikeDate {
            self.init(milliseconds: number, utcOffsetSeconds: 0)
            return
        }
        var reader = InstantReader(text)
        guard let instant = reader.read() else { return nil }
        self = instant
    }

    init(milliseconds: Int64, utcOffsetSeconds: Int) {
        self.milliseconds = milliseconds
        self.utcOffsetSeconds = utcOffsetSeconds
    }

    init(argument: String, option: String) throws {
        guard let instant = Instant(argument) else {
            throw CommandFailure(
                .usage, "not a moment", place: option, found: argument,
                allowed: "ISO 8601 (2026-11-21T14:30:00+02:00, 2026-11-21) or Unix milliseconds",
                remedy: "\(option) 2026-11-21T14:30:00Z")
        }
        self = instant
    }

    /// ISO 8601 in UTC, to the second.
    var text: String {
        let seconds = milliseconds.flooredDivision(by: 1000)
        let days = seconds.flooredDivision(by: 86_400)
        let rest = Int(seconds - days * 86_400)
        let date = CivilDate(daysSinceEpoch: days)
        let clock = [rest / 3600, rest / 60 % 60, rest % 60].map { String($0).leftPadded(to: 2, with: "0") }
        return "\(date.text)T\(clock.joined(separator: ":"))Z"
    }
}

/// Reads one ISO 8601 moment from left to right; anything left over is a failure.
private struct InstantReader {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    mutating func read() -> Instant? {
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        var clockMilliseconds = 0
        if take("T") || take(" ") {
            guard let clock = readClock() else { return nil }
            clockMilliseconds = clock
        }
        guard let offset = readOffset(), rest.isEmpty else { return nil }
        let local = date.daysSinceEpoch * 86_400_000 + Int64(clockMilliseconds)
        return Instant(milliseconds: local - Int64(offset) * 1000, utcOffsetSeconds: offset)
    }

    private mutating func readClock() -> Int? {
        guard let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60 else {
            return nil
        }
        var milliseconds = (hour * 60 + minute) * 60_000
        if take(":") {
            guard let second = number(2), second < 60 else { return nil }
            milliseconds += second * 1000
            if take(".") {
                let digits = rest.prefix { $0.isASCIIDigit }
                guard !digits.isEmpty else { return nil }
                rest.removeFirst(digits.count)
                milliseconds += Int(String(digits.prefix(3)).rightPadded(to: 3, with: "0")) ?? 0
            }
        }
        return milliseconds
    }

    private mutating func readOffset() -> Int? {
        if rest.isEmpty || take("Z") { return 0 }
        let sign: Int
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(2), hours <= 15 else { return nil }
        _ = take(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private mutating func number(_ digits: Int) -> Int? {
        let taken = rest.prefix(digits)
        guard taken.count == digits, taken.allSatisfy(\.isASCIIDigit) else { return nil }
        rest.removeFirst(digits)
        return Int(taken)
    }

    private mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }
}

extension Character {
    var isASCIIDigit: Bool { isASCII && isNumber }
}
