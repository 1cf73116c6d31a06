/// What worlds of paths are like; every world draws its own numbers from these ranges.
package struct PathWorldSettings: Sendable, Equatable {
    package var entities = 50...200
    /// Edges that leave an entity, on average.
    package var degree = 3.0...6.0
    package var communities = 3...8
    /// Share of the edges that lead into another community.
    package var crossing = 0.15...0.35
    /// An edge's strength is u^power: the larger, the more weak edges.
    package var strengthPower = 0.5...1.5
    package var confidence = 0.3...1.0
    /// Share of entities that are constraints: the flag that says which hop's value counts.
    package var flagged = 0.15...0.3
    package var hops = 1...6
    package var candidates = 12...20
    package var paths = 1...4
    /// Uses that the success of a kind of path was counted over.
    package var history = 10...200
    /// Shares of lists: nothing relevant; relations withheld (`path.relation` 0 everywhere, as an unknown graph's).
    package var empty = 0.1
    package var withheld = 0.2
    /// Share of candidates made to be mistaken for the best, and of those that no path leads to.
    package var hardNegatives = 0.4
    package var pathless = 0.04
    /// Of the labels; nil = clean. Decibels of utility's spread within a list over that of the noise.
    package var signalToNoise: Double? = 20
    package var noises = Noise.Kind.allCases

    package init() {}

    /// Worlds that no model is trained on: larger lists, another mix of edges, longer paths, rarer flags.
    package static var other: PathWorldSettings {
        var settings = PathWorldSettings()
        settings.entities = 80...200
        settings.degree = 4...8
        settings.communities = 5...12
        settings.crossing = 0.25...0.5
        settings.strengthPower = 0.3...1.0
        settings.confidence = 0.2...0.9
        settings.flagged = 0.1...0.2
        settings.hops = 2...6
        settings.candidates = 14...20
        settings.history = 5...100
        return settings
    }
}

/// Numbers of hop kinds and what they mean in every planted world. Fixed: no column says them, so a model must learn them.
package enum PlantedRelation {
    /// Good in this order, bad in the other.
    static let first: Int32 = 1, second: Int32 = 2
    /// Good where one directly follows the other.
    static let opening: Int32 = 3, closing: Int32 = 4
    /// Kinds that mean nothing by themselves; a question asks for one of them.
    static let neutral = 5...12
    /// Relations in all; 0 = unknown.
    package static let count = 12
}
