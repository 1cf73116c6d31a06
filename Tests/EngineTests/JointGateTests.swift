import Foundation
import Gate
import StateSpace
import Testing

@testable import Engine

/// The gate's training on planted worlds with scorers that are hardly trained: small, and enough to see what holds.
@Suite struct JointGateTests {
    /// Weights of scorers, written once.
    private static let scorers: (mamba: String, paths: String)? = {
        let folder = FileManager.default.temporaryDirectory.path + "/joint-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var sequence = PlantedTraining(.small)
        (sequence.worlds, sequence.passes, sequence.canaryWorlds) = (10, 3, 0)
        sequence.settings.days = 56...56
        var paths = PlantedPathTraining.Request(output: folder + "/paths.safetensors")
        (paths.size, paths.steps, paths.batch, paths.heldOutWorlds) = ("tiny", 40, 16, 4)
        do {
            _ = try sequence.run(to: folder + "/mamba.safetensors") { _, _, _ in }
            return (folder + "/mamba.safetensors", try PlantedPathTraining(paths).run { _ in }.output)
        } catch {
            return nil
        }
    }()

    private func train(seed: UInt64 = 1, threads: Int = 2, steps: Int = 400) throws -> (path: String, text: String) {
        let scorers = try #require(Self.scorers)
        let path = FileManager.default.temporaryDirectory.path + "/gate-\(UUID().uuidString).json"
        var request = JointGateTraining.Request(output: path, mamba: scorers.mamba, paths: scorers.paths)
        (request.worlds, request.heldOutWorlds, request.steps) = (8, 4, steps)
        (request.seed, request.threads) = (seed, threads)
        let summary = try JointGateTraining(request).run()
        #expect(summary.curve.contains { $0.step == summary.bestStep } && summary.emptyLists > 0)
        return (path, try String(contentsOfFile: path, encoding: .utf8))
    }

    @Test func theSameSeedWritesTheSameBytesOnAnyNumberOfThreads() throws {
        let one = try train(threads: 1, steps: 40).text
        #expect(try train(threads: 2, steps: 40).text == one)
        #expect(try train(seed: 2, steps: 40).text != one)
    }

    @Test func noSubsetIsMuchWorseThanItsBestScorerAndPathsAddToInteractions() throws {
        let scorers = try #require(Self.scorers)
        var request = JointGateEvaluation.Request(gate: try train().path, mamba: scorers.mamba, paths: scorers.paths)
        (request.worlds, request.resamples, request.users) = (8, 100, 2)
        let table = try JointGateEvaluation(request).run()
        #expect(table.subsets.count == 7 && table.trust.map(\.scorer) == table.scorers)
        // A dozen worlds and 400 updates: five percent instead of the half that is measured over hundreds.
        for subset in table.subsets { #expect(subset.ratio > 0.95, "\(subset.scorers): \(subset.ratio)") }
        for subset in table.subsets {
            #expect(abs(subset.weights.reduce(0, +) - 1) < 1e-6)
            #expect((subset.oracle.last?.mean ?? 0) > (subset.gate.last?.mean ?? 1))
        }
        let both = try #require(table.subsets.first { $0.scorers == ["mamba", "s4d-paths"] })
        #expect(both.ratio > 1.02, "two halves of the truth are more than one: \(both.ratio)")
    }

    @Test func aScorerAloneIsRankedAsItRanks() throws {
        let shape = GateShape(scorers: JointScorers.scorers)
        // Few rows fit: most values are equal, and the large ones differ.
        let values: [Float] = [0, 0, 0, 0, 0, 0, 0, 5, 500, 501, 90]
        var rows = GateRows(shape, count: values.count)
        rows.set(scorer: 0, values)
        var pass = GatePass(GateWeights(shape))
        let scores = GateBoard.scores(&pass, rows, 1)
        #expect(PlantedEvaluation.order(scores).prefix(4) == [9, 8, 10, 7])
    }

    @Test func emptyListsStayEmptyAndListsWithoutPathsAreThoseOfInteractions() throws {
        let world = try JointWorld(JointSettings(), seed: 5)
        let lists = world.lists.flatMap { $0 }
        #expect(lists.contains(where: \.isWithoutPaths) && lists.contains { !$0.isWithoutPaths })
        for list in lists {
            if list.isWithoutPaths { #expect(list.clean == list.interactions.clean) }
            if list.interactions.situation == .empty { #expect(list.clean.allSatisfy { $0 < 0 }) }
            #expect(list.paths.candidates.count == list.rows && list.relevant.count <= 3)
        }
    }

    @Test func aGateOfOtherScorersIsRefusedWithBothNames() throws {
        let scorers = try #require(Self.scorers)
        let path = FileManager.default.temporaryDirectory.path + "/gate-\(UUID().uuidString).json"
        try Data(GateWeights(GateShape(scorers: [.init(id: "x", scale: .logit)])).json.utf8).write(to: URL(fileURLWithPath: path))
        let evaluation = JointGateEvaluation(.init(gate: path, mamba: scorers.mamba, paths: scorers.paths))
        let error = #expect(throws: EngineError.self) { try evaluation.run() }
        #expect(error?.message.contains("weighs x; planted worlds ask heuristic, mamba, s4d-paths") == true)
    }
}
