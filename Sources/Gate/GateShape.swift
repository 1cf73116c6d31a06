/// Scorers and features that a gate knows, by name.
package struct GateShape: Sendable, Equatable {
    /// Ids of plugins.json, in the order of the weights.
    package var scorers: [String]

    package init(scorers: [String]) { self.scorers = scorers }
}
