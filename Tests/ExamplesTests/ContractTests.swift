import PluginABI
import PluginHarness
import Testing

/// What every example owes the header, shown by calls against guard pages.
@Suite struct ContractTests {
    struct Subject: Sendable, CustomTestStringConvertible {
        let library: String
        let tool: Tool
        let options: [Double]
        let columns: [String]
        var testDescription: String { library }
    }

    static let subjects = [
        Subject(
            library: "c/logistic.so", tool: .c, options: [-2, 3, 2, 1, -0.2],
            columns: [
                "text.coverage@1", "vector.cosine@1", "memory.importance@1", "memory.log_age_days@1",
            ]),
        Subject(
            library: "cpp/bm25plus.so", tool: .cpp, options: [0.9, 0.3, 0.5, 25, 3, 1],
            columns: ["text.context@1"]),
        Subject(
            library: "rust/graph_distance.so", tool: .rust, options: [0.5, 2, 0.05],
            columns: ["memory.is_graph_traversal@1", "memory.log_structural_density@1"]),
        Subject(
            library: "swift/.build/release/libRecencyFrequency.so", tool: .swift, options: [30, 0.25, 1, 60],
            columns: ["memory.age_days@1", "memory.log_access_count@1"]),
    ].filter { Tool.make.path != nil && $0.tool.path != nil }

    @Test(arguments: subjects) func aCancelledCallStopsAtOnce(_ subject: Subject) throws {
        let request = try self.request(subject, rows: 600)
        request.cancelNow()
        #expect(try model(subject).score(request) == MNEME_CANCELLED)
        #expect(request.rowsDone == 0 && request.values.allSatisfy { $0 == nil })
    }

    @Test(arguments: subjects) func everyRowIsAnsweredAndItsPartsAddUp(_ subject: Subject) throws {
        let model = try model(subject)
        let request = try self.request(subject, rows: 600, parts: Int(model.info.part_count))
        #expect(try model.score(request) == MNEME_OK && request.rowsDone == 600)
        let uneven = (0..<600).filter { row in
            let parts = request.parts(row).reduce(0) { $0 + Double($1 ?? .nan) }
            // The contract's own tolerance; written so that a NaN counts as uneven.
            return !request.abstains(row) && !(abs(parts - Double(request.value(row) ?? .nan)) <= 1e-5)
        }
        #expect(uneven.isEmpty)
    }

    /// Scope "row": without its neighbours, and in another place, a row scores the same.
    @Test(arguments: subjects) func aRowScoresAloneAsItDoesInCompany(_ subject: Subject) throws {
        let model = try model(subject)
        let company = try request(subject, rows: 40)
        try model.score(company)
        let alone = try request(subject, rows: 1, from: 39)
        alone.batch.pointer.pointee.row_ids = alone.input([UInt64(40)], MNEME_U64, rows: 1, columns: 1)
        try model.score(alone)
        #expect(alone.value(0) == company.value(39) && alone.abstains(0) == company.abstains(39))
    }

    @Test(arguments: subjects) func anotherSchemaIsRefused(_ subject: Subject) throws {
        let request = try self.request(subject, rows: 1)
        request.batch.pointer.pointee.schema = 1
        let refusal = try #require(throws: Refusal.self) { try model(subject).score(request) }
        #expect(refusal.status == MNEME_SCHEMA)
    }

    private func model(_ subject: Subject) throws -> PluginModel {
        let table = try PluginFile(path: example(subject.library)).load()
        return try PluginModel(
            table,
            PluginHarness.Configuration(
                options: subject.options.map { .number($0) }, columns: subject.columns))
    }

    /// Rows that differ from each other, and texts for the one that reads them.
    private func request(_ subject: Subject, rows: Int, from first: Int = 0, parts: Int = 0) throws -> Request
    {
        let range = first..<first + rows
        let width = subject.columns.count
        let request = Request(
            rows: range.map { row in (0..<width).map { Float((row * 7 + $0 * 3) % 11) / 4 } }, parts: parts,
            rowPadding: 2)
        let texts = range.map { row in Array("backup number \(row) of the office".utf8) }
        let offsets = texts.reduce(into: [UInt32(0)]) { $0.append($0[$0.count - 1] + UInt32($1.count)) }
        let target = request.batch.pointer
        target.pointee.row_text_offsets = request.input(
            offsets, MNEME_U32, rows: offsets.count, columns: 1)
        let bytes = texts.flatMap(\.self)
        target.pointee.row_text_bytes = request.input(bytes, MNEME_U8, rows: bytes.count, columns: 1)
        let query = Array("which backup 7".utf8)
        target.pointee.query_text = request.input(query, MNEME_U8, rows: query.count, columns: 1)
        return request
    }
}
