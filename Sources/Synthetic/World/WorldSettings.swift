/// How a planted world is drawn. Every choice within these ranges is drawn anew per world, so that no model can carry
/// one world's habits into the next: they must be read from the history.
///
/// Source: seeds 000 («Data Generation Architecture») and 002 §7.1; strengths after learning.md.
package struct WorldSettings: Sendable, Equatable {
    package var entities: ClosedRange<Int> = 50...120
    /// Days of history that a world has in all; eight weeks are what a weekly habit needs.
    package var days: ClosedRange<Int> = 56...84
    package var sessionsPerDay: (mean: Double, deviation: Double) = (5, 2)
    /// When sessions begin: a mixture of normals over the local hour.
    package var sessionHours: [(mean: Double, deviation: Double, weight: Double)] = [(9, 2, 1), (14, 2, 1), (21, 1.5, 1)]
    /// Sunday first; relative to the busiest day.
    package var dayActivity: [Double] = [0.3, 1, 1, 1, 1, 0.9, 0.5]
    package var turnsPerSession: ClosedRange<Int> = 5...50
    /// Mean number of turns above the least.
    package var extraTurns = 6.0
    /// Shares of entities with a weekly habit, a daily one, both; the rest have none.
    package var habits: (weekly: Double, daily: Double, both: Double) = (0.2, 0.15, 0.1)
    /// How much likelier a habitual entity is when it is on, and when it is off.
    package var habitFactors: (on: Double, off: Double) = (6, 0.15)
    /// Exponent of the popularity of entities (Zipf).
    package var popularityExponent: ClosedRange<Double> = 0.6...1.0
    /// Share of entities that another one follows, and how often it does.
    package var successorShare = 0.4
    package var followRate = 0.6
    /// Probability that a turn stays with the entity of the turn before.
    package var stickiness = 0.3
    /// Bursts per day over all entities, hours that one lasts, and share of turns that it takes meanwhile.
    package var bursts: (perDay: Double, hours: Double, share: Double) = (0.35, 6, 0.55)
    /// Share of entities that fall silent for good, and share that appear late.
    package var dormantShare = 0.15
    package var lateShare = 0.15
    /// Share of entities that come up a few times in all, and share of turns that are about one of them: without them
    /// whatever was seen lately would have been seen often too.
    package var seldomShare = 0.25
    package var novelty = 0.03
    package var memoriesPerEntity: ClosedRange<Int> = 2...7
    package var chainShare = 0.3
    /// Rows per list.
    package var candidates = 20
    package var visibleFocalShare = 0.55
    package var queryShare = 0.4
    /// Lists from which everything relevant was taken away.
    package var emptyShare = 0.12
    /// Share of a list's rows that nearly fit: neighbours, stale ones, look-alikes, old versions.
    package var hardNegatives = 0.5
    package var utility = UtilityWeights()
    /// Turns that a regime lasts on average; nil = there is one regime for ever.
    package var regimeTurns: Double? = 40
    package var noise = Noise()

    package init() {}

    /// What models are chosen on: more entities, other hours, rates and strengths than any training world has.
    package static var other: WorldSettings {
        var settings = WorldSettings()
        settings.entities = 100...200
        settings.sessionsPerDay = (4, 1.5)
        settings.sessionHours = [(7.5, 1.5, 1), (12, 1.5, 0.7), (18, 2.5, 1.2)]
        settings.dayActivity = [0.6, 1, 0.8, 1, 0.9, 0.7, 0.7]
        settings.habits = (0.25, 0.1, 0.12)
        settings.habitFactors = (5, 0.2)
        settings.popularityExponent = 0.7...1.1
        settings.followRate = 0.5
        settings.stickiness = 0.4
        settings.bursts = (0.5, 8, 0.45)
        settings.utility.scale(focal: 0.85, need: 1.15, memory: 1.1)
        return settings
    }

    package static func == (a: WorldSettings, b: WorldSettings) -> Bool { "\(a)" == "\(b)" }
}
