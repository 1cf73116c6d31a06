import Synthetic

/// How worlds of interactions and worlds of paths are put together, so that no scorer alone sees all that counts.
///
///     logit = interaction logit + weight · (path utility − mean) / spread
struct JointSettings: Sendable {
    var interactions = WorldSettings()
    var paths = PathWorldSettings()
    /// Logits that one standard deviation of path utility is worth; every world draws its own.
    var weight = 2.0...3.0
    /// Share of lists to whose candidates nobody knows a path: there the interactions decide alone.
    var withoutPaths = 0.25

    /// Of path utility over 28,000 candidates of 40 worlds with training's settings. The same for all settings: the
    /// scale is part of the law, not of the sample.
    static let pathMean = 1.1
    static let pathSpread = 1.8

    init() {
        // Confidence is learned from lists with nothing; an eighth of them would be few.
        interactions.emptyShare = 0.2
        paths.pathless = 0.1
    }

    /// Worlds that no model and no gate is trained on.
    static var other: JointSettings {
        var settings = JointSettings()
        settings.interactions = .other
        settings.interactions.emptyShare = 0.2
        settings.paths = .other
        settings.paths.pathless = 0.1
        settings.weight = 2.2...3.2
        return settings
    }
}
