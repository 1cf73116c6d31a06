import Evaluation
import Features
import Glibc

/// An entity with the habits that its world planted on it.
package struct PlantedEntity: Sendable {
    package enum Habit: Sendable, Equatable { case none, weekly, daily, both }

    package var habit = Habit.none
    /// Bit d: weekday d (Sunday = 0) is on.
    package var days: UInt8 = 0x7F
    /// Local hours around which it is on, within `halfWidth`.
    package var hour = 12.0
    package static let halfWidth = 1.5
    /// Weight of being chosen, before habits.
    package var popularity = 1.0
    /// Comes up a few times in all; it has no habit.
    package var isSeldom = false
    /// Slow drift: e^(amplitude·sin(2π(t/period) + phase)).
    package var season: (amplitude: Double, periodDays: Double, phase: Double) = (0, 90, 0)
    /// Days of the world during which it is drawn at all.
    package var alive: (from: Double, until: Double) = (-.infinity, .infinity)
    /// Number of the entity that tends to come next.
    package var successor: Int?
    package var neighbours: [Int] = []
    package var community = 0
    /// Numbers of its memories.
    package var memories: [Int] = []

    package init() {}

    /// +1 on, −1 off, 0 without a habit.
    package func state(_ moment: CalendarMoment, hour local: Double) -> Int {
        switch habit {
        case .none: return 0
        case .weekly: return isDay(moment) ? 1 : -1
        case .daily: return isHour(local) ? 1 : -1
        case .both: return isDay(moment) && isHour(local) ? 1 : -1
        }
    }

    private func isDay(_ moment: CalendarMoment) -> Bool { days >> UInt8(moment.weekday) & 1 != 0 }

    private func isHour(_ local: Double) -> Bool {
        let apart = abs(local - hour)
        return min(apart, 24 - apart) <= Self.halfWidth
    }
}

/// A memory of one entity.
package struct PlantedMemory: Sendable {
    package var entity: Int
    package var createdAtMilliseconds: Int64
    package var importance: Double
    package var accessCount: Int
    package var lastAccessMilliseconds: Int64?
    package var isConstraint = false
    package var isEmbedded = true
    package var aspect = 0
    /// The memory that replaced it, once that is there.
    package var successor: Int?

    package init(entity: Int, createdAtMilliseconds: Int64, importance: Double, accessCount: Int) {
        self.entity = entity
        self.createdAtMilliseconds = createdAtMilliseconds
        self.importance = importance
        self.accessCount = accessCount
    }
}
