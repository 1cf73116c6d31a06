import Gate

/// Scores of all rows, from one scorer or several.
struct Combination {
    /// "id version", or the combiner and its scorers.
    let name: String
    var scores: [Float]
    /// false = nobody said anything about the row.
    var placed: [Bool]
    /// Increments of a row's score.
    let parts: (Int) -> [TurnScores.NamedPart]
    /// P(something relevant is among the rows), 0 to 1; nil = nobody can say.
    var confidence: Float?
    /// Ids of those whose values were added up; empty = one scorer ranked alone.
    var combined: [String] = []

    init(name: String, scores: [Float], placed: [Bool], parts: @escaping (Int) -> [TurnScores.NamedPart]) {
        self.name = name
        self.scores = scores
        self.placed = placed
        self.parts = parts
    }

    /// One scorer's own ranking, with its own explanation.
    init?(ranking outcome: ScoringOutcome) {
        guard let sheet = outcome.sheet else { return nil }
        name = "\(outcome.scorer) \(outcome.version)"
        scores = sheet.withValues(Array.init)
        if outcome.goodRows == sheet.rowCount {
            placed = [Bool](repeating: true, count: sheet.rowCount)
        } else {
            placed = (0..<sheet.rowCount).map { sheet.status($0) == .ok }
            for row in placed.indices where !placed[row] { scores[row] = 0 }
        }
        parts = { row in zip(outcome.partNames, sheet.parts(row)).map { .init(name: $0, value: $1) } }
    }
}

/// Several scorers' answers to one ranking. nil = nobody answered.
enum Combiner {
    /// Σ w · z over the scorers that are OK for the row; the weights there sum to 1.
    static func fixed(_ outcomes: [ScoringOutcome], weights: [String: Double], rows: Int) -> Combination? {
        let answered = outcomes.compactMap { outcome -> Term? in
            guard let sheet = outcome.sheet, outcome.goodRows > 0 else { return nil }
            return Term(
                outcome, sheet, weight: weights[outcome.scorer] ?? 0, values: RobustScale.scaled(sheet))
        }
        guard answered.contains(where: { $0.weight > 0 }) else { return nil }
        return sum("fixed", answered.filter { $0.weight > 0 }, rows) { terms in
            1 / terms.reduce(0) { $0 + $1.weight }
        }
    }

    /// Σ 1 / (k + rank) over the scorers that are OK for the row; equal values share the better rank.
    static func rrf(_ outcomes: [ScoringOutcome], k: Double, rows: Int) -> Combination? {
        let answered = outcomes.compactMap { outcome -> Term? in
            guard let sheet = outcome.sheet, outcome.goodRows > 0 else { return nil }
            return Term(outcome, sheet, weight: 1, values: reciprocalRanks(sheet, k: k))
        }
        guard !answered.isEmpty else { return nil }
        return sum("rrf", answered, rows) { _ in 1 }
    }

    private struct Term {
        let name: String
        let version: String
        let weight: Double
        /// nil = not OK for the row.
        let values: [Double?]

        init(_ outcome: ScoringOutcome, _ sheet: ScoreSheet, weight: Double, values: [Double?]) {
            name = outcome.scorer
            version = outcome.version
            self.weight = weight
            self.values = values
        }
    }

    private static func sum(
        _ kind: String, _ terms: [Term], _ rows: Int, factor: @escaping ([Term]) -> Double
    ) -> Combination {
        func contributions(_ row: Int) -> [TurnScores.NamedPart] {
            let present = terms.filter { $0.values[row] != nil }
            let scale = factor(present)
            return present.map {
                .init(name: $0.name, value: Float(scale * $0.weight * ($0.values[row] ?? 0)))
            }
        }
        var scores = [Float](repeating: 0, count: rows)
        var placed = [Bool](repeating: false, count: rows)
        for row in 0..<rows {
            let parts = contributions(row)
            placed[row] = !parts.isEmpty
            scores[row] = parts.reduce(0) { $0 + $1.value }
        }
        let names = terms.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
        return Combination(name: "\(kind)(\(names))", scores: scores, placed: placed, parts: contributions)
    }

    private static func reciprocalRanks(_ sheet: ScoreSheet, k: Double) -> [Double?] {
        let rows = (0..<sheet.rowCount).filter { sheet.status($0) == .ok }
        let ordered = rows.sorted { sheet.value($0) > sheet.value($1) }
        var values = [Double?](repeating: nil, count: sheet.rowCount)
        var rank = 1
        for (index, row) in ordered.enumerated() {
            if index > 0 && sheet.value(row) < sheet.value(ordered[index - 1]) { rank = index + 1 }
            values[row] = 1 / (k + Double(rank))
        }
        return values
    }
}

extension RobustScale {
    /// Over the rows that the scorer is OK for; nil elsewhere.
    static func scaled(_ sheet: ScoreSheet) -> [Double?] {
        let rows = (0..<sheet.rowCount).filter { sheet.status($0) == .ok }
        var values = rows.map { Double(sheet.value($0)) }
        scale(&values)
        var scaled = [Double?](repeating: nil, count: sheet.rowCount)
        for (row, value) in zip(rows, values) { scaled[row] = value }
        return scaled
    }
}
