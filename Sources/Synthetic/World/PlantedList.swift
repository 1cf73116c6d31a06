import Features

/// Candidates of one turn, what is known of them, and the truth.
package struct PlantedList: Sendable {
    /// Index of the turn's event in `World.events`.
    package var event: Int
    package var candidates: [CandidateFacts]
    package var turn: TurnFacts
    /// Per row, as events name memories.
    package var ids: [UInt64]
    /// The oracle's logits: above 0 it is worth showing.
    package var clean: [Float]
    /// The same as it was observed: with the noise of the world, and turned round where a label was flipped.
    package var noisy: [Float]
    package var situation: Situation
    /// Sessions that the user had by then, this one included.
    package var sessions = 0

    package enum Situation: String, Sendable, CaseIterable {
        case ordinary, empty, habit, decay, focus, chain, burst, succession, combined, age, hour
    }

    /// Most rows of a list that anybody wants.
    package static let mostRelevant = 3

    /// Rows that were wanted: above 0, the best three.
    package var relevant: Set<Int> { Self.relevant(noisy) }
    package var trulyRelevant: Set<Int> { Self.relevant(clean) }

    private static func relevant(_ logits: [Float]) -> Set<Int> {
        let order = logits.indices.filter { logits[$0] > 0 }.sorted { (logits[$0], $1) > (logits[$1], $0) }
        return Set(order.prefix(mostRelevant))
    }
}
