import PluginABI
import PluginHarness
import PluginSDK
import Testing

/// The scorer of the SDK's documentation.
struct ImportanceScorer: Scorer {
    static let options = ["weight"]
    private let importance: Int
    private let weight: Float

    var info: ModelInfo {
        var info = ModelInfo()
        info.partCount = 1
        return info
    }

    init(_ setup: Setup) throws(ScorerError) {
        importance = try setup.columns.require("memory.importance@1")
        weight = Float(try setup.options.number("weight"))
    }

    func score(_ batch: borrowing Batch, into scores: inout Scores) throws(ScorerError) -> Progress {
        for row in 0..<batch.count {
            if row % 512 == 0, batch.isCancelled { return .stopped(at: row) }
            scores[row] = weight * batch.rows[row, importance]
            scores.explain(row, 0, scores[row])
        }
        return .done
    }
}

// Serialized: one library has one scorer, and these tests make several in one process.
extension SDKTests {
    @Suite struct ScorerTests {
        private func importance(_ columns: [String] = ["memory.importance@1"]) throws -> PluginModel {
            let library = Library(ImportanceScorer.self, id: "importance", version: "1.0.0")
            return try PluginModel(library.table, Configuration(options: [.number(2)], columns: columns))
        }

        @Test func scoresEveryRowAndExplainsIt() throws {
            let model = try importance(["memory.other@1", "memory.importance@1"])
            let request = Request(rows: (0..<20).map { [9, Float($0)] }, parts: 1, rowPadding: 3)
            #expect(try model.score(request) == MNEME_OK)
            #expect(request.values == (0..<20).map { Float($0) * 2 })
            #expect(request.parts(7) == [14])
            #expect(request.rowsDone == 20)
            #expect(model.info.part_count == 1)
        }

        @Test func tableNamesTheLibraryAndLeavesOptionalSlotsNull() {
            let table = Library(ImportanceScorer.self, id: "importance", version: "1.2.3").table.pointee
            #expect(table.magic == MNEME_MAGIC && table.struct_size == 104)
            #expect(table.abi_major == 1 && table.abi_minor == 0)
            #expect(String(cString: table.id) == "importance" && String(cString: table.version) == "1.2.3")
            #expect(table.session_open == nil && table.advance == nil && table.observe == nil)
        }

        @Test func missingColumnIsRefusedWithBothLists() throws {
            let refusal = try #require(throws: Refusal.self) { try importance(["memory.importance@2"]) }
            #expect(refusal.status == MNEME_SCHEMA)
            #expect(
                refusal.message == """
                    columns missing: memory.importance@1; needed: memory.importance@1; offered: memory.importance@2
                    """)
        }

        @Test func optionOfAnotherKindOrNumberIsRefused() throws {
            let library = Library(ImportanceScorer.self, id: "importance", version: "1.0.0")
            let text = Configuration(options: [.text("x")], columns: ["memory.importance@1"])
            #expect(
                try #require(throws: Refusal.self) { try PluginModel(library.table, text) }.message
                    == "option weight is a text in the manifest, a number in the scorer")
            let none = Configuration(columns: ["memory.importance@1"])
            #expect(
                try #require(throws: Refusal.self) { try PluginModel(library.table, none) }.status
                    == MNEME_OPTION)
        }

        @Test func cancelIsHonoured() throws {
            let request = Request(rows: (0..<20).map { [Float($0)] })
            request.cancelNow()
            #expect(try importance().score(request) == MNEME_CANCELLED)
            #expect(request.rowsDone == 0 && request.value(0) == nil)
        }

        @Test func messageIsCutAtACharacterBoundary() throws {
            let names = Array(repeating: "größe", count: 200)
            let refusal = try #require(throws: Refusal.self) { try importance(names) }
            #expect(refusal.message.utf8.count <= 503 && !refusal.message.contains("\u{FFFD}"))
        }

        /// What the host may get wrong is refused before the scorer sees it.
        @Test(
            arguments: [
                { $0.batch.pointer.pointee.schema = 1 },
                { $0.batch.pointer.pointee.struct_size = 96 },
                { $0.batch.pointer.pointee.heads = 0 },
                { $0.batch.pointer.pointee.heads = 3 },
                { $0.batch.pointer.pointee.row_features.rows = 21 },
                { $0.batch.pointer.pointee.row_features.cols = 0 },
                { $0.batch.pointer.pointee.row_features.data = nil },
                { $0.batch.pointer.pointee.row_features.type = UInt32(MNEME_F16) },
                { $0.batch.pointer.pointee.row_features.bytes = 79 },
                { $0.batch.pointer.pointee.row_features.stride = 3 },
                { $0.batch.pointer.pointee.row_features.stride = UInt32.max - 3 },
                { $0.scores.pointer.pointee.values.cols = 19 },
                { $0.scores.pointer.pointee.values.data = nil },
                { $0.scores.pointer.pointee.parts.rows = 21 },
                { $0.scores.pointer.pointee.row_status.bytes = 4 },
            ] as [@Sendable (Request) -> Void])
        func brokenRequestIsRefused(_ damage: @Sendable (Request) -> Void) throws {
            let request = Request(rows: (0..<20).map { [Float($0)] }, parts: 1)
            damage(request)
            let refusal = try #require(throws: Refusal.self) { try importance().score(request) }
            #expect(refusal.status < 0 && !refusal.message.isEmpty)
        }
    }
}

@Suite(.serialized) enum SDKTests {}
