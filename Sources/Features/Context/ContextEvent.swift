/// One event of a user's history, as the counters see it.
package struct ContextEvent: Sendable, Equatable {
    package var atMilliseconds: Int64
    /// The user's zone at that time: weekday and hour are those of their calendar.
    package var utcOffsetSeconds: Int
    /// Each once, focal ones first; at most `entityLimit`.
    package let entities: [Int64]

    package init(atMilliseconds: Int64, utcOffsetSeconds: Int, entities: [Int64]) {
        self.atMilliseconds = atMilliseconds
        self.utcOffsetSeconds = utcOffsetSeconds
        var seen: Set<Int64> = []
        self.entities = Array(entities.filter { seen.insert($0).inserted }.prefix(Self.entityLimit))
    }

    /// Entities of one event that are counted: a commit over a thousand files says little about any of them.
    package static let entityLimit = 32
    /// Those that take part in «P, then Q»: pairs grow with the square.
    package static let successionLimit = 8
}
