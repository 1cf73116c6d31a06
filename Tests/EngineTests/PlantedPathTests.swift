import Evaluation
import Foundation
import StateSpace
import Testing

@testable import Engine

@Suite struct PlantedPathTests {
    private func train(_ name: String, threads: Int, seed: UInt64 = 3) throws -> (Data, Data, PlantedPathTraining.Summary) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("planted-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var request = PlantedPathTraining.Request(output: folder.appendingPathComponent(name).path)
        request.size = "tiny"
        request.steps = 24
        request.batch = 8
        request.seed = seed
        request.threads = threads
        request.heldOutWorlds = 4
        let summary = try PlantedPathTraining(request).run { _ in }
        return (
            try Data(contentsOf: URL(fileURLWithPath: summary.output)), try Data(contentsOf: URL(fileURLWithPath: summary.golden)),
            summary
        )
    }

    @Test func theSameSeedWritesTheSameBytesOnAnyNumberOfThreads() throws {
        let (weights, golden, summary) = try train("w.safetensors", threads: 1)
        let (again, goldenAgain, _) = try train("w.safetensors", threads: 2)
        #expect(weights == again && golden == goldenAgain)
        let other = try train("w.safetensors", threads: 2, seed: 4).0
        #expect(other != weights)
        #expect(summary.curve.contains { $0.step == summary.bestStep })
        #expect((13_000...16_000).contains(summary.parameters))
    }

    @Test func goldenRecordsHoldPathsAndTheScoreOfNone() throws {
        let (_, golden, _) = try train("w.safetensors", threads: 2)
        let records = try #require(try JSONSerialization.jsonObject(with: golden) as? [[String: Any]])
        #expect(records.count == 7)
        #expect((records[0]["paths"] as? [Any])?.isEmpty == false && (records[6]["paths"] as? [Any])?.isEmpty == true)
    }

    @Test(arguments: PlantedPathShape.Kind.allCases) func comparedModelsAreOfLikeSize(_ kind: PlantedPathShape.Kind) {
        for (size, range) in zip(PlantedPathShape.Size.allCases, [13_000...18_000, 52_000...62_000, 110_000...132_000]) {
            let count = PathParameters(PlantedPathShape.configuration(kind, size, .all)).layout.count
            #expect(range.contains(count), "\(kind) \(size) has \(count)")
        }
    }

    @Test func theOracleIsBestAndTwinsTellNothing() {
        let board = PlantedPathBoard(worlds: 20, seed: 5)
        let oracle = PlantedPathBoard.answers(board.entries, PlantedPathBoard.oracle)
        let chance = PlantedPathBoard.answers(board.entries) { list in list.candidates.map { _ in 0 } }
        #expect(PlantedPathBoard.worth(oracle) > 0.85 && PlantedPathBoard.worth(chance) < 0.3)
        let twins = PlantedPathBoard.answers(board.twins, PlantedPathBoard.oracle).compactMap { $0.seen?.hit(at: 1) }
        #expect(Sample(twins).mean < 0.12)
    }

    @Test func everyPatternIsReportedForEveryRankerWithItsTwin() throws {
        var request = PlantedPathEvaluation.Request()
        request.size = "tiny"
        request.steps = 4
        request.batch = 4
        request.worlds = 4
        request.heldOutWorlds = 2
        request.resamples = 100
        let table = try PlantedPathEvaluation(request).run { _ in }
        #expect(table.rows.map(\.ranker) == ["oracle"] + Array(repeating: ["mean", "mean+max", "s4d", "mamba"], count: 2).joined())
        for row in table.rows {
            #expect(row.cells.count == 9 && row.cells.dropFirst().allSatisfy { $0.twinTop1 != nil })
            #expect(row.cells.allSatisfy { $0.top1.low <= $0.top1.mean && $0.top1.mean <= $0.top1.high })
        }
    }
}
