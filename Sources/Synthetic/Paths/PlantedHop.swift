/// One step of a planted path: the edge and the entity it leads to.
package struct PlantedHop: Sendable, Equatable {
    package var relation: Int32
    /// Of the edge, 0–1.
    package var strength: Float
    package var confidence: Float
    /// The entity's stored importance: the value that counts where the entity is flagged.
    package var value: Float
    package var isFlagged = false
    package var isSuperseded = false
    /// Into another community.
    package var crosses = false
    /// Least number of edges between the focal entity and this one.
    package var distance: Int
    package var aspectWeight: Float
    package var logAge: Float
    package var logUses: Float
    package var logNeighbours: Float
}

/// From the focal entity to a candidate, one hop at least.
package struct PlantedPath: Sendable, Equatable {
    package var hops: [PlantedHop]
    /// How often paths of this kind led to something useful, in truth and as the history of uses says.
    package var success: Float
    package var feedback: Float
}

/// A question with candidates. Clean utility and what is seen of it stand side by side.
package struct PlantedPathList: Sendable {
    /// The relation that the question asks for; 0 where relations are withheld.
    package var query: Int32
    /// Paths of each candidate; none = nothing leads there.
    package var candidates: [[PlantedPath]]
    package var utilities: [Double]
    package var noisy: [Double]
    /// The best candidate by each; nil = nothing is relevant, the null candidate is right.
    package var relevant: Int?
    package var noisyRelevant: Int?
    /// What a human would call the relations is not told.
    package var isWithheld = false
}
