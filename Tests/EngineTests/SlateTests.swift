import Foundation
import Testing

@testable import Engine

private func candidate(
    _ score: Float, at time: Int64 = 0, tokens: Int = 1, keepsPlace: Bool = false,
    _ excluded: DropReason? = nil
)
    -> SlateCandidate
{
    SlateCandidate(
        score: score, createdAtMilliseconds: time, tokens: tokens, keepsPlace: keepsPlace, excluded: excluded)
}

@Suite struct SlateTests {
    @Test func equalScoresPutTheNewerFirst() {
        let slate = Slate(limit: 1).select([candidate(1, at: 10), candidate(1, at: 20)])
        #expect(slate.first?.index == 1)
    }

    @Test func insideATierTheOlderComesFirstAndRankRemembersTheScore() {
        let slate = Slate(limit: 6).select((0..<6).map { candidate(Float(6 - $0), at: Int64(6 - $0)) })
        #expect(slate.map(\.rank) == [2, 1, 4, 3, 6, 5])
        #expect(slate.map(\.tier) == [1, 1, 2, 2, 3, 3])
        #expect(slate.map(\.position) == [1, 2, 3, 4, 5, 6])
    }

    @Test func aLongMemoryOverTheBudgetMakesRoomForAShorterOne() {
        let slate = Slate(limit: 3, tokenBudget: 10).select([
            candidate(3, tokens: 8), candidate(2, tokens: 5), candidate(1, tokens: 2),
        ])
        #expect(slate.filter { $0.position != nil }.map(\.index).sorted() == [0, 2])
        #expect(slate.first { $0.index == 1 }?.dropped == .overBudget)
    }

    @Test func supersededMemoriesAreNeverShownAndSayWhy() {
        let slate = Slate(limit: 2).select([candidate(9, .superseded), candidate(1)])
        #expect(slate.first?.index == 1)
        #expect(slate.last?.dropped == .superseded)
    }

    @Test func pinnedMemoriesKeepTheirPlaceWhenTheRestIsSampled() {
        for seed in 0..<50 as Range<UInt64> {
            let slate = Slate(limit: 4, sampling: Sampling(temperature: 100, seed: seed))
                .select([candidate(4), candidate(3, keepsPlace: true), candidate(2), candidate(1)])
            #expect(slate.first { $0.rank == 2 }?.index == 1)
            #expect(slate.first { $0.index == 1 }?.isDeterministic == true)
        }
    }

    @Test func theSameSeedDrawsTheSameSlate() {
        let candidates = (0..<20).map { candidate(Float($0)) }
        let slate = Slate(limit: 5, sampling: Sampling(temperature: 3, seed: 7))
        #expect(slate.select(candidates) == slate.select(candidates))
    }

    /// Logged propensities are used to undo the sampling: they must be the frequencies that really occur.
    @Test func propensitiesOfTheFirstPickAreItsFrequencies() {
        let scores: [Float] = [2, 1, 0]
        let candidates = scores.map { candidate($0) }
        var picks = [0.0, 0, 0]
        var claimed = [0.0, 0, 0]
        let draws = 20_000
        for seed in 0..<UInt64(draws) {
            let entries = Slate(limit: 1, sampling: Sampling(temperature: 1, seed: seed)).select(candidates)
            guard let first = entries.first(where: { $0.position == 1 }) else { continue }
            picks[first.index] += 1
            claimed[first.index] = first.propensity
        }
        let total = scores.map { exp(Double($0)) }.reduce(0, +)
        for index in 0..<3 {
            let probability = exp(Double(scores[index])) / total
            #expect(abs(claimed[index] - probability) < 1e-9)
            // Three standard errors of a binomial share over 20,000 draws are below 0.011.
            #expect(abs(picks[index] / Double(draws) - probability) < 0.011)
        }
    }
}
