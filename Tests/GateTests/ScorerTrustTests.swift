import Gate
import Testing

/// What feedback does to the weight of a scorer that stops telling the truth.
@Suite struct ScorerTrustTests {
    /// A turn of 20 rows: everybody sees the truth through noise (c through twice as much), the liar the other way round. The ten
    /// best by the sum are shown, the shown ones that matter are used.
    private func turn(_ random: inout Random, liar: Int?, weights: [Double]) -> [JudgedRow] {
        let truth = (0..<20).map { _ in random.normal() }
        var rows = truth.map { value in
            JudgedRow(
                values: (0..<3).map { ($0 == liar ? -value : value) + ($0 == 2 ? 1.4 : 0.7) * random.normal() }, grade: nil,
                wasShown: false)
        }
        func score(_ row: JudgedRow) -> Double { zip(row.values, weights).reduce(0) { $0 + Double($1.0) * $1.1 } }
        let shown = rows.indices.sorted { score(rows[$0]) > score(rows[$1]) }.prefix(10)
        for index in shown {
            rows[index].wasShown = true
            if truth[index] > 1 { rows[index].grade = 1 }
        }
        return rows
    }

    private func feed(_ trusts: inout [String: ScorerTrust], _ random: inout Random, liar: Int?) {
        let names = ["a", "b", "c"]
        let rows = turn(&random, liar: liar, weights: names.map { trusts[$0]?.factor ?? 1 })
        guard let losses = ScorerTrust.losses(rows, scorers: 3) else { return }
        ScorerTrust.update(&trusts, losses: Dictionary(uniqueKeysWithValues: zip(names, losses)))
    }

    /// docs/gate.md says 40.
    @Test(arguments: 1...20) func aScorerThatStartsToLieHasLessThanATenthOfItsWeightAfterFortyTurns(seed: UInt64) {
        var (trusts, random) = ([String: ScorerTrust](), Random(seed: seed))
        for _ in 0..<100 { feed(&trusts, &random, liar: nil) }
        /// Of three equal weights that sum to 1.
        func share() -> Double { (trusts["b"]?.factor ?? 1) / trusts.values.reduce(0) { $0 + $1.factor } }
        let before = share()
        for _ in 0..<40 { feed(&trusts, &random, liar: 1) }
        #expect(share() < 0.1 * before)
        #expect(trusts["a"]?.factor == 1 && (trusts["c"]?.factor ?? 0) > 0.5)
    }

    @Test(arguments: 1...20) func honestScorersKeepTheirWeightAlsoWhereOneIsWeaker(seed: UInt64) {
        var (trusts, random) = ([String: ScorerTrust](), Random(seed: seed))
        var lowest = 1.0
        for _ in 0..<300 {
            feed(&trusts, &random, liar: nil)
            lowest = min(lowest, trusts.values.map(\.factor).min() ?? 1)
        }
        #expect(lowest > 0.35)
    }

    @Test func aScorerThatTellsTheTruthAgainComesBack() {
        var (trusts, random) = ([String: ScorerTrust](), Random(seed: 4))
        for _ in 0..<100 { feed(&trusts, &random, liar: 1) }
        #expect((trusts["b"]?.factor ?? 1) < 0.01)
        for _ in 0..<120 { feed(&trusts, &random, liar: nil) }
        #expect((trusts["b"]?.factor ?? 0) > 0.5)
    }

    @Test func rowsThatNobodySawSayNothingUnlessSomethingWorseWasShown() {
        let good = JudgedRow(values: [1, 0], grade: 1, wasShown: true)
        let unseen = JudgedRow(values: [2, 5], grade: nil, wasShown: false)
        let bad = JudgedRow(values: [0, 9], grade: -1, wasShown: true)
        #expect(ScorerTrust.losses([good, unseen], scorers: 2) == nil)
        #expect(ScorerTrust.losses([unseen, bad], scorers: 2) == [0, 1])
    }

    @Test func whoSaidNothingIsNeitherRightNorWrong() {
        let good = JudgedRow(values: [1, .nan], grade: 1, wasShown: true)
        let other = JudgedRow(values: [0, 3], grade: nil, wasShown: true)
        #expect(ScorerTrust.losses([good, other], scorers: 2) == [0, 0.5])
    }

    @Test func oneScorerAloneIsComparedWithNobody() {
        var trusts: [String: ScorerTrust] = [:]
        ScorerTrust.update(&trusts, losses: ["a": 1])
        #expect(trusts.isEmpty)
    }
}
