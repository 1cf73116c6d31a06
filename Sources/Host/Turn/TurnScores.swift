/// A turn's scores: one per row, higher is better, whoever gave it.
package struct TurnScores: Sendable {
    package var scores: [Float]
    /// Per row, index into `answeredBy` of who placed it: 0, except for rows that the ranking scorer left out.
    package var origins: [UInt8]
    /// Who ranked, then who filled in: "id version".
    package var answeredBy: [String]
    /// Increments that add up to a row's score; empty unless asked for.
    package var parts: [[NamedPart]]
    /// P(something relevant is among the rows), 0 to 1; nil = no gate ranked.
    package var confidence: Float?
    /// Ids of the scorers that a gate weighed; empty = no gate ranked.
    package var combined: [String] = []
    /// What every scorer said, in the order they were asked.
    package var outcomes: [ScoringOutcome]
    /// Empty = everything answered as configured; else one sentence per reason.
    package var degraded: [String]
    /// Hash of the plugins.json that decided; empty = there was none.
    package var configurationHash: String
    package var elapsedNanoseconds: Int64

    package struct NamedPart: Sendable, Equatable {
        package var name: String
        package var value: Float

        package init(name: String, value: Float) {
            self.name = name
            self.value = value
        }
    }
}
