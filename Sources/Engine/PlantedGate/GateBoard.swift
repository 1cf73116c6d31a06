import Evaluation
import Gate
import Glibc

/// What a subset of the scorers reached, over lists that each of them answered.
package struct SubsetFigures: Sendable {
    /// HR@5, MRR@5, DCG@5, as `PlantedEvaluation.Metric`.
    package typealias Values = [PlantedEvaluation.Value]
    /// For callers without a door into Evaluation.
    package typealias Reliability = Calibration

    package var scorers: [String]
    package var lists: Int
    /// The scorer with the largest DCG@5 of the subset.
    package var bestSingle: String
    package var single: Values
    /// Of the robust z of those that answered for a row.
    package var plainMean: Values
    package var gate: Values
    /// The truth without noise.
    package var oracle: Values
    /// DCG@5 of the gate over that of the best scorer.
    package var ratio: Double
    /// DCG@5 of the gate minus that of the best scorer, list by list.
    package var difference: PlantedEvaluation.Value
    /// Mean weight over rows, in the order of `scorers`.
    package var weights: [Double]
    /// Over lists with something relevant and without; nil where there is only one kind.
    package var confidenceArea: Double?
    package var calibration: Reliability

    package init(
        scorers: [String], lists: Int, bestSingle: String, single: Values, plainMean: Values, gate: Values, oracle: Values,
        ratio: Double, difference: PlantedEvaluation.Value, weights: [Double], confidenceArea: Double?, calibration: Reliability
    ) {
        self.scorers = scorers
        self.lists = lists
        self.bestSingle = bestSingle
        self.single = single
        self.plainMean = plainMean
        self.gate = gate
        self.oracle = oracle
        self.ratio = ratio
        self.difference = difference
        self.weights = weights
        self.confidenceArea = confidenceArea
        self.calibration = calibration
    }
}

/// Held-out lists as a gate reads them, and what it makes of each subset of their scorers.
struct GateBoard {
    struct Entry: Sendable {
        var heard: HeardList
        var rows: GateRows
    }

    let lists: [Entry]
    private let weights: GateWeights
    /// Equal weights for robust z: no number of it was learned.
    private let plain: GateWeights
    private let resamples: Int
    private let seed: UInt64

    init(_ weights: GateWeights, _ heard: [HeardList], resamples: Int, seed: UInt64) {
        self.weights = weights
        self.resamples = resamples
        self.seed = seed
        lists = heard.map { Entry(heard: $0, rows: $0.rows(weights.shape)) }
        let places = GatePlaces(weights.shape)
        var parameters = places.initialParameters()
        // e^−20: a head's own logit says nothing here.
        for place in places.logSlope { parameters[place] = -20 }
        plain = GateWeights(weights.shape, parameters: parameters)
    }

    /// One scorer, then two, then more; within a size in the order of the scorers.
    static func subsets(_ everyone: UInt32) -> [UInt32] {
        (1...everyone).sorted { ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1) }
    }

    func figures(_ subset: UInt32) -> SubsetFigures {
        let answered = lists.filter { $0.heard.answered & subset == subset }
        let asked = answered.filter { !$0.heard.relevant.isEmpty }
        let places = weights.shape.scorers.indices.filter { subset >> UInt32($0) & 1 == 1 }
        let ids = places.map { weights.shape.scorers[$0].id }
        let singles = places.map { place in queries(asked) { _, list in list.scores[place] ?? [] } }
        // Force unwrap: a subset has at least one scorer.
        let best = singles.indices.max { dcg(singles[$0]) < dcg(singles[$1]) }!
        var pass = GatePass(weights)
        var mean = GatePass(plain)
        let gate = queries(asked) { rows, _ in Self.scores(&pass, rows, subset) }
        let plainMean = queries(asked) { rows, _ in Self.scores(&mean, rows, subset) }
        let worlds = asked.map(\.heard.world)
        let paired = Sample.paired(dcg5(gate), dcg5(singles[best]), clusters: worlds)
        let (confidences, sums) = confidences(answered, subset, places, &pass)
        let outcomes = answered.map { !$0.heard.relevant.isEmpty }
        return SubsetFigures(
            scorers: ids, lists: asked.count, bestSingle: ids[best], single: values(singles[best], worlds),
            plainMean: values(plainMean, worlds), gate: values(gate, worlds),
            oracle: values(queries(asked) { _, list in list.clean }, worlds),
            ratio: dcg(gate) / max(dcg(singles[best]), 1e-12),
            difference: value(BootstrapInterval(paired, resamples: resamples, seed: seed)),
            weights: sums, confidenceArea: Discrimination.areaUnderCurve(scores: confidences, isRelevant: outcomes),
            calibration: Calibration(probabilities: confidences, isRelevant: outcomes))
    }

    /// Scores of all rows; those about which nobody said anything stand last.
    static func scores(_ pass: inout GatePass, _ rows: GateRows, _ subset: UInt32) -> [Float] {
        pass.forward(rows, allowed: subset)
        return (0..<rows.count).map { pass.isScored($0) ? Float(pass.scores[$0]) : -.infinity }
    }

    private func queries(_ lists: [Entry], _ scores: (GateRows, HeardList) -> [Float]) -> [RankedQuery] {
        lists.compactMap { entry in
            // A row that a scorer abstained on stands last.
            let scores = scores(entry.rows, entry.heard).map { $0.isFinite ? $0 : -.infinity }
            return RankedQuery(ranking: PlantedEvaluation.order(scores), relevant: entry.heard.relevant)
        }
    }

    private func dcg5(_ queries: [RankedQuery]) -> [Double] { queries.map { $0.dcg(at: 5) } }

    private func dcg(_ queries: [RankedQuery]) -> Double {
        dcg5(queries).reduce(0, +) / Double(max(queries.count, 1))
    }

    private func values(_ queries: [RankedQuery], _ worlds: [UInt64]) -> [PlantedEvaluation.Value] {
        PlantedEvaluation.Metric.allCases.map { metric in
            value(BootstrapInterval(Sample(queries.map(metric.value), clusters: worlds), resamples: resamples, seed: seed))
        }
    }

    private func value(_ interval: BootstrapInterval) -> PlantedEvaluation.Value {
        PlantedEvaluation.Value(mean: interval.mean, low: interval.low, high: interval.high)
    }

    /// Confidence per list, and each scorer's mean weight over the rows that anybody scored.
    private func confidences(
        _ lists: [Entry], _ subset: UInt32, _ places: [Int], _ pass: inout GatePass
    ) -> (confidences: [Double], weights: [Double]) {
        var confidences: [Double] = []
        var sums = places.map { _ in 0.0 }
        var rows = 0.0
        for entry in lists {
            pass.forward(entry.rows, allowed: subset)
            confidences.append(pass.confidence ?? 0)
            for row in 0..<entry.rows.count where pass.isScored(row) {
                rows += 1
                for (index, place) in places.enumerated() { sums[index] += pass.weight(row: row, scorer: place) }
            }
        }
        return (confidences, sums.map { $0 / max(rows, 1) })
    }
}
