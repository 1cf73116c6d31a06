import Host
import PluginABI
import PluginHarness
import Testing

/// Examples/rust.
@Suite(Tool.needs(.rust)) struct GraphDistanceTests {
    private static let columns = ["memory.is_graph_traversal@1", "memory.log_structural_density@1"]

    @Test func aRowThatTheGraphDidNotReachIsLeftToTheFloor() throws {
        let host = try serve(try example("rust/graph_distance.so"), offering: Self.columns)
        try #require(host.refusal == nil, "\(String(describing: host.refusal))")
        let turn = host.score([
            ["memory.is_graph_traversal@1": 1, "memory.log_structural_density@1": 2], [:],
            ["memory.is_graph_traversal@1": 1],
        ])
        #expect(turn.answeredBy == ["x 1.0.0", "@floor test"] && turn.degraded.isEmpty)
        #expect(turn.origins == [0, 1, 0])
        // Two hops: 0.5; less 0.05 · 2.
        #expect(turn.scores[0] == 0.4 && turn.scores[2] == 0.5 && turn.scores[1] < 0.4)
        #expect(turn.outcomes[0].faults.abstained == 1)
        #expect(turn.parts[0].map(\.value).isClose(to: [0.5, -0.1]))
    }

    /// By the harness: this host sends no paths yet. Guard pages stand behind every array.
    @Test func theShortestPathCounts() throws {
        let request = Request(rows: [[0, 0], [1, 0], [0, 0]], parts: 2, rowPadding: 1)
        // Row 0 has paths of 3 and 1 hops, row 1 none, row 2 one of 2.
        request.batch.pointer.pointee.path_offsets = list(request, [0, 2, 2, 3])
        request.batch.pointer.pointee.hop_offsets = list(request, [0, 3, 4, 6])
        try model().score(request)
        #expect(request.values == [1, nil, 0.5])
        #expect(request.abstains(1) && !request.abstains(0))
        #expect(request.parts(2) == [0.5, 0])
    }

    @Test func aPanicEndsAtTheBoundary() throws {
        let request = Request(rows: [[1, 0]])
        // Offsets that run out: indexing panics, and the panic becomes a status.
        request.batch.pointer.pointee.path_offsets = list(request, [0, 9])
        request.batch.pointer.pointee.hop_offsets = list(request, [0, 1])
        let refusal = try #require(throws: Refusal.self) { try model().score(request) }
        #expect(refusal.status == MNEME_INTERNAL && refusal.message.hasPrefix("the scorer panicked"))
    }

    private func model() throws -> PluginModel {
        let table = try PluginFile(path: example("rust/graph_distance.so")).load()
        return try PluginModel(
            table,
            PluginHarness.Configuration(
                options: [.number(0.5), .integer(2), .number(0.05)], columns: Self.columns))
    }

    private func list(_ request: Request, _ entries: [UInt32]) -> mneme_array {
        request.input(entries, MNEME_U32, rows: entries.count, columns: 1)
    }
}
