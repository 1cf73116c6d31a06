import Evaluation
import Testing

@testable import Synthetic

@Suite struct PathCanaryTests {
    private func lists(_ pattern: PathPattern) -> [PlantedPathList] {
        (0..<20).flatMap { seed in
            let canary = PathCanary(pattern, in: PathWorld(seed: UInt64(seed), settings: .other))
            return (0..<3).map { canary.list($0) }
        }
    }

    @Test(arguments: PathPattern.allCases) func nothingButThePatternDecides(_ pattern: PathPattern) {
        for list in lists(pattern) {
            let paths = list.candidates.joined()
            // Kinds of hops aside: order and pair are made of them.
            for other in PathPattern.allCases where other != pattern {
                let says = paths.map { PathUtility.term(other, $0) }
                #expect((says.max() ?? 0) - (says.min() ?? 0) < 1e-6, "\(other.rawValue) differs too")
            }
            #expect(Set(paths.map { $0.hops.last?.relation }) == [list.query])
            #expect(!paths.contains { $0.hops.last?.isSuperseded ?? true })
        }
    }

    @Test(arguments: PathPattern.allCases) func everyListHasOneBestCandidate(_ pattern: PathPattern) {
        for list in lists(pattern) {
            let sorted = list.utilities.sorted(by: >)
            #expect(sorted[0] > sorted[1] && list.relevant != nil)
        }
    }

    @Test(arguments: PathPattern.allCases) func theOracleIsBeyondChanceOnListsAndNotOnTwins(_ pattern: PathPattern) {
        let worlds = (0..<40).map { PathWorld(seed: UInt64(1000 + $0), settings: .other) }
        func top1(_ lists: [PlantedPathList]) -> Double {
            Sample(
                lists.map { list in
                    list.noisyRelevant.map { TiedRank(scores: list.utilities.map(Float.init), relevant: $0).hit(at: 1) } ?? 0
                }
            ).mean
        }
        let canaries = worlds.map { PathCanary(pattern, in: $0) }
        #expect(top1(canaries.flatMap { canary in (0..<5).map { canary.list($0) } }) > 0.7)
        // 200 lists of 14 to 20 candidates: chance is .06, and .12 three deviations from it.
        #expect(top1(canaries.flatMap { canary in (0..<5).map { canary.twin($0) } }) < 0.12)
    }

    @Test func orderAndPairHaveTheSameKindsOfHopsInEveryCandidate() {
        for pattern in [PathPattern.order, .adjacentPair] {
            for list in lists(pattern) {
                let kinds = list.candidates.map { Set($0[0].hops.map(\.relation)).filter { $0 < 5 } }
                #expect(Set(kinds).count == 1 && kinds[0].count == 2)
            }
        }
    }

    @Test func theCurriculumEndsAtTwentyDecibels() throws {
        let stages = PathCurriculum.standard.stages
        #expect(stages.count == 4 && abs(stages.reduce(0) { $0 + $1.share } - 1) < 1e-9)
        #expect(stages.last?.settings.signalToNoise == 20)
        #expect(PathCurriculum.standard.stage(at: 0, of: 100) == 0)
        #expect(PathCurriculum.standard.stage(at: 99, of: 100) == 3)
        #expect((0..<100).map { PathCurriculum.standard.stage(at: $0, of: 100) } == (0..<100).map { PathCurriculum.standard.stage(at: $0, of: 100) }.sorted())
    }
}
