/// What past events say of a candidate through its entities: over several, the strongest of each value.
package struct ContextFacts: Sendable, Equatable {
    package var isFocal = false
    /// Σ e^(−age/τ), τ of 6 hours, 2 days, 14 days.
    package var decayedCounts: SIMD4<Double> = .zero
    package var countInLastEight = 0
    package var seenCount: UInt64 = 0
    /// Days since it was seen last; nil = never.
    package var gapDays: Double?
    /// nil = it was never seen: nothing says for or against it.
    package var burstLift: Float?
    package var weekdayLift: Float?
    package var hourLift: Float?
    /// nil = never seen, or no event came before.
    package var succession: Succession?

    package init() {}

    /// How it follows what was there last.
    package struct Succession: Sendable, Equatable {
        package var lift: Float
        package var count: UInt64

        package init(lift: Float, count: UInt64) {
            self.lift = lift
            self.count = count
        }
    }

    mutating func takeStrongest(of other: ContextFacts) {
        isFocal = isFocal || other.isFocal
        decayedCounts = pointwiseMax(decayedCounts, other.decayedCounts)
        countInLastEight = max(countInLastEight, other.countInLastEight)
        seenCount = max(seenCount, other.seenCount)
        gapDays = Self.best(gapDays, other.gapDays, min)
        burstLift = Self.best(burstLift, other.burstLift, max)
        weekdayLift = Self.best(weekdayLift, other.weekdayLift, max)
        hourLift = Self.best(hourLift, other.hourLift, max)
        succession = Self.best(succession, other.succession) {
            Succession(lift: max($0.lift, $1.lift), count: max($0.count, $1.count))
        }
    }

    private static func best<Value>(_ a: Value?, _ b: Value?, _ better: (Value, Value) -> Value) -> Value? {
        guard let a, let b else { return a ?? b }
        return better(a, b)
    }
}

/// What a turn itself knows of its context.
package struct TurnContext: Sendable, Equatable {
    package var hasFocal = false
    /// Days since the user's last event; nil = there was none.
    package var gapDays: Double?

    package init() {}

    /// The usual limit of web analytics: half an hour without an event ends a session.
    package static let sessionGapDays = 0.5 / 24
    package var isInSession: Bool { gapDays.map { $0 <= Self.sessionGapDays } ?? false }
}
