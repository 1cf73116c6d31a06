/// Entity P was in one event, entity Q in the next that had any.
package struct EntityTransition: Hashable, Sendable {
    package let first: Int64
    package let next: Int64

    package init(first: Int64, next: Int64) {
        self.first = first
        self.next = next
    }
}

/// The counters of one user's events: all of them in a planted world, those that a turn needs in the product.
package struct ContextHistory: Sendable, Equatable {
    package var rhythm = UserRhythm()
    package var entities: [Int64: EntityCounters] = [:]
    /// How often one followed the other.
    package var transitions: [EntityTransition: UInt64] = [:]

    package init() {}

    /// Counts one event, which the user's later turns may look back on. O(entities), pairs of at most
    /// `ContextEvent.successionLimit` each. An event that comes late counts, but follows nothing.
    package mutating func record(_ event: ContextEvent) {
        let moment = CalendarMoment(
            milliseconds: event.atMilliseconds, utcOffsetSeconds: event.utcOffsetSeconds)
        let before = event.atMilliseconds < rhythm.lastMilliseconds ? [] : rhythm.lastEntities
        rhythm.record(event, moment: moment)
        for entity in event.entities {
            entities[entity, default: EntityCounters()].record(
                atMilliseconds: event.atMilliseconds, moment: moment, index: rhythm.eventCount)
        }
        for first in before {
            for next in event.entities.prefix(ContextEvent.successionLimit) {
                transitions[EntityTransition(first: first, next: next), default: 0] += 1
            }
        }
    }
}
