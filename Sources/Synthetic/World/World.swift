import Evaluation
import Features
import Glibc

/// One user with planted habits, who lives through turns. Turns come in order of time: `begin`, any number of lists,
/// `finish`; what a list is judged by is drawn from the same habits that the turns follow.
///
/// Columns come from the product's own counters (`ContextHistory`), with everything in memory.
package struct World {
    package let settings: WorldSettings
    package let seed: UInt64
    package let utcOffsetSeconds: Int
    /// Midnight of the first day, in the user's zone.
    package let startMilliseconds: Int64
    package let endMilliseconds: Int64
    package internal(set) var entities: [PlantedEntity] = []
    package internal(set) var memories: [PlantedMemory] = []
    /// What turns before the present one left behind.
    package internal(set) var history = ContextHistory()
    /// One per turn that has begun.
    package internal(set) var events: [PlantedEvent] = []
    /// The turn that has begun last.
    package internal(set) var now = Now()
    package internal(set) var regime: Regime?
    var random: SplitMix64
    var clock: SessionClock
    var nextTurn = 0
    /// Entities at the front that nothing draws of its own accord: a scene arranges them.
    var reserved = 0
    var seldom: [Int] = []
    /// Fillers are entities that come up as often as any.
    package var fillersAreCommon = false
    var bursts: [Burst] = []
    /// Weights of the draw, for one hour of one day.
    var odds = Odds()

    /// A turn as it stands when it begins.
    package struct Now: Sendable {
        package var atMilliseconds: Int64 = 0
        package var beginsSession = true
        /// Sessions that began, this one included.
        package var sessions = 0
        package var sessionBegan: Int64 = 0
        /// nil = this is the first session.
        package var daysSinceLastSession: Double?
        package var focal: [Int] = []
        /// Entities that it turns out to be about.
        var wanted: [Int] = []
        /// Of the turn before.
        var lastEntities: [Int] = []
        var lastReferenced: [Int] = []
        var lastRating: Double?
    }

    struct Burst {
        var entity: Int
        var until: Int64
        /// Turns about it since it began: two say nothing yet.
        var turns = 0
    }

    package init(_ settings: WorldSettings, seed: UInt64) {
        self.settings = settings
        self.seed = seed
        random = SplitMix64(seed: seed ^ 0x6d6e_656d_6500_0000)
        utcOffsetSeconds = (random.index(18) - 8) * 3_600
        // A Monday of 2024 or 2025, at the user's midnight.
        let monday = 1_704_067_200_000 + Int64(random.index(90)) * 7 * SessionClock.dayMilliseconds
        startMilliseconds = monday - Int64(utcOffsetSeconds) * 1000
        let range = settings.days
        let days = range.lowerBound + random.index(range.count)
        endMilliseconds = startMilliseconds + Int64(days) * SessionClock.dayMilliseconds
        clock = SessionClock(
            settings, start: startMilliseconds, days: days, utcOffsetSeconds: utcOffsetSeconds, &random)
        regime = settings.regimeTurns == nil ? nil : Regime.allCases[random.index(3)]
        plantEntities(days: Double(days))
        plantMemories()
    }

    /// Of the context counters.
    package func entityID(_ entity: Int) -> Int64 { Int64(entity) + 1 }
    /// Of an entity in events: no memory's id.
    package func eventID(entity: Int) -> UInt64 { mix(UInt64(entity) | 1 << 40) }
    package func rowID(_ memory: Int) -> UInt64 { mix(UInt64(memory)) }

    private func mix(_ number: UInt64) -> UInt64 {
        var random = SplitMix64(seed: seed &* 0x9E37_79B9_7F4A_7C15 ^ number)
        return random.next()
    }

    package func moment(_ milliseconds: Int64) -> CalendarMoment {
        CalendarMoment(milliseconds: milliseconds, utcOffsetSeconds: utcOffsetSeconds)
    }

    /// Local hour with its fraction.
    package func hour(_ milliseconds: Int64) -> Double {
        let local = milliseconds + Int64(utcOffsetSeconds) * 1000
        let day = SessionClock.dayMilliseconds
        return Double((local % day + day) % day) / 3_600_000
    }

    /// +1 an entity's habit is on at that time, −1 off, 0 it has none.
    package func habit(_ entity: Int, at milliseconds: Int64) -> Int {
        entities[entity].state(moment(milliseconds), hour: hour(milliseconds))
    }

    package func days(at milliseconds: Int64) -> Double {
        Double(milliseconds - startMilliseconds) / Double(SessionClock.dayMilliseconds)
    }
}

/// One turn's event as scorers with a memory read it: what is known when the turn begins.
package struct PlantedEvent: Sendable {
    package var facts: EventFacts
    package var focal: [UInt64]
    /// Memories that the turn before used.
    package var referenced: [UInt64]
}
