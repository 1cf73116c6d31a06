/// A user's history as a whole: when they come, how often, and what the last event was about.
package struct UserRhythm: Sendable, Equatable {
    package private(set) var firstMilliseconds: Int64 = .max
    package private(set) var lastMilliseconds: Int64 = .min
    package private(set) var calendar = CalendarCounts()
    /// Events that had an entity.
    package private(set) var entityEventCount: UInt64 = 0
    /// Entities of the last event that had any, at most `ContextEvent.successionLimit`.
    package private(set) var lastEntities: [Int64] = []

    package init() {}

    package var eventCount: UInt64 { calendar.total }

    mutating func record(_ event: ContextEvent, moment: CalendarMoment) {
        let isLate = event.atMilliseconds < lastMilliseconds
        firstMilliseconds = min(firstMilliseconds, event.atMilliseconds)
        lastMilliseconds = max(lastMilliseconds, event.atMilliseconds)
        calendar.record(moment)
        if event.entities.isEmpty { return }
        entityEventCount += 1
        if isLate && !lastEntities.isEmpty { return }
        lastEntities = Array(event.entities.prefix(ContextEvent.successionLimit))
    }

    static let version: UInt8 = 1

    package var encoded: [UInt8] {
        var writer = CounterWriter()
        writer.byte(Self.version)
        writer.integer(firstMilliseconds)
        writer.integer(lastMilliseconds)
        writer.count(entityEventCount)
        writer.count(UInt64(lastEntities.count))
        for entity in lastEntities { writer.integer(entity) }
        calendar.write(to: &writer)
        return writer.bytes
    }

    /// - Throws: if these aren't bytes that `encoded` could have made.
    package init(encoded: [UInt8]) throws(CounterBytesError) {
        var reader = CounterReader(encoded)
        try reader.version(Self.version)
        firstMilliseconds = try reader.integer()
        lastMilliseconds = try reader.integer()
        entityEventCount = try reader.count()
        let count = try reader.count()
        guard count <= UInt64(ContextEvent.successionLimit) else {
            throw CounterBytesError("\(count) entities in the last event")
        }
        for _ in 0..<count { lastEntities.append(try reader.integer()) }
        calendar = try CalendarCounts(from: &reader)
        try reader.end()
        if entityEventCount > eventCount { throw CounterBytesError("more events with entities than events") }
        if eventCount == 0 || firstMilliseconds > lastMilliseconds {
            throw CounterBytesError("a rhythm without events")
        }
        if (entityEventCount == 0) != lastEntities.isEmpty {
            throw CounterBytesError("the last event's entities don't fit")
        }
        if Set(lastEntities).count != lastEntities.count {
            throw CounterBytesError("an entity twice in the last event")
        }
    }
}
