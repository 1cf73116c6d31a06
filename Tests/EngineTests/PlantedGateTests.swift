import Foundation
import Host
import StateSpace
import Testing

@testable import Engine

/// Weights files that a trainer might hand over, good and bad, through the real libMambaScorer.so and plugins.json.
@Suite(.serialized) struct PlantedGateTests {
    private let gate: WeightsGate

    init() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/mneme-planted-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        gate = WeightsGate(folder: folder)
    }

    @Test(arguments: [0, 1]) func weightsThatFindWhatWasPlantedGoLive(layers: Int) throws {
        try write(good(layers: layers))
        let engine = try gate.engine()
        let plugin = try #require(engine.host.configuration.plugins.first)
        let report = try #require(plugin.gate, "\(plugin.state)")
        let world = try #require(report.checks.first { $0.name == "planted-world" })
        let nothing = try #require(report.checks.first { $0.name == "nothing-relevant" })
        #expect(world.outcome == .passed && nothing.outcome == .passed, "\(world.detail); \(nothing.detail)")
        print("gate, \(layers) layers: \(report.milliseconds) ms in all; \(world.detail); \(nothing.detail)")
        // No golden record, no column that only rises: the worlds alone show which way up it ranks.
        #expect(report.passed.filter { ["monotone", "golden"].contains($0.name) }.isEmpty)
    }

    enum Damage: String, CaseIterable { case negated, random, truncated, alwaysCertain }

    @Test(arguments: Damage.allCases, [0, 1]) func badWeightsAreRefusedByNameAndTheIncumbentStays(damage: Damage, layers: Int) throws {
        try write(good(layers: layers))
        let engine = try gate.engine()
        let incumbent = engine.host.configuration.plugins.first?.gate?.checks
        #expect(incumbent != nil)
        try write(good(layers: layers), damage)
        let started = ContinuousClock.now
        let report = try engine.reload(cause: "test")
        let took = ContinuousClock.now - started
        #expect(report.outcome == "refused")
        let names = [Damage.negated: "planted-world: ", .random: "planted-world: ", .truncated: "weights", .alwaysCertain: "nothing-relevant: "]
        #expect(report.summary.contains(names[damage] ?? "?"), "\(report.summary)")
        #expect(engine.host.configuration.plugins.first?.gate?.checks == incumbent)
        #expect(engine.host.configuration.plugins.first?.state == .serving)
        print("\(damage.rawValue), \(layers) layers: refused after \(took / .milliseconds(1)) ms: \(report.summary)")
    }

    @Test func weightsForAnotherKindOfStoreCanBeSparedTheWorlds() throws {
        try write(good(layers: 0), .negated)
        let engine = try gate.engine(gate: ", \"worlds\": []", rest: ", \"golden\": { \"path\": \"\(gate.weights).golden.json\" }")
        let report = try #require(engine.host.configuration.plugins.first?.gate)
        #expect(report.notChecked.contains { $0.name == "planted-world" && $0.detail == "loadGate.worlds is empty" })
    }

    // MARK: Weights

    /// What an oracle would weigh, as far as columns show it, per column; logits.
    private static let weights: [(column: String, weight: Float)] = [
        ("context.is_focal@1", 2.7), ("context.dow_lift@1", 1.2), ("context.hour_lift@1", 0.8), ("context.burst_lift@1", 0.5),
        ("context.coact_lift@1", 0.6), ("context.decay_4d@1", 2), ("memory.newer_versions@1", -1.6), ("memory.log_age_days@1", -0.45),
        ("memory.importance@1", 2), ("memory.log_access_count@1", 0.3), ("text.context@1", 0.32),
    ]
    private static let bias: Float = -4.4

    private func good(layers: Int) throws -> ScorerFile {
        let columns = Self.weights.map(\.column)
        let events = ["event.log_gap_s@1", "event.focal_count@1", "event.was_referenced@1"]
        let shape = ScorerShape(
            eventColumns: events.count, rowColumns: columns.count, codeWidth: layers == 0 ? 0 : 16,
            mixer: MixerShape(width: 8, state: 4, timeDecay: true), layers: layers, readers: layers == 0 ? 0 : 4, pointwise: 0)
        let place = ScorerParameters(shape)
        var random = SplitMix64(seed: 5)
        let values = FloatBuffer(place.layout.count)
        // The trunk is random and its say small: what it remembers must not spoil what the columns say.
        place.initialize(values.start, shape: shape, using: &random)
        for entry in place.layout.entries {
            if entry.name == "head.bias" { values.start[entry.range.lowerBound] = Self.bias }
            guard entry.name == "head.features.weight" else { continue }
            // Columns first, what the trunk expects behind them.
            for (index, (_, weight)) in Self.weights.enumerated() { values.start[entry.range.lowerBound + index] = weight }
        }
        return ScorerFile(
            description: ScorerDescription(eventColumns: events, rowColumns: columns, stateID: 1), shape: shape,
            scales: ScorerScales(events: .identity(events.count), rows: .identity(columns.count)), values: values.array)
    }

    private func write(_ file: ScorerFile, _ damage: Damage? = nil) throws {
        let place = ScorerParameters(file.shape)
        var values = file.values
        var random = SplitMix64(seed: 11)
        for entry in place.layout.entries where entry.name.hasPrefix("head.") {
            for index in entry.range {
                switch damage {
                case .negated: values[index] = -values[index]
                // Weights without a direction.
                case .random: values[index] = Float(random.normal())
                case .alwaysCertain: if entry.name == "head.bias" { values[index] = 6 }
                case .truncated, nil: break
                }
            }
        }
        let made = ScorerFile(description: file.description, shape: file.shape, scales: file.scales, values: values)
        let path = gate.weights
        try gate.write(made)
        try ScorerGolden.write(made, rows: [values.prefix(file.shape.rowColumns).map(abs)], to: path)
        guard damage == .truncated else { return }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.prefix(bytes.count * 2 / 3).write(to: URL(fileURLWithPath: path))
    }
}
