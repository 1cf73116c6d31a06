import Features
import Heuristic
import Testing

@Suite struct HeuristicTests {
    /// A row of absent values, with some set.
    private func row(_ values: [HeuristicColumn: Float]) -> [Float] {
        HeuristicColumn.allCases.map { values[$0] ?? $0.absent }
    }

    private func heuristic(
        _ mode: HeuristicParameters.Mode, _ change: (inout HeuristicParameters) -> Void = { _ in }
    ) -> Heuristic {
        var parameters = HeuristicParameters()
        parameters.mode = mode
        change(&parameters)
        return Heuristic(parameters: parameters, columns: HeuristicColumn.names)
    }

    private func score(_ values: [HeuristicColumn: Float], _ heuristic: Heuristic) -> Float {
        row(values).withUnsafeBufferPointer { heuristic.score($0.baseAddress.unsafelyUnwrapped) }
        // unsafelyUnwrapped: the row has all columns, so it has an address.
    }

    @Test func everyColumnOfTheFormulaIsInTheCatalogue() {
        for name in HeuristicColumn.names { #expect(ColumnCatalog.names.contains(name), "\(name)") }
    }

    @Test func boundedIsF1WhereNothingElseIsKnown() {
        let known: [HeuristicColumn: Float] = [
            .queryTerms: 2, .context: 10, .namedAuthor: 1, .namesTime: 1, .dateMatch: 0.4, .question: 1,
            .opening: 1, .cosine: 0.5,
        ]
        #expect(score(known, heuristic(.bounded)) == 10 + 5 + 1 + 2 - 0.5 + 0.5 + 2.5)
    }

    @Test func signalsMoveTheScoreWithinTheirBounds() {
        let bounded = heuristic(.bounded) { $0.recencyBound = 0.1 }
        #expect(abs(score([.queryTerms: 1, .context: 10, .recency: 1], bounded) - 11) < 1e-5)
        #expect(abs(score([.queryTerms: 1, .context: 10, .recency: 0], bounded) - 9) < 1e-5)
    }

    @Test func aScoreBelowZeroIsNotMultiplied() {
        // A factor above 1 would push the newer of two questions down.
        let bounded = heuristic(.bounded)
        #expect(score([.queryTerms: 1, .question: 1, .recency: 0], bounded) == -0.5)
        #expect(score([.queryTerms: 1, .question: 1, .recency: 1], bounded) == -0.5)
    }

    @Test func withoutAQuestionImportanceAndContextDecide() {
        let plain = heuristic(.bounded) { $0.importanceBound = 0 }
        #expect(score([.importance: 0.75, .cosine: 0.25, .namesTime: 1], plain) == 0.75 + 5 * 0.25)
    }

    @Test func effectiveIsTheSeedsFormula() {
        let effective = heuristic(.effective)
        // python3: 0.95**10
        #expect(abs(score([.importance: 1, .ageDays: 10], effective) - 0.59873694) < 1e-6)
        #expect(score([.importance: 0.2, .ageDays: 900, .isPinned: 1], effective) == 1)
    }

    @Test func generativeAgentsScalesWithinThePool() {
        let values: [HeuristicColumn: Float] = [
            .agentsRecency: 0.5, .agentsRecencyMinimum: 0, .agentsRecencyMaximum: 1, .agentsImportance: 0.8,
            .agentsImportanceMinimum: 0.6, .agentsImportanceMaximum: 0.8, .agentsRelevance: 1,
            .agentsRelevanceMinimum: -3,
            .agentsRelevanceMaximum: 5,
        ]
        #expect(abs(score(values, heuristic(.generativeAgents)) - 2) < 1e-6)
    }

    @Test(arguments: HeuristicParameters.Mode.allCases)
    func partsAddUpToTheScore(mode: HeuristicParameters.Mode) {
        let heuristic = heuristic(mode)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            var row = HeuristicColumn.allCases.map { _ in Float.random(in: 0...1, using: &generator) }
            row[HeuristicColumn.queryTerms.rawValue] = Float(Int.random(in: 0...3, using: &generator))
            row[HeuristicColumn.context.rawValue] = Float.random(in: 0...20, using: &generator)
            row[HeuristicColumn.cosine.rawValue] = Float.random(in: -1...1, using: &generator)
            var parts = [Float](repeating: .nan, count: Heuristic.partNames.count)
            row.withUnsafeBufferPointer { row in
                parts.withUnsafeMutableBufferPointer { parts in
                    // unsafelyUnwrapped: neither is empty.
                    heuristic.parts(
                        row.baseAddress.unsafelyUnwrapped, into: parts.baseAddress.unsafelyUnwrapped)
                }
            }
            let score = row.withUnsafeBufferPointer { heuristic.score($0.baseAddress.unsafelyUnwrapped) }
            #expect(abs(parts.reduce(0, +) - score) <= 1e-5 * max(1, abs(score)))
        }
    }

    @Test(arguments: HeuristicParameters.Mode.allCases)
    func aBatchScoresAsItsRowsDo(mode: HeuristicParameters.Mode) {
        let heuristic = heuristic(mode)
        let width = HeuristicColumn.count + 2
        let values = (0..<width * 33).map { Float(($0 * 7919) % 97) / 97 }
        var batch = [Float](repeating: .nan, count: 33)
        values.withUnsafeBytes { bytes in
            batch.withUnsafeMutableBufferPointer {
                heuristic.score(
                    bytes.baseAddress.unsafelyUnwrapped, rows: 33, strideBytes: width * 4,
                    into: $0.baseAddress.unsafelyUnwrapped)
            }
        }
        for index in 0..<33 {
            let alone = values[(index * width)...].withUnsafeBufferPointer {
                heuristic.score($0.baseAddress.unsafelyUnwrapped)
            }
            #expect(abs(batch[index] - alone) <= 1e-5 * max(1, abs(alone)))
        }
    }

    @Test func columnsMayStandAnywhereAndBeMissing() {
        let names = ["x@1", "memory.age_days@1", "y@1", "prior.importance@1"]
        let effective = Heuristic(
            parameters: {
                var p = HeuristicParameters()
                p.mode = .effective
                return p
            }(), columns: names)
        let score = ([9, 10, 9, 1] as [Float]).withUnsafeBufferPointer {
            effective.score($0.baseAddress.unsafelyUnwrapped)
        }
        #expect(abs(score - 0.59873694) < 1e-6)
    }
}
