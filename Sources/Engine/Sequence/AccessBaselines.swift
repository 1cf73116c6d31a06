import Foundation

/// What simple rankers make of the same turns (BASELINES.md B1, without words).
enum AccessBaseline: String, CaseIterable {
    case recency
    case frequency
    case decayed = "decayed frequency"
    case actorRecency = "author recency"
    case coChange = "co-change Markov"
    case fused = "rrf60(decayed, author recency, co-change)"
}

/// Counters that the rankers need and scorers don't.
struct AccessBaselines {
    private var decayed: [Int: (sum: Double, atMilliseconds: Int64)] = [:]
    private var actorLast: [Int: [Int: Int64]] = [:]
    private var actorCommit: [Int: [Int]] = [:]
    private var together: [Int: [Int: Double]] = [:]
    private var counts: [Int: Double] = [:]

    /// One score per candidate, higher = better.
    func scores(_ ranker: AccessBaseline, _ candidates: [Int], _ event: AccessStream.Event, _ walk: AccessWalk) -> [Double] {
        switch ranker {
        case .recency: candidates.map { Double(walk.items[$0]?.lastAccessMilliseconds ?? 0) }
        case .frequency: candidates.map { Double(walk.items[$0]?.accessCount ?? 0) }
        case .decayed: candidates.map { decayedCount($0, event.atMilliseconds) }
        case .actorRecency:
            candidates.map { item in
                // Never touched by them: behind, in order of recency.
                actorLast[event.actor]?[item].map(Double.init) ?? Double(walk.items[item]?.lastAccessMilliseconds ?? 0) - 1e13
            }
        case .coChange:
            candidates.map { item in
                let last = actorCommit[event.actor] ?? []
                return last.reduce(0) { sum, other in
                    other == item ? sum + 1 : sum + (together[other]?[item] ?? 0) / (counts[other] ?? 1)
                }
            }
        case .fused:
            fuse([.decayed, .actorRecency, .coChange].map { scores($0, candidates, event, walk) }, candidates, walk)
        }
    }

    /// Σ 1/(60 + rank); equal scores newer first.
    private func fuse(_ lists: [[Double]], _ candidates: [Int], _ walk: AccessWalk) -> [Double] {
        var sums = [Double](repeating: 0, count: candidates.count)
        for list in lists {
            let order = Self.order(list, candidates, walk)
            for (rank, row) in order.enumerated() { sums[row] += 1 / Double(61 + rank) }
        }
        return sums
    }

    /// Rows by score, equal ones newer first; of one commit's files the lower number.
    static func order(_ scores: [Double], _ candidates: [Int], _ walk: AccessWalk) -> [Int] {
        scores.indices.sorted { a, b in
            if scores[a] != scores[b] { return scores[a] > scores[b] }
            let (first, second) = (walk.items[candidates[a]], walk.items[candidates[b]])
            return (first?.lastAccessMilliseconds ?? 0, b) > (second?.lastAccessMilliseconds ?? 0, a)
        }
    }

    private func decayedCount(_ item: Int, _ now: Int64) -> Double {
        guard let known = decayed[item] else { return 0 }
        return known.sum * pow(0.95, Double(max(0, now - known.atMilliseconds)) / 86_400_000)
    }

    mutating func record(_ event: AccessStream.Event) {
        // A renamed file goes on with its history.
        for case .renamed(let number, let old) in event.changes { decayed[number] = decayed[old] }
        let touched = event.changes.map { change in
            switch change {
            case .touched(let number), .deleted(let number), .renamed(let number, _): number
            }
        }
        for item in touched {
            decayed[item] = (decayedCount(item, event.atMilliseconds) + 1, event.atMilliseconds)
            actorLast[event.actor, default: [:]][item] = event.atMilliseconds
            counts[item, default: 0] += 1
        }
        guard !event.isBulk else { return }
        actorCommit[event.actor] = touched
        for one in touched { for other in touched where other != one { together[one, default: [:]][other, default: 0] += 1 } }
    }
}
