import Features
import Storage

/// How wide the pool is (retrieval.md §4: FTS5 top 100 with ±2 neighbours, the best 200 to the scorers).
struct PoolWidth: Sendable {
    var text = 100
    var neighbours = 2
    var vectors = 100
    var recent = 20
    var toScorers = 200
}
