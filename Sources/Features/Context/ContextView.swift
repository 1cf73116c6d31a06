import Glibc

/// A history as one turn sees it. The history must end before the turn.
package struct ContextView {
    private let history: ContextHistory
    private let focal: Set<Int64>
    private let nowMilliseconds: Int64
    private let moment: CalendarMoment
    /// Share of a 14-day count that the last 6 hours would hold if its events came evenly.
    private let evenShare: Double
    /// Entities come back candidate after candidate.
    private var known: [Int64: ContextFacts] = [:]

    package init(_ history: ContextHistory, focal: Set<Int64>, nowMilliseconds: Int64, utcOffsetSeconds: Int)
    {
        self.history = history
        self.focal = focal
        self.nowMilliseconds = nowMilliseconds
        moment = CalendarMoment(milliseconds: nowMilliseconds, utcOffsetSeconds: utcOffsetSeconds)
        let age = Self.days(from: history.rhythm.firstMilliseconds, to: nowMilliseconds)
        evenShare = Self.evenShare(historyDays: age)
    }

    package var turn: TurnContext {
        var turn = TurnContext()
        turn.hasFocal = !focal.isEmpty
        if history.rhythm.eventCount > 0 {
            turn.gapDays = Self.days(from: history.rhythm.lastMilliseconds, to: nowMilliseconds)
        }
        return turn
    }

    /// nil = the candidate has no entity.
    package mutating func facts(of entities: some Sequence<Int64>) -> ContextFacts? {
        var result: ContextFacts?
        for entity in entities {
            let facts = known[entity] ?? self.facts(of: entity)
            known[entity] = facts
            if result == nil { result = facts } else { result?.takeStrongest(of: facts) }
        }
        return result
    }

    private func facts(of entity: Int64) -> ContextFacts {
        var facts = ContextFacts()
        facts.isFocal = focal.contains(entity)
        guard let counters = history.entities[entity] else { return facts }
        let user = history.rhythm.calendar
        for place in 0..<3 {
            facts.decayedCounts[place] = counters.decayedCount(place, atMilliseconds: nowMilliseconds)
        }
        facts.countInLastEight = counters.countInLastEight(of: history.rhythm.eventCount)
        facts.seenCount = counters.seenCount
        facts.gapDays = Self.days(from: counters.lastSeenMilliseconds, to: nowMilliseconds)
        facts.burstLift = burstLift(short: facts.decayedCounts[0], long: facts.decayedCounts[2])
        facts.weekdayLift = counters.calendar.weekdayLift(at: moment, against: user)
        facts.hourLift = counters.calendar.hourLift(at: moment, against: user)
        facts.succession = succession(to: entity, seen: counters.seenCount)
        return facts
    }

    /// ln((c₆ₕ + ½) ÷ (expected + ½)), nats; ½ is the pseudo-count of a Poisson rate (Jeffreys).
    private func burstLift(short: Double, long: Double) -> Float {
        let lift = Float(log((short + 0.5) / (long * evenShare + 0.5)))
        return min(max(lift, -Lift.bound), Lift.bound)
    }

    private func succession(to entity: Int64, seen: UInt64) -> ContextFacts.Succession? {
        let share = Double(seen) / Double(max(seen, history.rhythm.entityEventCount))
        var best: ContextFacts.Succession?
        for first in history.rhythm.lastEntities {
            let count = history.transitions[EntityTransition(first: first, next: entity)] ?? 0
            // Its last event, the user's last, has no successor yet.
            let followed = (history.entities[first]?.seenCount ?? 1) - 1
            let lift = Lift.value(hits: Double(count), of: Double(max(followed, count)), expected: share)
            best = .init(lift: max(lift, best?.lift ?? lift), count: max(count, best?.count ?? 0))
        }
        return best
    }

    /// ∫₀ᵀ e^(−t/τ) dt = τ(1 − e^(−T/τ)): how much of an even history of T days a decayed count holds.
    private static func evenShare(historyDays: Double) -> Double {
        let windows = EntityCounters.timeConstantsDays.map { -$0 * expm1(-historyDays / $0) }
        return windows[2] > 0 ? windows[0] / windows[2] : 1
    }

    /// At least 0; clocks may go backwards.
    private static func days(from earlier: Int64, to later: Int64) -> Double {
        max(0, Double(later) - Double(earlier)) / 86_400_000
    }
}
