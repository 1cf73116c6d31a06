import Features
import Foundation
import Storage

/// What past accesses say of a pool's memories (retrieval.md §5 and §6). Read only if a scorer asks for its columns.
struct UseHistory {
    private(set) var facts: [Int64: UseFacts] = [:]

    /// Accesses that are looked at: a pool of 300 with far more has no use for the oldest.
    static let accessLimit = 5000
    static let similarQueries = 15
    static let actorMemories = 4
    static let actorDecay: Float = 0.6

    init(
        store: Store, pool: [Int64], query: QueryAnalysis, actor: String?, nowMilliseconds: Int64,
        scope: Scope
    ) throws {
        let accesses = try store.accesses(
            of: pool, beforeMilliseconds: nowMilliseconds, limit: Self.accessLimit)
        if accesses.isEmpty { return }
        for access in accesses {
            let hours = Float(Double(nowMilliseconds - access.atMilliseconds) / 3_600_000)
            var use = facts[access.rowid] ?? UseFacts()
            use.decayed60Days += exp2(-hours / (24 * 60))
            use.decayed3Days += exp2(-hours / (24 * 3))
            if let actor, access.actor == actor {
                use.actorAgeHours = min(use.actorAgeHours ?? .infinity, hours)
            }
            facts[access.rowid] = use
        }
        addQuestions(accesses, query)
        if let actor {
            let recent = try store.lastAccessed(
                by: actor, beforeMilliseconds: nowMilliseconds, limit: Self.actorMemories, scope: scope)
            let together = try store.coAccesses(of: pool, with: recent, beforeMilliseconds: nowMilliseconds)
            addActor(recent, together, accesses, pool)
        }
    }

    private mutating func addQuestions(_ accesses: [PastAccess], _ query: QueryAnalysis) {
        let wanted = query.terms.map(\.stem)
        if wanted.isEmpty { return }
        let past = PastQuestions(accesses)
        for (rowid, score) in past.bm25(wanted) { facts[rowid, default: UseFacts()].pastQueryBM25 = score }
        for (rowid, score) in past.neighbours(wanted, count: Self.similarQueries) {
            facts[rowid, default: UseFacts()].pastQueryNeighbours = score
        }
    }

    /// 1 for the accessed memory itself, for another the share of its accesses that came with it.
    private mutating func addActor(
        _ recent: [Int64], _ together: [Int64: [Int64: Int]], _ accesses: [PastAccess], _ pool: [Int64]
    ) {
        let counts = Dictionary(accesses.map { ($0.rowid, 1) }, uniquingKeysWith: +)
        for rowid in pool {
            var weight: Float = 1
            var sum: Float = 0
            for other in recent {
                if other == rowid {
                    sum += weight
                } else if let times = together[rowid]?[other] {
                    sum += weight * Float(times) / Float(1 + (counts[other] ?? times))
                }
                weight *= Self.actorDecay
            }
            if sum > 0 { facts[rowid, default: UseFacts()].actorCoRecent = sum }
        }
    }
}

/// The distinct questions that led to memories, as stems.
private struct PastQuestions {
    private var stems: [[String: Int]] = []
    /// Memories that each question led to.
    private var led: [[Int64]] = []
    private var frequency: [String: Int] = [:]

    init(_ accesses: [PastAccess]) {
        var places: [String: Int] = [:]
        for access in accesses {
            if let place = places[access.query] {
                if !led[place].contains(access.rowid) { led[place].append(access.rowid) }
                continue
            }
            places[access.query] = stems.count
            let words = QueryAnalysis(question: access.query).terms.map(\.stem)
            stems.append(Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +))
            led.append([access.rowid])
            for stem in Set(words) { frequency[stem, default: 0] += 1 }
        }
    }

    /// Per memory: all its questions are one document.
    func bm25(_ wanted: [String]) -> [Int64: Float] {
        var documents: [Int64: [String: Int]] = [:]
        for (question, memories) in zip(stems, led) {
            for memory in memories { documents[memory, default: [:]].merge(question, uniquingKeysWith: +) }
        }
        let lengths = documents.mapValues { $0.values.reduce(0, +) }
        let average = Float(lengths.values.reduce(0, +)) / Float(max(1, documents.count))
        var scores: [Int64: Float] = [:]
        for stem in wanted {
            let holders = documents.filter { $0.value[stem] != nil }
            let formula = BM25(
                documents: documents.count, documentFrequency: holders.count, averageLength: average)
            for (memory, document) in holders {
                scores[memory, default: 0] += formula.score(
                    termFrequency: Float(document[stem] ?? 0), length: Float(lengths[memory] ?? 0))
            }
        }
        return scores
    }

    /// Σ cos²/√(memories it led to) over the most similar questions; words weigh idf, squared in the product.
    func neighbours(_ wanted: [String], count: Int) -> [Int64: Float] {
        func idf(_ stem: String) -> Float { log(1 + Float(stems.count) / Float(1 + (frequency[stem] ?? 0))) }
        func norm(_ words: some Sequence<String>) -> Float {
            words.reduce(0) { $0 + idf($1) * idf($1) }.squareRoot()
        }
        let own = norm(wanted)
        guard own > 0 else { return [:] }
        let set = Set(wanted)
        let similar = stems.indices.compactMap { place -> (place: Int, cosine: Float)? in
            let shared = stems[place].keys.filter(set.contains).reduce(Float(0)) { $0 + idf($1) * idf($1) }
            let other = norm(stems[place].keys)
            return shared > 0 && other > 0 ? (place, shared / (own * other)) : nil
        }.sorted { ($0.cosine, $1.place) > ($1.cosine, $0.place) }.prefix(count)
        var scores: [Int64: Float] = [:]
        for (place, cosine) in similar {
            for memory in led[place] {
                scores[memory, default: 0] += cosine * cosine / Float(led[place].count).squareRoot()
            }
        }
        return scores
    }
}
