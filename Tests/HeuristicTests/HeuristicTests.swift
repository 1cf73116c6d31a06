import Features
import Heuristic
import Testing

@Suite struct HeuristicTests {
    private func score(_ row: [Float], _ parameters: HeuristicParameters) -> Float {
        row.withUnsafeBufferPointer { Heuristic(parameters).score(row: $0) }
    }

    /// In the order of `HeuristicColumns.names(mode: .bounded)`.
    private func bounded(
        terms: Float = 2, context: Float = 0, author: Float = 0, temporal: Float = 0, date: Float = 0,
        question: Float = 0, opening: Float = 0, cosine: Float = 0, importance: Float = 0.5,
        superseded: Float = 0, recency: Float = 0.5, use: Float = 0.5, graph: Float = 0.5
    ) -> [Float] {
        [
            terms, context, author, temporal, date, question, opening, cosine, importance, superseded,
            recency, use, importance, graph,
        ]
    }

    @Test func columnsExistInTheCatalog() {
        for name in HeuristicColumns.allNames { #expect(ColumnCatalog[name] != nil, "\(name)") }
    }

    @Test func boundedIsF1WhereNothingElseIsKnown() {
        let row = bounded(
            context: 10, author: 1, temporal: 1, date: 0.4, question: 1, opening: 1, cosine: 0.5)
        #expect(score(row, .plain) == 10 + 5 + 1 + 2 - 0.5 + 0.5 + 1)
        #expect(score(row, HeuristicParameters()) == score(row, .plain))
    }

    @Test func signalsMoveTheScoreWithinTheirBounds() {
        var parameters = HeuristicParameters()
        parameters.recencyBound = 0.1
        #expect(abs(score(bounded(context: 10, recency: 1), parameters) - 11) < 1e-5)
        #expect(abs(score(bounded(context: 10, recency: 0), parameters) - 9) < 1e-5)
    }

    @Test func newerNeverRanksBelowEvenWhenNegative() {
        // A score below zero isn't multiplied: a factor above 1 would push it down.
        let old = score(bounded(context: 0, question: 1, recency: 0), HeuristicParameters())
        let new = score(bounded(context: 0, question: 1, recency: 1), HeuristicParameters())
        #expect(old == -0.5 && new == -0.5)
    }

    @Test func withoutAQuestionImportanceAndContextDecide() {
        let row = bounded(terms: 0, context: 0, temporal: 1, opening: 1, cosine: 0.25, importance: 0.75)
        #expect(score(row, .plain) == 1)
    }

    @Test func supersededMemoriesLose() {
        #expect(score(bounded(context: 10, superseded: 1), HeuristicParameters()) == 7)
    }

    @Test func effectiveIsTheSeedsFormula() {
        let effective = HeuristicParameters(mode: .effective)
        #expect(abs(score([0, 1, 10], effective) - 0.59873694) < 1e-6)  // 0.95**10
        #expect(score([1, 0.2, 900], effective) == 1)
    }

    @Test func generativeAgentsScalesWithinThePool() {
        let mode = HeuristicParameters(mode: .generativeAgents)
        #expect(score([0.5, 0, 1, 0.8, 0.6, 0.8, 3, 3, 3], mode) == 0.5 + 1 + 0.5)
    }

    @Test(arguments: HeuristicMode.allCases) func partsAddUpToTheScore(_ mode: HeuristicMode) {
        let heuristic = Heuristic(HeuristicParameters(mode: mode))
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            var row = heuristic.columns.indices.map { _ in Float.random(in: 0...1, using: &generator) }
            if mode == .bounded {
                row[0] = Float(Int.random(in: 0...3))
                row[1] = row[0] == 0 ? 0 : Float.random(in: 0...20)
                row[7] = Float.random(in: -1...1)
            }
            row.withUnsafeBufferPointer { row in
                let parts = heuristic.parts(row: row)
                let score = heuristic.score(row: row)
                #expect(parts.count == heuristic.partNames.count)
                #expect(abs(parts.reduce(0, +) - score) <= 1e-5 * max(1, abs(score)))
            }
        }
    }

    @Test func columnsMayStandAnywhereInWiderRows() throws {
        let names = ["x@1"] + HeuristicColumns.names(mode: .effective).reversed() + ["y@1"]
        let columns = try HeuristicColumns(mode: .effective, given: names)
        let heuristic = Heuristic(HeuristicParameters(mode: .effective), columns: columns)
        let rows: [Float] = [9, 10, 1, 0, 9, 9, 0, 0.5, 0, 9]
        var scores: [Float] = [0, 0]
        heuristic.score(rows: rows, count: 2, stride: 5, into: &scores)
        #expect(abs(scores[0] - 0.59873694) < 1e-6 && scores[1] == 0.5)
    }

    @Test func missingColumnsAreNamed() {
        let error = #expect(throws: MissingColumns.self) {
            try HeuristicColumns(mode: .effective, given: ["memory.importance@1"])
        }
        #expect(error?.names == ["memory.is_pinned@1", "memory.age_days@1"])
    }

    @Test func optionsAreCheckedByNameAndRange() {
        var parameters = HeuristicParameters()
        let accepted = [
            parameters.set("recencyBound", to: 0.2), parameters.set("recencyBound", to: 2),
            parameters.set("nonsense", to: 0),
        ]
        #expect(accepted == [true, false, false])
        #expect(parameters.recencyBound == 0.2)
        for option in HeuristicParameters.options { #expect(option.range.contains(option.standard)) }
    }
}
