/// A memory as it is read back, whole.
package struct MemoryRecord: Sendable, Equatable, Codable {
    package var rowid: Int64
    package var id: String
    package var text: String
    package var caption: String?
    package var author: String?
    package var type: String
    package var importance: Double?
    package var isPinned: Bool
    package var isConstraint: Bool
    package var createdAtMilliseconds: Int64
    package var updatedAtMilliseconds: Int64
    package var lastAccessMilliseconds: Int64?
    package var accessCount: Int
    package var validFromMilliseconds: Int64?
    package var validUntilMilliseconds: Int64?
    package var session: String?
    package var ordinal: Int?
    /// Id of the memory that replaced this one.
    package var supersededBy: String?
    /// Ids of the memories this one replaced.
    package var supersedes: [String]
    package var forgottenAtMilliseconds: Int64?
    package var entities: [EntityMention]
    package var source: String
    /// Free JSON object, as it was written.
    package var metadata: String?
    /// Models that have a vector of it.
    package var embeddingModels: [String]
}

/// What `list` and `export` keep; every condition that is set must hold.
package struct MemoryFilter: Sendable, Equatable {
    package var type: String?
    package var author: String?
    package var session: String?
    package var source: String?
    package var entity: String?
    package var isPinned: Bool?
    package var isConstraint: Bool?
    /// Created at or after, and before.
    package var sinceMilliseconds: Int64?
    package var beforeMilliseconds: Int64?
    package var includesSuperseded = true
    package var includesForgotten = false

    package init() {}
}
