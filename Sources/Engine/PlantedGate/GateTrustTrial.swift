import Evaluation
import Gate

/// What feedback does to a scorer that starts to lie: every score it gives is turned round.
package struct TrustFigures: Sendable {
    package var scorer: String
    /// Its mean weight over rows before it lies.
    package var weightBefore: Double
    /// Turns with feedback until its weight is below a tenth of what the gate would give it: half of the simulated users had
    /// it after `median`, the slowest after `slowest`; nil = not within the turns that were tried.
    package var median, slowest: Int?
    package var users: Int
    /// The least share of its weight that an honest scorer kept meanwhile, mean over users.
    package var leastHonest: Double

    /// Turns that are tried.
    package static let lyingTurns = 150

    package init(scorer: String, weightBefore: Double, median: Int?, slowest: Int?, users: Int, leastHonest: Double) {
        self.scorer = scorer
        self.weightBefore = weightBefore
        self.median = median
        self.slowest = slowest
        self.users = users
        self.leastHonest = leastHonest
    }
}

/// Held-out lists in a drawn order as one user's turns: the ten best are shown, and of those the wanted ones are used.
struct GateTrustTrial {
    private let weights: GateWeights
    private let lists: [GateBoard.Entry]
    private let users: Int
    private let seed: UInt64

    private static let honestTurns = 60
    private static let shown = 10
    /// Of what the gate would give it.
    private static let lost = 0.1

    init(_ weights: GateWeights, _ lists: [GateBoard.Entry], users: Int, seed: UInt64) {
        self.weights = weights
        self.lists = lists.filter { $0.heard.answered == weights.shape.everyone }
        self.users = users
        self.seed = seed
    }

    func figures(_ liar: Int) -> TrustFigures {
        let runs = lists.isEmpty ? [] : (0..<users).map { run(liar, user: $0) }
        let turns = runs.map { $0.turns ?? Int.max }.sorted()
        func turn(_ place: Int) -> Int? { turns.indices.contains(place) && turns[place] < Int.max ? turns[place] : nil }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
        return TrustFigures(
            scorer: weights.shape.scorers[liar].id, weightBefore: mean(runs.map(\.before)), median: turn((turns.count - 1) / 2),
            slowest: turn(turns.count - 1), users: runs.count, leastHonest: mean(runs.map(\.honest)))
    }

    private func run(_ liar: Int, user: Int) -> (turns: Int?, before: Double, honest: Double) {
        var random = SplitMix64(seed: seed &+ UInt64(liar) << 32 &+ UInt64(user))
        var pass = GatePass(weights)
        var trusts: [String: ScorerTrust] = [:]
        var (before, honest) = (0.0, 1.0)
        for turn in 0..<Self.honestTurns + TrustFigures.lyingTurns {
            let lies = turn >= Self.honestTurns
            let entry = lists[Int(random.next() % UInt64(lists.count))]
            let heard = lies ? Self.turned(entry.heard, liar) : entry.heard
            let rows = lies ? heard.rows(weights.shape) : entry.rows
            let natural = weight(&pass, rows, liar, trust: [])
            let trusted = weight(&pass, rows, liar, trust: weights.shape.scorers.map { trusts[$0.id]?.logarithm ?? 0 })
            if lies {
                let others = weights.shape.scorers.indices.filter { $0 != liar }
                honest = min(honest, others.map { trusts[weights.shape.scorers[$0].id]?.factor ?? 1 }.min() ?? 1)
                if trusted < Self.lost * natural { return (turn - Self.honestTurns, before, honest) }
            } else {
                before += natural / Double(Self.honestTurns)
            }
            feed(&trusts, heard, pass)
        }
        return (nil, before, honest)
    }

    /// Leaves the gate's scores in `pass`.
    private func weight(_ pass: inout GatePass, _ rows: GateRows, _ scorer: Int, trust: [Double]) -> Double {
        pass.forward(rows, trust: trust)
        let scored = (0..<rows.count).filter(pass.isScored)
        return scored.reduce(0) { $0 + pass.weight(row: $1, scorer: scorer) } / Double(max(scored.count, 1))
    }

    /// The user looks at the ten best by the pass's scores.
    private func feed(_ trusts: inout [String: ScorerTrust], _ heard: HeardList, _ pass: GatePass) {
        let shown = Set(PlantedEvaluation.order(pass.scores.map { Float($0) }).prefix(Self.shown))
        let judged = heard.clean.indices.map { row in
            JudgedRow(
                values: heard.scores.map { $0?[row] ?? .nan }, grade: shown.contains(row) && heard.relevant.contains(row) ? 1 : nil,
                wasShown: shown.contains(row))
        }
        guard let losses = ScorerTrust.losses(judged, scorers: heard.scores.count) else { return }
        let ids = weights.shape.scorers.map(\.id)
        ScorerTrust.update(&trusts, losses: Dictionary(uniqueKeysWithValues: zip(ids, losses)))
    }

    private static func turned(_ heard: HeardList, _ liar: Int) -> HeardList {
        var turned = heard
        turned.scores[liar] = heard.scores[liar]?.map { -$0 }
        return turned
    }
}
