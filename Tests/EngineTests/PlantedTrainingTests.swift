import Foundation
import StateSpace
import Synthetic
import Testing

@testable import Engine

/// Small enough for a debug build: what is learned in seconds.
private func small(threads: Int) -> PlantedTraining {
    var training = PlantedTraining(.small)
    (training.worlds, training.passes, training.batch) = (8, 2, 4)
    (training.width, training.readers, training.pointwise) = (8, 8, 16)
    training.settings.days = 56...56
    training.settings.sessionsPerDay = (2, 1)
    training.canaryWorlds = 0
    training.threads = threads
    return training
}

@Suite struct PlantedTrainingTests {
    @Test func aRunRepeatsToTheBitOnAnyNumberOfThreads() throws {
        let one = try small(threads: 1).run()
        let two = try small(threads: 2).run()
        #expect(one.file.values.map(\.bitPattern) == two.file.values.map(\.bitPattern))
        #expect(one.file.description.stateID == two.file.description.stateID)
        #expect(one.curve == two.curve)
        #expect(try #require(one.curve.last) < one.curve[0], "it learned something")
    }

    @Test func weightsAreReadBackAndJudged() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("planted-\(UUID().uuidString).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var training = small(threads: 2)
        training.layers = 0
        _ = try training.run(to: path) { _, _, _ in }
        var evaluation = PlantedEvaluation(weights: [path])
        (evaluation.worlds, evaluation.resamples) = (4, 100)
        let table = try evaluation.run()
        func value(_ name: String) throws -> Double {
            try #require(table.rows.first { $0.ranker.hasPrefix(name) }).metrics[1].mean
        }
        #expect(try value("oracle") > 0.95)
        #expect(try value("oracle") > value("planted") && value("planted") > value("untrained"))
    }

    @Test func columnsThatWorldsDoNotHaveAreNamed() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("foreign-\(UUID().uuidString).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let shape = ScorerShape(
            eventColumns: 0, rowColumns: 1, codeWidth: 0, mixer: MixerShape(width: 4, state: 4), layers: 0, readers: 0, pointwise: 2)
        let file = ScorerFile(
            description: ScorerDescription(eventColumns: [], rowColumns: ["use.recency_rank@1"], stateID: 1), shape: shape,
            scales: ScorerScales(events: .identity(0), rows: .identity(1)),
            values: [Float](repeating: 0.1, count: ScorerParameters(shape).layout.count))
        try file.writer().write(to: path)
        #expect(throws: EngineError.self) { try CanaryStudy(weights: [path]).run() }
    }

    @Test func sharesOfAListAndOfNothingAddUpToOne() {
        let (rows, none) = PlantedScaling.shares([2, -1, 0.5])
        #expect(abs(rows.reduce(none, +) - 1) < 1e-6)
        #expect(rows[0] > rows[2] && rows[2] > none && none > rows[1])
    }
}
