import Glibc

/// What a user's past events say of one entity. One event costs O(1), whatever came before.
///
/// Decayed counts are Σ e^(−age/τ) over its events, kept as of the last one. Events may come late: the sums don't
/// depend on their order, only `recent` does.
package struct EntityCounters: Sendable, Equatable {
    /// τ of the decayed counts, days: 6 hours, 2 days, 14 days.
    package static let timeConstantsDays: [Double] = [0.25, 2, 14]

    package private(set) var lastSeenMilliseconds: Int64 = .min
    package private(set) var calendar = CalendarCounts()
    /// As of `lastSeenMilliseconds`, in the order of the time constants.
    private var decayed = [Double](repeating: 0, count: 3)
    /// Bit k: it was in the event `lastIndex − k`.
    private var recent: UInt8 = 0
    /// Number of the user's event in which it was seen last, from 1.
    private var lastIndex: UInt64 = 0

    package init() {}

    package var seenCount: UInt64 { calendar.total }

    /// - Parameter index: the event's number in the user's history, from 1.
    mutating func record(atMilliseconds: Int64, moment: CalendarMoment, index: UInt64) {
        let newest = max(atMilliseconds, lastSeenMilliseconds)
        for place in decayed.indices {
            let days = Self.timeConstantsDays[place]
            let kept =
                seenCount == 0
                ? 0 : decayed[place] * Self.decay(from: lastSeenMilliseconds, to: newest, over: days)
            decayed[place] = kept + Self.decay(from: atMilliseconds, to: newest, over: days)
        }
        lastSeenMilliseconds = newest
        calendar.record(moment)
        recent = recent(asOf: index) | 1
        lastIndex = index
    }

    /// Σ e^(−age/τ) at an instant; an instant before the last event counts as that event's.
    package func decayedCount(_ place: Int, atMilliseconds: Int64) -> Double {
        if seenCount == 0 { return 0 }
        return decayed[place]
            * Self.decay(from: lastSeenMilliseconds, to: atMilliseconds, over: Self.timeConstantsDays[place])
    }

    /// In how many of the user's last eight events it was.
    func countInLastEight(of eventCount: UInt64) -> Int { recent(asOf: eventCount).nonzeroBitCount }

    /// e^(−days/τ), at most 1.
    static func decay(from earlier: Int64, to later: Int64, over days: Double) -> Double {
        // As Double: the difference of two absurd times would overflow.
        exp(-max(0, Double(later) - Double(earlier)) / 86_400_000 / days)
    }

    /// A number below the last one comes from a history that was lost and began anew: nothing is recent in it.
    private func recent(asOf index: UInt64) -> UInt8 {
        index >= lastIndex && index - lastIndex < 8 ? recent << UInt8(index - lastIndex) : 0
    }
}

extension EntityCounters {
    static let version: UInt8 = 1

    package var encoded: [UInt8] {
        var writer = CounterWriter()
        writer.byte(Self.version)
        writer.integer(lastSeenMilliseconds)
        writer.count(lastIndex)
        writer.byte(recent)
        for value in decayed { writer.number(value) }
        calendar.write(to: &writer)
        return writer.bytes
    }

    /// - Throws: if these aren't bytes that `encoded` could have made.
    package init(encoded: [UInt8]) throws(CounterBytesError) {
        var reader = CounterReader(encoded)
        try reader.version(Self.version)
        lastSeenMilliseconds = try reader.integer()
        lastIndex = try reader.count()
        recent = try reader.byte()
        for place in decayed.indices { decayed[place] = Double(bitPattern: try reader.word()) }
        calendar = try CalendarCounts(from: &reader)
        try reader.end()
        let seen = Double(calendar.total)
        if calendar.total == 0 { throw CounterBytesError("counters of an entity that was never seen") }
        // A sum of n terms within 0–1; rounding may add a little.
        if !decayed.allSatisfy({ $0 >= 0 && $0 <= seen * (1 + 1e-9) }) {
            throw CounterBytesError("decayed counts outside 0–\(seen)")
        }
        if recent & 1 == 0 || lastIndex == 0 { throw CounterBytesError("it wasn't in its own last event") }
    }
}
