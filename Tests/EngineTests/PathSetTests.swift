import Features
import Foundation
import StateSpace
import Testing
import Training

@testable import Engine

/// A small graph in the layout of data/kgpaths: who trains and who judges read the same columns.
@Suite struct PathSetTests {
    let folder: String

    /// Entities 0…5, relations 0 knows, 1 owns; gz as the files are.
    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/mneme-paths-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder + "/dev", withIntermediateDirectories: true)
        try write("entities.tsv", """
            id\tname\tout_degree\tin_degree\tdistinct_neighbours\tcommunity
            0\tann\t3\t0\t2\t0
            1\tbob\t1\t2\t2\t0
            2\tcar\t0\t2\t2\t1
            3\tdog\t0\t1\t1\t1
            4\teve\t1\t0\t1\t0

            """)
        try write("relations.tsv", """
            id\tname\ttrain_count\tdistinct_heads\tdistinct_tails\ttails_per_head\theads_per_tail\tsymmetric_share
            0\tknows\t3\t2\t1\t2.0\t1.0\t0
            1\towns\t2\t2\t1\t1.0\t4.0\t0

            """)
        try write("dev/graph_train.tsv", "head\trelation\ttail\n0\t0\t1\n0\t0\t3\n4\t0\t1\n0\t1\t2\n1\t1\t2\n")
        // ann owns ?: the car, over knows → owns; the dog, over knows.
        let list = #"{"q":0,"h":0,"r":1,"t":2,"cands":[{"c":3,"y":0,"w":[1],"p":[[0]]},{"c":2,"y":1,"w":[1],"p":[[0,1,1],[0,1,2,4,1]]},{"c":4,"y":0,"w":[],"p":[]}]}"#
        let second = #"{"q":1,"h":4,"r":1,"t":2,"cands":[{"c":2,"y":1,"w":[1],"p":[[0,1,1]]},{"c":3,"y":0,"w":[1],"p":[[0,1,1]]}]}"#
        try write("dev/train_paths.jsonl", list + "\n" + second + "\n")
        try write("dev/dev_paths.jsonl", list + "\n")
    }

    private func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-f", "\(folder)/\(name)"]
        try gzip.run()
        gzip.waitUntilExit()
        #expect(gzip.terminationStatus == 0)
    }

    private func value(_ values: [Float], hop: Int, _ column: String) throws -> Float {
        values[hop * PathCatalog.columns.count + (try #require(PathCatalog.index["path.\(column)@1"]))]
    }

    @Test func columnsAtAHopDescribeThePathSoFar() throws {
        let set = try PathSet(folder: folder, set: nil)
        let lists = try set.training()
        #expect(lists.count == 2 && lists.pathCount == 5)
        let path = lists.paths(1).lowerBound
        var values: [Float] = []
        set.graph.columns(
            head: 0, edges: lists.edges[lists.hops(path)], entities: lists.entities[lists.hops(path)], feedback: 0.25,
            without: nil, into: &values)
        // ann knows two: strength ½; bob owns one. knows has 2 tails per head, owns 1; the car is in another community.
        #expect(try value(values, hop: 0, "edge_strength") == 0.5)
        #expect(try value(values, hop: 1, "edge_strength") == 1)
        #expect(try value(values, hop: 0, "min_edge_confidence") == 0.5)
        #expect(try value(values, hop: 1, "min_edge_confidence") == 0.5)
        #expect(try value(values, hop: 1, "avg_aspect_weight") == 0.75)
        #expect(try value(values, hop: 0, "community_crossings") == 0)
        #expect(try value(values, hop: 1, "community_crossings") == 0.5)
        #expect(try abs(value(values, hop: 1, "log_strength_product") - Float(log(0.5))) < 1e-6)
        #expect(try value(values, hop: 1, "hop_count") == 0.2)
        #expect(try value(values, hop: 1, "focal_distance") == 0.5)
        #expect(try value(values, hop: 1, "relation") == 2)
        #expect(try value(values, hop: 1, "path_feedback") == 0.25)
        #expect(try value(values, hop: 0, "is_constraint") == 0)
        #expect(values.allSatisfy(\.isFinite) && values.count == 2 * PathCatalog.columns.count)
    }

    @Test func aQuestionsOwnEdgeAndOutcomeAreLeftOutWhereItIsTrainedOn() throws {
        let set = try PathSet(folder: folder, set: nil)
        let lists = try set.training()
        let feedback = PathFeedback(lists)
        // (owns; knows, owns): of both lists 2 of 3 candidates are true, of the other list 1 of 2. Shares of length 2: the same.
        let all = feedback.values(of: 0, lists, isOwn: false)
        #expect(abs(all[1] - (2 + 5 * 2.0 / 3) / (3 + 5)) < 1e-6)
        let without = feedback.values(of: 0, lists, isOwn: true)
        #expect(abs(without[1] - (1 + 5 * 1.0 / 2) / (2 + 5)) < 1e-6)
        // Of length 3 nothing else is known.
        #expect(without[2] == 0)
        // The car's only edge from ann is the one asked for: it has a neighbour and an edge less.
        let path = lists.paths(1).lowerBound
        func values(_ removed: KnowledgeGraph.Removed?) -> [Float] {
            var values: [Float] = []
            set.graph.columns(
                head: 0, edges: lists.edges[lists.hops(path)], entities: lists.entities[lists.hops(path)], feedback: 0,
                without: removed, into: &values)
            return values
        }
        let (there, gone) = (values(nil), values(PathSet.removed(0, lists)))
        #expect(try abs(value(there, hop: 1, "log_structural_density") - Float(log(3.0))) < 1e-6)
        #expect(try abs(value(gone, hop: 1, "log_structural_density") - Float(log(2.0))) < 1e-6)
        #expect(try value(gone, hop: 1, "importance") < value(there, hop: 1, "importance"))
        // bob has neither lost.
        #expect(try value(gone, hop: 0, "log_structural_density") == value(there, hop: 0, "log_structural_density"))
        // ann owns the car over an edge of its own, which wasn't there when the paths were found.
        #expect(PathSet.removed(0, lists).tail == 2)
    }

    @Test func trainedWeightsAreReadAndScoreAsTheGoldenRecordsSay() throws {
        var request = PathTraining.Request(folder: folder, output: folder + "/w.safetensors")
        request.size = "tiny"
        request.epochs = 2
        request.batch = 2
        let summary = try PathTraining(request).run { _ in }
        #expect(summary.steps == 2 && summary.lists == 2 && summary.loss.isFinite)
        let model = try PathModel(try SafetensorsFile(path: summary.output))
        #expect(model.configuration.s4d.channels == 32 && model.configuration.noPath == .learned)
        let records = try String(contentsOfFile: summary.golden, encoding: .utf8)
        #expect(records.contains("path.relation@1") && records.contains("\"score\""))
    }

    @Test func aResumedRunEndsInTheSameBits() throws {
        func weights(_ name: String, epochs: [Int]) throws -> Data {
            for (place, count) in epochs.enumerated() {
                var request = PathTraining.Request(folder: folder, output: "\(folder)/\(name).safetensors")
                request.size = "tiny"
                request.batch = 1
                request.threads = 1
                request.epochs = 4
                request.checkpoint = "\(folder)/\(name).checkpoint"
                request.resumes = place > 0
                request.stopAfterEpochs = count
                _ = try PathTraining(request).run { _ in }
            }
            return try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name).safetensors"))
        }
        #expect(try weights("once", epochs: [4]) == weights("twice", epochs: [2, 4]))
    }

    @Test func whatIsNoSetIsRefusedWithTheSetsThatAre() throws {
        #expect(throws: EngineError.self) { try PathSet(folder: "/nowhere", set: nil) }
        let parent = (folder as NSString).deletingLastPathComponent
        do {
            _ = try PathSet(folder: parent, set: "nope")
            Issue.record("it was taken for a set")
        } catch let error as EngineError {
            #expect(error.message.contains((folder as NSString).lastPathComponent), "\(error.message)")
        }
    }

    @Test func aDamagedFileIsNamedWithItsLine() throws {
        try write("dev/dev_paths.jsonl", #"{"q":0,"h":0,"r":9,"t":2,"cands":[]}"# + "\n")
        do {
            _ = try PathSet(folder: folder, set: nil).development()
            Issue.record("it was read")
        } catch let error as EngineError {
            #expect(error.message.contains("dev_paths.jsonl.gz, line 1"), "\(error.message)")
        }
    }
}
