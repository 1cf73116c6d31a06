import Evaluation
import Foundation
import Storage
import Testing

@testable import Engine

/// The front door: what a folder is told from, what is refused, and how rankers are compared.
@Suite struct DataEvaluationTests {
    private func folder(_ files: [String: String]) throws -> String {
        let folder = FileManager.default.temporaryDirectory.path + "/mneme-data-\(UUID().uuidString)/set"
        for (name, text) in files {
            let file = URL(fileURLWithPath: "\(folder)/\(name)")
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            guard !name.hasSuffix(".npy") else { continue }
            let gzip = Process()
            gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            gzip.arguments = ["gzip", "-f", file.path]
            try gzip.run()
            gzip.waitUntilExit()
        }
        return folder
    }

    private static let memory = #"{"conv":"c","id":"D1:1","session":1,"turn":1,"ts":"2023-05-08T13:56:00","speaker":"Ann","text":"Hi"}"#
    /// Two users, pages 10 and 11.
    private static let stream = "user\tpage\tts\n" + (0..<18).map { "\(1 + $0 % 2)\t\(10 + $0 % 2)\t\($0 * 100)\n" }.joined()

    @Test func folderIsRecognisedByItsFiles() throws {
        let kinds = [
            ("conversations", ["dev/memories.jsonl": Self.memory]), ("stream", ["dev/events.tsv": Self.stream]),
            ("sequences", ["dev/sequences.tsv": "user\titems\n1\t1 2 3\n"]),
            ("paths", ["entities.tsv": "id\n", "dev/dev_paths.jsonl": ""]), ("accesses", ["dev/repo.events.jsonl": "{}"]),
        ]
        for (kind, files) in kinds {
            let folder = try folder(files)
            #expect(try DataFolder(folder).kind == kind)
            #expect(try DataFolder(folder + "/dev").kind == kind, "its part alone")
        }
    }

    @Test func whatIsNoDataSaysWhatWouldBe() throws {
        let bandit = try folder(["dev/log.tsv": "a\n"])
        try Data("{}".utf8).write(to: URL(fileURLWithPath: bandit + "/dev/policies.json"))
        let several = try folder(["one/dev/events.tsv": Self.stream, "two/dev/events.tsv": Self.stream])
        for (folder, says) in [
            (bandit, "bandit"), (several, "one, two"), (NSTemporaryDirectory() + "/none", "no such folder"),
            (try folder(["x": ""]), "dev/events.tsv.gz"), (try folder(["dev/memories.jsonl": "{\"a\":1}"]), "no known schema"),
        ] {
            let error = #expect(throws: EngineError.self) { try DataFolder(folder) }
            #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
        }
    }

    @Test func optionThatWouldBeIgnoredIsRefused() throws {
        var evaluation = DataEvaluation(folder: try folder(["dev/events.tsv": Self.stream]))
        evaluation.weights = "/w"
        let error = #expect(throws: EngineError.self) { try evaluation.run { _, _, _ in } }
        #expect(error?.message.contains("stream, which takes no --weights") == true)
        evaluation = DataEvaluation(folder: try folder(["dev/sequences.tsv": "user\titems\n1\t1 2 3\n"]))
        evaluation.tier = "inline"
        #expect(throws: EngineError.self) { try evaluation.run { _, _, _ in } }
    }

    @Test func walkForwardKnowsOnlyThePast() throws {
        var evaluation = DataEvaluation(folder: try folder(["dev/events.tsv": Self.stream]))
        evaluation.resamples = 100
        let table = try #require(try evaluation.run { _, _, _ in }.first)
        // The last ninth of 18 events; each user always takes their own page.
        #expect(table.queries == 2 && table.units == 2)
        let reciprocal = table.rows.map { $0.figures[3].mean }
        let names = table.rows.map(\.ranker)
        #expect(names.first == "popularity" && !names.contains("last contact either way + backoff"))
        #expect(reciprocal[2] == 1 && reciprocal[0] < 1)
        #expect(table.strata?.queries == [0, 0, 2, 0, 0])
    }

    @Test(arguments: [("1\t10\t5\n2\t10\t4\n", "back in time"), ("1\t10\n", "columns"), ("1\t10\t1\n", "at least 9")])
    func brokenStreamIsRefusedWithItsPlace(_ lines: String, _ says: String) throws {
        let file = try folder(["dev/events.tsv": "user\tpage\tts\n" + lines]) + "/dev/events.tsv.gz"
        let error = #expect(throws: EngineError.self) { try InteractionStream(file: file) }
        #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
    }

    @Test func streamAmongPeopleCountsEveryoneAsChoosable() throws {
        let lines = (0..<9).map { "\(1 + $0 % 3)\t\(2 + $0 % 3)\t\($0)\n" }.joined()
        let stream = try InteractionStream(file: folder(["dev/events.tsv": "a\tb\tt\n" + lines]) + "/dev/events.tsv.gz")
        #expect(stream.isMutual && stream.items == [1, 2, 3, 4] && stream.item(of: 3) == 2 && stream.item(of: 9) == nil)
    }

    @Test func everyMetricHasItsOwnBestBaseline() {
        var comparison = Comparison(["a", "b"])
        comparison.resamples = 200
        let rows = comparison.rows([
            RankerRun("one", isBaseline: true, values: [[1, 1, 1, 0], [0, 0, 0, 0]]),
            RankerRun("two", isBaseline: true, values: [[0, 0, 0, 0], [1, 0, 1, 1]]),
            RankerRun("learned", isBaseline: false, values: [[1, 1, 1, 1], [1, 1, 1, 1]]),
        ])
        #expect(rows[2].figures.map { $0.difference?.baseline } == ["one", "two"])
        #expect(rows[2].figures.map { $0.difference?.mean } == [0.25, 0.25])
        #expect(rows[0].figures[0].difference == nil && rows[0].figures[1].difference?.mean == -0.75)
    }

    @Test func withoutABaselineThereIsNothingToDifferFrom() {
        let rows = Comparison(["a"]).rows([RankerRun("learned", isBaseline: false, values: [[1, 0]])])
        #expect(rows[0].figures[0].difference == nil && rows[0].figures[0].mean == 0.5)
    }

    @Test func macroWeightsMakePartsCountAlike() {
        let weights = Comparison.macroWeights(parts: [0, 0, 0, 1])
        let values = [1.0, 1, 1, 0]
        #expect(abs(zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / 4 - 0.5) < 1e-12)
    }

    @Test func vectorsOfHalvesAreReadAndOtherArraysRefused() throws {
        func file(_ header: String, _ bytes: [UInt8]) throws -> String {
            let folder = try folder(["x": ""])
            let text = header + "\n"
            var data = Data([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(text.utf8.count), 0])
            data += Data(text.utf8) + Data(bytes)
            try data.write(to: URL(fileURLWithPath: folder + "/v.npy"))
            return folder + "/v.npy"
        }
        let header = "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 2), }"
        // 1, 0 and 0.5, -1.
        let bytes: [UInt8] = [0, 0x3C, 0, 0, 0, 0x38, 0, 0xBC]
        let vectors = try #require(try HalfVectors(file: file(header, bytes)))
        #expect(vectors.count == 2 && vectors.width == 2)
        #expect(vectors.product(0, vectors, 1) == 0.5 && vectors.product(1, vectors, 1) == 1.25)
        #expect(try HalfVectors(file: "/nowhere.npy") == nil)
        for (header, bytes) in [
            (header, [UInt8](bytes.dropLast())), (header.replacingOccurrences(of: "<f2", with: "<f4"), bytes),
            (header.replacingOccurrences(of: "(2, 2)", with: "(99999999, 99999999)"), bytes), ("{}", []),
        ] { #expect(throws: EngineError.self) { try HalfVectors(file: file(header, bytes)) } }
    }

    /// Through the real host: the heuristic's library twice, in two modes.
    @Test func scorersOfOnesOwnAreMeasuredAloneAndCombined() throws {
        let questions = #"{"conv":"c","qid":"q1","question":"Hi?","category":1,"category_name":"single","evidence":["D1:1"],"asked_at":"2023-06-01T00:00:00"}"#
        let folder = try folder(["dev/memories.jsonl": Self.memory + "\n", "dev/queries.jsonl": questions + "\n"])
        let libraries = try SequenceTests.products()
        func plugins(_ library: String) -> (text: String, path: String) {
            let scorers = ["bounded", "effective"].map {
                #"{ "id": "\#($0)", "library": "\#(library)", "tier": "inline", "options": { "mode": "\#($0)" } }"#
            }
            return (
                #"{ "version": 1, "trust": { "unpinned": "allow", "writableByOthers": "warn" }, "paths": { "plugins": ["\#(libraries)"] }, "scorers": [\#(scorers.joined(separator: ", "))] }"#,
                folder + "/plugins.json"
            )
        }
        var evaluation = DataEvaluation(folder: folder)
        (evaluation.resamples, evaluation.pluginFolders) = (100, [libraries])
        evaluation.plugins = plugins("libHeuristicScorer.so")
        let table = try #require(try evaluation.run { _, _, _ in }.first)
        let names = table.rows.map(\.ranker)
        #expect(names.suffix(3) == ["plugins: bounded", "plugins: effective", "plugins: all, combined"])
        #expect(table.rows.suffix(3).allSatisfy { !$0.isBaseline && $0.degraded.isEmpty && !$0.scorers.isEmpty })
        #expect(table.rows.first { $0.ranker == "F1" }?.isBaseline == true, "the bar, as soon as somebody is measured")
        evaluation.plugins = plugins("libNobody.so")
        let error = #expect(throws: EngineError.self) { try evaluation.run { _, _, _ in } }
        #expect(error?.message.contains("isn't served") == true)
    }

    @Test func textRankersFindTheWordsThatAreRare() {
        func memory(_ text: String, _ at: Int64) -> (memory: NewMemory, row: Int) {
            (NewMemory(text: text, createdAtMilliseconds: at), 0)
        }
        let documents = TextDocuments([memory("the cat sat", 1), memory("the dogs ran", 2), memory("the cat ran home", 3)])
        #expect(documents.order(documents.scores("Where did the DOG go?")).first == 1, "stems, in any case")
        #expect(documents.order([0, 0, 0]) == [2, 1, 0], "equal scores newer first")
        #expect(TextDocuments.minMax([1, 3, 2]) == [0, 1, 0.5] && TextDocuments.minMax([2, 2]) == [2, 2])
    }
}
