import Host

/// Where rows become scores. The turn doesn't know libraries: `HostStage` fills this in.
protocol ScoringStage: Sendable {
    /// Scores rows that stand in fused order, likeliest first. Never throws: what failed is in `degraded`.
    func score(_ rows: StageRows) -> StageScores
    /// Columns that any scorer in service asks for: dear ones are computed only then.
    var wantedColumns: Set<String> { get }
}

/// Rows by named columns, computed only when a scorer asks for them.
struct StageRows {
    var count: Int
    /// 64-bit keyed ids, one per row.
    var ids: [UInt64]
    /// Fills rows × names, row-major, and says per column whether it is present in this request.
    var columns: (_ names: [String]) throws -> (values: [Float], present: [UInt8])
    /// One text per row; asked only if a scorer was granted them.
    var texts: () -> [String]
    /// One vector per row of the query's model, nil where there is none; asked only if a scorer was granted them.
    var embeddings: () -> [[Float]?] = { [] }
    /// How the rows were reached; asked only if a scorer was granted paths. nil = nobody knows of any.
    var paths: () -> PathBlock? = { nil }
    var query: String
    var queryEmbedding: [Float]?
    var nowMilliseconds: Int64
    var utcOffsetSeconds: Int
    var request: UInt64
    var deadlineMilliseconds: Double?
    /// The user's history through this turn's event; nil = the turn leaves no trace.
    var session: (key: UInt64, sequence: UInt64)?
    /// A history of the request's own, where there is no session.
    var events: GivenEvents?
    var wantsParts: Bool
    /// Scorers to use instead of the configuration's, in order.
    var scorers: [String]?
}

struct StageScores {
    /// One per row, finite.
    var scores: [Float]
    /// rows × partNames, row-major; empty unless asked for and offered.
    var partNames: [String]
    var parts: [Float]
    /// `id version` of who scored.
    var scorers: [String]
    var degraded: [String]
    /// P(something relevant is among the rows); nil = nobody can say.
    var confidence: Float?
    /// Ids of the scorers that a gate weighed, and rows × weighed of what they themselves said, NaN where nothing.
    var weighed: [String] = []
    var values: [Float] = []
    /// Per scorer that read paths, one value per path of the rows; nil = not said.
    var paths: [(scorer: String, values: [Float?])] = []
}
