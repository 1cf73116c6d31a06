import Features
import Foundation
import Heuristic
import StateSpace
import Testing

@testable import Engine

/// `libS4DPathScorer.so` behind the host: what it says is what its model says when it is called here.
@Suite(.serialized) struct S4DPathScorerTests {
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/mneme-s4d-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    /// The products lie beside the test's own executable.
    private static let library: String = {
        let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: executable ?? "").deletingLastPathComponent().path + "/libS4DPathScorer.so"
    }()

    private static func model(
        noPath: PathConfiguration.NoPath = .learned, residual: PathConfiguration.Residual = .none,
        columns: [String] = ["path.importance@1", "path.edge_strength@1"]
    ) -> PathModel {
        let configuration = PathConfiguration(
            size: PathConfiguration.Size.tiny.shape, columns: columns,
            hopTables: [
                .init(column: "path.relation@1", rows: 8, width: 4),
                .init(column: "path.entity_slot@1", rows: 1024, scale: 1024, width: 2),
            ],
            queryTables: [.init(column: "query.relation@1", rows: 8, width: 3)], noPath: noPath, residual: residual)
        return PathModel(configuration, values: PathParameters(configuration).initialValues(configuration, seed: 11))
    }

    private func engine(_ tier: String, golden: String = "") throws -> Engine {
        let text = """
            { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
              "turn": { "scoringBudgetMilliseconds": 2000 }, "loadGate": { "timeoutMilliseconds": 20000 },
              "scorers": [{ "id": "s4d", "library": "\(Self.library)", "tier": "\(tier)", "grants": ["paths"],
                            "deadlineMilliseconds": 2000,
                            "assets": { "weights": { "path": "w.safetensors" } }\(golden) }],
              "combiner": { "kind": "first" } }
            """
        return try Engine(databasePath: folder + "/store.db", configuration: (text, folder + "/plugins.json"))
    }

    /// A record of a row without a path: the gate asks for one, and the model answers it with a constant.
    private func golden(_ model: PathModel) -> String {
        var inputs = PathInputs()
        // Nothing else is known of the row, so the heuristic sees what stands for that.
        let heuristic = Heuristic(parameters: HeuristicParameters(), columns: HeuristicColumn.names)
        inputs.endRow(query: [3], heuristic: heuristic.score(HeuristicColumn.allCases.map(\.absent)))
        let activations = PathActivations(model.configuration)
        model.score(inputs, with: activations)
        return ", \"golden\": [{ \"row\": { \"query.relation@1\": 3 }, \"score\": \(activations.rows[0]) }]"
    }

    /// 300 candidates with up to five paths of up to seven hops.
    private static let candidates: [CallerCandidate] = {
        var random = SplitMix64(seed: 4)
        return (0..<300).map { place in
            var candidate = CallerCandidate(id: "c\(place)")
            candidate.text = "a text of \(place) words"
            candidate.columns = ["query.relation@1": Float(place % 10), "text.context@1": Float(place % 7)]
            candidate.paths = (0..<place % 6).map { _ in
                CallerPath(
                    hops: (0...Int(random.next() % 7)).map { hop in
                        var made = CallerHop(id: "h\(random.next() % 50)")
                        if hop % 3 < 2 {
                            made.columns = [
                                "path.importance@1": Float(random.unit()), "path.relation@1": Float(random.next() % 12),
                                "path.entity_slot@1": Float(random.next() % 1024) / 1024,
                            ]
                        }
                        return made
                    })
            }
            return candidate
        }
    }()

    private func expected(_ model: PathModel) -> (rows: [Float], paths: [Float]) {
        let configuration = model.configuration
        let places = configuration.columns.compactMap { PathCatalog.index[$0] }
        let tables = configuration.hopTables.compactMap { table in PathCatalog.index[table.column].map { ($0, table) } }
        var inputs = PathInputs()
        for candidate in Self.candidates {
            for path in candidate.paths {
                for hop in path.hops {
                    var values = PathCatalog.absentValues
                    for (name, value) in hop.columns { if let place = PathCatalog.index[name] { values[place] = value } }
                    inputs.append(columns: places.map { values[$0] }, indices: tables.map { $1.index(values[$0]) })
                }
                inputs.endPath(hops: path.hops.count)
            }
            inputs.endRow(query: configuration.queryTables.map { $0.index(candidate.columns["query.relation@1"] ?? 0) })
        }
        let activations = PathActivations(configuration)
        model.score(inputs, with: activations)
        return (activations.rows, activations.paths)
    }

    private func ask(_ engine: Engine, _ query: String = "") throws -> Ranking {
        var request = ScoreRequest()
        request.query = query
        request.candidates = Self.candidates
        request.nowMilliseconds = 0
        request.utcOffsetSeconds = 0
        request.explain = true
        request.scorers = ["s4d"]
        return try engine.score(request)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: library), "swift build --product S4DPathScorer"), arguments: ["inline", "process"])
    func theHostHearsWhatTheModelSays(tier: String) throws {
        let model = Self.model()
        try model.write(to: folder + "/w.safetensors")
        let engine = try engine(tier, golden: golden(model))
        #expect(engine.plugins().first?.state == "live", "\(engine.plugins().first?.reason ?? "")")
        let ranking = try ask(engine)
        #expect(ranking.degraded == [] && ranking.scorers == ["s4d 1.0.0"])
        let expected = expected(model)
        var path = 0
        let byID = Dictionary(uniqueKeysWithValues: ranking.memories.map { ($0.id, $0) })
        for (row, candidate) in Self.candidates.enumerated() {
            let memory = try #require(byID[candidate.id])
            // The plugin cuts its calls elsewhere than this one: last bits of sums in vectors.
            #expect(abs(memory.score - expected.rows[row]) <= 1e-5 * max(1, abs(expected.rows[row])))
            for said in memory.paths {
                let score = try #require(said.scores.first { $0.name == "s4d" }?.value)
                #expect(abs(score - expected.paths[path]) <= 1e-5 * max(1, abs(score)))
                path += 1
            }
        }
        #expect(path == expected.paths.count && path > 500)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: library), "swift build --product S4DPathScorer"))
    func whereTheWeightsSaySoItIsAResidualOnTheHeuristic() throws {
        let model = Self.model(residual: .heuristic)
        let plain = Self.model()
        try model.write(to: folder + "/w.safetensors")
        let record = golden(model)
        let engine = try engine("inline", golden: record)
        #expect(engine.plugins().first?.state == "live", "\(engine.plugins().first?.reason ?? "")")
        let byID = Dictionary(uniqueKeysWithValues: try ask(engine, "something").memories.map { ($0.id, $0.score) })
        let paths = expected(plain).rows
        for (one, other) in [(6, 36), (10, 5)] {
            // A new model adds the heuristic's score whole. Of two memories alike in all but text.context it differs by
            // that, within the hundredth by which recency moves it.
            let difference = try #require(byID["c\(one)"]) - (try #require(byID["c\(other)"]))
            let texts = Float(one % 7) - Float(other % 7)
            #expect(abs(difference - (paths[one] - paths[other]) - texts) < 0.03 * abs(texts))
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: library), "swift build --product S4DPathScorer"))
    func weightsThatDoNotFitAreRefusedWithBothShapes() throws {
        let model = Self.model()
        func reason(_ change: (inout [String: String]) -> Void) throws -> String {
            var writer = SafetensorsWriter(metadata: model.configuration.metadata)
            change(&writer.metadata)
            model.parameters.layout.add(model.values, to: &writer)
            try writer.write(to: folder + "/w.safetensors")
            return try engine("inline").plugins().first?.reason ?? "live"
        }
        let channels = try reason { $0["channels"] = "64" }
        #expect(channels.contains("[32, 11]") && channels.contains("[64, 11]"), "\(channels)")
        #expect(try reason { $0["layers"] = "3" }.contains("s4_layers.2"))
        #expect(try reason { $0["model"] = "mamba" }.contains("found mamba, allowed: s4d-paths"))
        #expect(try reason { $0["readout"] = "last" }.contains("mean, mean_max"))
        let columns = try reason { $0["columns"] = "path.importance@1 path.colour@1" }
        #expect(columns.contains("columns missing: path.colour@1") && columns.contains("offered: path.log_age_days@1"), "\(columns)")
        #expect(try reason { $0["hop_tables"] = "path.relation@1:8:1" }.contains("column:rows:scale:width"))
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: library), "swift build --product S4DPathScorer"))
    func aRowWithoutAPathAbstainsWhereTheWeightsSayNothingOfIt() throws {
        try Self.model(noPath: .abstain).write(to: folder + "/w.safetensors")
        let hop = "{ \"path.relation@1\": 2 }"
        let model = Self.model(noPath: .abstain)
        var inputs = PathInputs()
        var values = PathCatalog.absentValues
        values[PathCatalog.index["path.relation@1"] ?? 0] = 2
        inputs.append(
            columns: model.configuration.columns.map { values[PathCatalog.index[$0] ?? 0] },
            indices: model.configuration.hopTables.map { $0.index(values[PathCatalog.index[$0.column] ?? 0]) })
        inputs.endPath(hops: 1)
        inputs.endRow(query: [0])
        let activations = PathActivations(model.configuration)
        model.score(inputs, with: activations)
        let engine = try engine(
            "inline", golden: ", \"golden\": [{ \"row\": {}, \"paths\": [[\(hop)]], \"score\": \(activations.rows[0]) }]")
        #expect(engine.plugins().first?.state == "live", "\(engine.plugins().first?.reason ?? "")")
        let ranking = try ask(engine)
        // 50 of 300 have none: the floor places them, and is named.
        #expect(ranking.scorers.count == 2 && ranking.scorers[1].hasPrefix("@floor"))
        let worst = ranking.memories.sorted { $0.rank < $1.rank }.suffix(50)
        #expect(worst.allSatisfy { $0.paths.isEmpty })
    }
}
