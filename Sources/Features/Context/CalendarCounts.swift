import Glibc

/// How often something happened on each weekday and in each hour, in the user's zone.
package struct CalendarCounts: Sendable, Equatable {
    /// Sunday first.
    package private(set) var weekdays = [UInt64](repeating: 0, count: 7)
    package private(set) var hours = [UInt64](repeating: 0, count: 24)

    package init() {}

    package var total: UInt64 { weekdays.reduce(0, +) }

    package mutating func record(_ moment: CalendarMoment) {
        weekdays[moment.weekday] += 1
        hours[moment.hour] += 1
    }

    /// ln of how much likelier this is on that weekday than the user's own rhythm lets one expect, nats.
    func weekdayLift(at moment: CalendarMoment, against user: CalendarCounts) -> Float {
        let expected = Double(user.weekdays[moment.weekday] + 1) / Double(user.total + 7)
        return Lift.value(hits: Double(weekdays[moment.weekday]), of: Double(total), expected: expected)
    }

    /// The same for the hour; half of it comes from the hours beside it: 8:58 and 9:02 are one habit.
    func hourLift(at moment: CalendarMoment, against user: CalendarCounts) -> Float {
        let expected = (user.smoothed(moment.hour) + 1) / Double(user.total + 24)
        return Lift.value(hits: smoothed(moment.hour), of: Double(total), expected: expected)
    }

    private func smoothed(_ hour: Int) -> Double {
        0.5 * Double(hours[hour]) + 0.25 * Double(hours[(hour + 23) % 24]) + 0.25
            * Double(hours[(hour + 1) % 24])
    }

    func write(to writer: inout CounterWriter) {
        for count in weekdays { writer.count(count) }
        for count in hours { writer.count(count) }
    }

    init(from reader: inout CounterReader) throws(CounterBytesError) {
        var sums: (weekdays: UInt64, hours: UInt64) = (0, 0)
        for place in weekdays.indices {
            weekdays[place] = try Self.bounded(&reader)
            sums.weekdays += weekdays[place]
        }
        for place in hours.indices {
            hours[place] = try Self.bounded(&reader)
            sums.hours += hours[place]
        }
        if sums.weekdays != sums.hours {
            throw CounterBytesError("\(sums.weekdays) events by weekday, \(sums.hours) by hour")
        }
    }

    /// Far above any history, far below where sums could overflow.
    private static func bounded(_ reader: inout CounterReader) throws(CounterBytesError) -> UInt64 {
        let count = try reader.count()
        if count >= 1 << 48 { throw CounterBytesError("the count \(count) is absurd") }
        return count
    }
}

/// Weekday and hour of a moment on the user's calendar.
package struct CalendarMoment: Sendable, Equatable {
    /// 0 = Sunday
    package let weekday: Int
    /// 0–23
    package let hour: Int

    package init(milliseconds: Int64, utcOffsetSeconds: Int) {
        let local = LocalTime(milliseconds: milliseconds, utcOffsetSeconds: utcOffsetSeconds)
        weekday = local.weekday
        hour = min(23, Int(local.hour))
    }
}

/// How much likelier something is here than elsewhere, from few observations.
enum Lift {
    /// Pseudo-observations that say «as expected»: with none of its own, everything has lift 0.
    static let shrinkage = 4.0
    /// e^8 ≈ 3,000 times: beyond that a scorer learns nothing.
    static let bound: Float = 8

    /// ln((hits + κ·expected) ÷ ((trials + κ)·expected)): the posterior share under a Dirichlet prior with mean
    /// `expected` and weight κ, over `expected`; within ±8.
    static func value(hits: Double, of trials: Double, expected: Double) -> Float {
        guard expected > 0 else { return 0 }
        let ratio = (hits + shrinkage * expected) / ((trials + shrinkage) * expected)
        return min(max(Float(log(ratio)), -bound), bound)
    }
}
