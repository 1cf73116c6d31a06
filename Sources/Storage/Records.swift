/// Whose memories: nothing is ever read, counted or ranked across two scopes.
package struct Scope: Hashable, Sendable, Codable {
    package var user: String
    package var agent: String

    package init(user: String = "default", agent: String = "default") {
        self.user = user
        self.agent = agent
    }
}

/// One vector of one embedding model. Several models may stand side by side on one memory.
package struct StoredEmbedding: Sendable, Equatable {
    /// The model's name, for example `bge-m3`; vectors of two models are never compared.
    package var model: String
    /// Finite components; stored as float16 or float32.
    package var vector: [Float]
    package var isHalfPrecision: Bool

    package init(model: String, vector: [Float], isHalfPrecision: Bool = false) {
        self.model = model
        self.vector = vector
        self.isHalfPrecision = isHalfPrecision
    }
}

/// What is known of a text without its neighbours; computed once, when the memory is written
/// (`Features.TextTraits`), so that a search never has to read texts again.
package struct StoredTextTraits: Sendable, Equatable {
    /// unicode61 tokens of text and caption.
    package var tokenCount: Int
    /// The text contains "?".
    package var asksQuestion: Bool
    /// The text names a time ("yesterday", "June", "2023").
    package var namesTime: Bool
    /// Share of tokens that are first-person pronouns, 0–1.
    package var firstPersonShare: Float

    package init(tokenCount: Int, asksQuestion: Bool, namesTime: Bool, firstPersonShare: Float) {
        self.tokenCount = tokenCount
        self.asksQuestion = asksQuestion
        self.namesTime = namesTime
        self.firstPersonShare = firstPersonShare
    }
}

/// A named thing a memory is about, and the aspect of it that the memory speaks of.
package struct EntityMention: Sendable, Equatable, Codable {
    package var name: String
    /// person, project, file, directory, tool, concept, …
    package var kind: String
    package var aspect: String?

    package init(name: String, kind: String, aspect: String? = nil) {
        self.name = name
        self.kind = kind
        self.aspect = aspect
    }
}

/// A memory as it comes in: from the CLI, the wire or an import. Times are Unix milliseconds, UTC.
package struct NewMemory: Sendable {
    /// The caller's stable id; nil = derived from the content hash. Unique in its scope.
    package var id: String?
    package var text: String
    /// Text that belongs to the memory without being said in it (a photo's caption).
    package var caption: String?
    /// Who said or wrote it; never part of the searched text of F1.
    package var author: String?
    /// fact, preference, decision, rule, issue, commit, note, turn, …
    package var type: String = "fact"
    /// 0–1; nil = unknown (scored as 0.5).
    package var importance: Double?
    package var isPinned = false
    package var isConstraint = false
    package var createdAtMilliseconds: Int64
    /// The source gave no time and the importer put one in: the time then stays out of the content
    /// hash, so that importing the same source tomorrow still adds nothing.
    package var isCreationTimeAssumed = false
    package var validFromMilliseconds: Int64?
    package var validUntilMilliseconds: Int64?
    /// The conversation or session it was said in, and its place there (0 = first turn).
    package var session: String?
    package var ordinal: Int?
    /// Id of the memory that this one replaces.
    package var supersedes: String?
    package var entities: [EntityMention] = []
    package var embeddings: [StoredEmbedding] = []
    /// Where it came from: `git:<path>`, `markdown:<file>`, `locomo`, `cli`, `rpc`.
    package var source: String = "cli"
    /// Free JSON object, kept as written.
    package var metadata: String?

    package init(text: String, createdAtMilliseconds: Int64) {
        self.text = text
        self.createdAtMilliseconds = createdAtMilliseconds
    }
}

/// Something that happened to memories or entities at one moment: a commit touching files, a turn
/// that used three memories. The sequence models read these.
package struct NewEvent: Sendable {
    package var atMilliseconds: Int64
    package var utcOffsetMinutes: Int
    package var actor: String?
    /// `commit`, `turn`, `access`, …
    package var kind: String
    package var query: String?
    package var entities: [EntityMention] = []
    /// Ids of memories touched.
    package var memories: [String] = []
    /// Stable key that makes a repeated import do nothing.
    package var key: String

    package init(key: String, kind: String, atMilliseconds: Int64, utcOffsetMinutes: Int = 0) {
        self.key = key
        self.kind = kind
        self.atMilliseconds = atMilliseconds
        self.utcOffsetMinutes = utcOffsetMinutes
    }
}
