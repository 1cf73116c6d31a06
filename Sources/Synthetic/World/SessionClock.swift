import Evaluation
import Features
import Glibc

/// The times of a world's turns: sessions at the user's hours, turns a minute or two apart.
struct SessionClock {
    static let dayMilliseconds: Int64 = 86_400_000

    /// Turns in order of time; `beginsSession` where one starts.
    private(set) var turns: [(atMilliseconds: Int64, beginsSession: Bool)] = []

    /// - Parameter start: midnight of the first day, in the user's zone.
    init(_ settings: WorldSettings, start: Int64, days: Int, utcOffsetSeconds: Int, _ random: inout SplitMix64) {
        var free = start
        for day in 0..<days {
            let midnight = start + Int64(day) * Self.dayMilliseconds
            let weekday = CalendarMoment(milliseconds: midnight + 43_200_000, utcOffsetSeconds: utcOffsetSeconds).weekday
            let drawn = settings.sessionsPerDay.mean * settings.dayActivity[weekday] + settings.sessionsPerDay.deviation * random.normal()
            let count = min(10, max(weekday == 0 || weekday == 6 ? 0 : 1, Int(drawn.rounded())))
            let begins = (0..<count).map { _ in midnight + Int64(Self.hour(settings, &random) * 3_600_000) }.sorted()
            for begin in begins {
                var at = max(begin, free)
                let extra = Int(-log(1 - random.unit()) * settings.extraTurns)
                let turnCount = min(settings.turnsPerSession.upperBound, settings.turnsPerSession.lowerBound + extra)
                for turn in 0..<turnCount {
                    turns.append((at, turn == 0))
                    // Median 80 s, now and then many minutes.
                    at += Int64(80_000 * exp(0.7 * random.normal())) + 1_000
                }
                // Half an hour of silence ends a session.
                free = at + 31 * 60_000
            }
        }
    }

    private static func hour(_ settings: WorldSettings, _ random: inout SplitMix64) -> Double {
        let total = settings.sessionHours.reduce(0) { $0 + $1.weight }
        var left = random.unit() * total
        for part in settings.sessionHours {
            left -= part.weight
            if left < 0 { return min(23.5, max(0, part.mean + part.deviation * random.normal())) }
        }
        return 12
    }
}
