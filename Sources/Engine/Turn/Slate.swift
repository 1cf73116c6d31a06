import Foundation
import StateSpace

/// What selection needs to know of a scored candidate.
struct SlateCandidate: Sendable {
    var score: Float
    /// Larger = newer; breaks ties of the score, newer first, and orders inside a tier.
    var createdAtMilliseconds: Int64
    /// ⌈UTF-8 bytes / 4⌉ of the text that would be shown.
    var tokens: Int
    /// Pinned memories and constraints keep their place when the slate is sampled.
    var keepsPlace: Bool
    /// Already out, whatever its score: superseded or expired.
    var excluded: DropReason?
}

/// A candidate's fate in this turn. `index` points into the candidates given.
struct SlateEntry: Sendable, Equatable {
    var index: Int
    /// 1 = best, over all candidates, before tiers.
    var rank: Int
    /// 1-based place in the output; nil = not shown.
    var position: Int?
    var tier: Int?
    var dropped: DropReason?
    /// Probability of this pick at its slot, given the earlier picks.
    var propensity: Double
    var isDeterministic: Bool
}

/// Turns scores into the slate that is shown: exclusion, (sampled) order, budget, relevance tiers,
/// chronological order inside a tier.
///
/// Sampling is Plackett–Luce: keys score/temperature + Gumbel noise, sorted, are a draw without
/// replacement in which candidate i is next with probability exp(sᵢ/T) / Σ over those not yet picked.
struct Slate: Sendable {
    var limit: Int
    var tokenBudget: Int?
    var sampling: Sampling?

    /// Relevance tiers of a slate: ⌈3 · place / k⌉.
    static let tierCount = 3

    /// One entry per candidate, shown ones first in output order, then the rest by rank.
    func select(_ candidates: [SlateCandidate]) -> [SlateEntry] {
        let byScore = candidates.indices.sorted { Self.precedes(candidates[$0], $0, candidates[$1], $1) }
        let (order, propensities) = sampled(byScore, candidates)

        var shown: [SlateEntry] = []
        var rest: [SlateEntry] = []
        var spentTokens = 0
        for (place, index) in order.enumerated() {
            let candidate = candidates[index]
            let moves = sampling != nil && !candidate.keepsPlace
            var entry = SlateEntry(
                index: index, rank: place + 1, position: nil, tier: nil, dropped: candidate.excluded,
                propensity: moves ? propensities[place] : 1, isDeterministic: !moves)
            if entry.dropped == nil, shown.count >= limit {
                entry.dropped = .belowLimit
            }
            if entry.dropped == nil, let budget = tokenBudget, spentTokens + candidate.tokens > budget {
                // A shorter memory further down may still fit.
                entry.dropped = .overBudget
            }
            if entry.dropped == nil {
                spentTokens += candidate.tokens
                shown.append(entry)
            } else {
                rest.append(entry)
            }
        }
        return tiered(shown, candidates) + rest
    }

    /// Tier 1 holds the best third; inside a tier the older memory comes first, so that a reader meets
    /// events in the order in which they happened.
    private func tiered(_ slate: [SlateEntry], _ candidates: [SlateCandidate]) -> [SlateEntry] {
        var result = slate
        for place in result.indices {
            result[place].tier = (Self.tierCount * (place + 1) + result.count - 1) / result.count
        }
        result.sort { a, b in
            // Every shown entry was given a tier in the loop above.
            let (tierA, tierB) = (a.tier ?? 0, b.tier ?? 0)
            if tierA != tierB { return tierA < tierB }
            let (timeA, timeB) = (
                candidates[a.index].createdAtMilliseconds, candidates[b.index].createdAtMilliseconds
            )
            return timeA != timeB ? timeA < timeB : a.rank < b.rank
        }
        for place in result.indices { result[place].position = place + 1 }
        return result
    }

    private static func precedes(_ a: SlateCandidate, _ i: Int, _ b: SlateCandidate, _ j: Int) -> Bool {
        if a.score != b.score { return a.score > b.score }
        if a.createdAtMilliseconds != b.createdAtMilliseconds {
            return a.createdAtMilliseconds > b.createdAtMilliseconds
        }
        return i < j
    }

    /// The order to walk and, per place, the probability of that pick given the earlier ones. Candidates
    /// that keep their place hold it; the others are drawn into the places between.
    private func sampled(_ byScore: [Int], _ candidates: [SlateCandidate]) -> ([Int], [Double]) {
        guard let sampling, sampling.temperature > 0 else {
            return (byScore, Array(repeating: 1, count: byScore.count))
        }
        let moving = byScore.filter { !candidates[$0].keepsPlace && candidates[$0].excluded == nil }
        var generator = SplitMix64(seed: sampling.seed)
        let logits = moving.map { Double(candidates[$0].score) / sampling.temperature }
        let keys = logits.map { $0 + generator.nextGumbel() }
        let drawn = moving.indices.sorted { keys[$0] != keys[$1] ? keys[$0] > keys[$1] : $0 < $1 }

        // Σ over the not yet picked, from the back, so that each is one addition; shifted by the maximum.
        let shift = logits.max() ?? 0
        var remaining = Array(repeating: 0.0, count: drawn.count + 1)
        for place in drawn.indices.reversed() {
            remaining[place] = remaining[place + 1] + exp(logits[drawn[place]] - shift)
        }
        var order = byScore
        var propensities = Array(repeating: 1.0, count: byScore.count)
        var next = 0
        for place in byScore.indices
        where !candidates[byScore[place]].keepsPlace && candidates[byScore[place]].excluded == nil {
            order[place] = moving[drawn[next]]
            let weight = exp(logits[drawn[next]] - shift)
            propensities[place] = remaining[next] > 0 ? min(1, weight / remaining[next]) : 1
            next += 1
        }
        return (order, propensities)
    }
}
