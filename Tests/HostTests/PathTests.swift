import Foundation
import Host
import Platform
import PluginABI
import Testing

/// Paths reach the scorers that were granted them, in every tier, and what each is worth comes back.
@Suite struct PathTests {
    private static let grant = ", \"grants\": [\"paths\"]"

    private func host(_ tier: String, more: String = PathTests.grant, rest: String = "", gate: Bool = false) throws
        -> (ScorerHost, Sandbox)
    {
        let sandbox = try Sandbox()
        let path = try sandbox.write(
            """
            { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
              "turn": { "scoringBudgetMilliseconds": 1000\(rest) },
              "scorers": [ { "id": "x", "library": "\(Fixtures.library("good_paths"))", "tier": "\(tier)"\(more) } ] }
            """)
        var environment = HostEnvironment.test
        environment.offeredHopColumns = ["g@1", "h@1"]
        environment.usesLoadGate = gate
        return (try ScorerHost.start(plugins: path, environment), sandbox)
    }

    /// Row r has r mod 3 paths of one to four hops; h@1 counts up over all hops, g@1 is what nobody asked to sum.
    private func block(rows: Int) -> PathBlock {
        var block = PathBlock(columns: ["g@1", "h@1"])
        var next: Float = 0
        for row in 0..<rows {
            block.append(
                row: (0..<row % 3).map { path in
                    (
                        UInt64(100 * row + path),
                        (0...(row + path) % 4).map { hop in
                            next += 1
                            return PathBlock.Hop(id: UInt64(hop + 1), kind: UInt8(1 + hop), values: [-1000, next])
                        }
                    )
                })
        }
        return block
    }

    /// What the fixture must say, and what of each path.
    private func expected(_ block: PathBlock) -> (rows: [Float?], paths: [Float]) {
        let paths = (0..<block.pathCount).map { path in
            block.hops(path).reduce(Float(block.hopKinds[block.hops(path).upperBound - 1])) { $0 + block.values[2 * $1 + 1] }
        }
        return ((0..<block.rowCount).map { block.paths($0).map { paths[$0] }.max() }, paths)
    }

    @Test(arguments: ["inline", "watched", "process"], [4096, 7])
    func everyTierIsSentThePathsAndGivesBackWhatEachIsWorth(tier: String, rowsPerCall: Int) throws {
        let (host, sandbox) = try host(tier, rest: ", \"rowsPerCall\": \(rowsPerCall)")
        defer { withExtendedLifetime(sandbox) {} }
        let block = block(rows: 50)
        let expected = expected(block)
        let turn = host.score(rows: 50) { $0.paths = block }
        let outcome = try #require(turn.outcomes.first)
        let sheet = try #require(outcome.sheet, "\(turn.degraded)")
        for row in 0..<50 {
            if let value = expected.rows[row] {
                #expect(sheet.status(row) == .ok && sheet.value(row) == value + Float(row))
            } else {
                #expect(sheet.status(row) == .abstained)
            }
        }
        #expect((0..<sheet.pathCount).map { sheet.path($0) } == expected.paths)
        // The next turn knows of no path: nothing of this one's may be left.
        let next = host.score(rows: 50)
        #expect(next.outcomes.first?.sheet?.pathCount ?? 0 == 0)
        #expect(next.outcomes.first?.goodRows == 0)
    }

    @Test func withoutTheGrantAScorerThatRequiresPathsIsRefused() throws {
        let (host, _) = try host("inline", more: "")
        #expect(host.refusal()?.description.contains("it requires paths; granted: none") == true)
    }

    @Test func aHostThatKnowsNoHopColumnsRefusesWhoRequiresPaths() throws {
        let host = try Sandbox().host("good_paths", Self.grant)
        #expect(host.refusal()?.description.contains("which this host doesn't send") == true)
    }

    @Test func assetsThatUseNoPathsAreNotSentAny() throws {
        let (host, sandbox) = try host("inline", more: Self.grant + ", \"options\": { \"deaf\": true }")
        defer { withExtendedLifetime(sandbox) {} }
        let turn = host.score(rows: 6) { $0.paths = block(rows: 6) }
        #expect(turn.outcomes.first?.faults.abstained == 6)
    }

    @Test func tooMuchOfAGraphIsRefusedWithBothNumbers() throws {
        let (host, sandbox) = try host("inline")
        defer { withExtendedLifetime(sandbox) {} }
        func degraded(_ change: (inout PathBlock) -> Void) -> String {
            var block = PathBlock(columns: ["g@1", "h@1"])
            change(&block)
            return host.score(rows: 1) { $0.paths = block }.degraded.joined()
        }
        let hop = PathBlock.Hop(id: 1, kind: 1, values: [0, 0])
        let long = Array(repeating: hop, count: PathLimits.hopsPerPath + 1)
        #expect(degraded { $0.append(row: [(1, long)]) }.contains("path 0 has 33 hops; allowed: 32"))
        let many = Array(repeating: (UInt64(1), [hop]), count: PathLimits.pathsPerRow + 1)
        #expect(degraded { $0.append(row: many) }.contains("row 0 has 257 paths; allowed: 256"))
        #expect(degraded { $0.append(row: [(1, [])]) }.contains("path 0 has no hop"))
        let infinite = PathBlock.Hop(id: 1, kind: 1, values: [0, .infinity])
        #expect(degraded { $0.append(row: [(1, [infinite])]) }.contains("isn't finite"))
        #expect(degraded { _ in }.contains("0 rows"))
    }

    @Test func theLoadGateJudgesAPathScorerByGoldenRecords() throws {
        let record = """
            , "golden": [ { "row": { "a@1": 1 }, "paths": [[{ "h@1": 1 }, { "h@1": 2, "g@1": 9 }], [{ "h@1": 5 }]], "score": 10 } ]
            """
        let (host, sandbox) = try host("inline", more: Self.grant + record, gate: true)
        defer { withExtendedLifetime(sandbox) {} }
        #expect(host.refusal() == nil)
        let (wrong, _) = try self.host("inline", more: Self.grant + record.replacing("\"score\": 10", with: "\"score\": 8"), gate: true)
        #expect(wrong.refusal()?.description.contains("scored 10.0; the record says 8.0") == true)
        let (foreign, _) = try self.host("inline", more: Self.grant + record.replacing("g@1", with: "q@1"), gate: true)
        #expect(foreign.refusal()?.description.contains("hop column q@1, which isn't sent; sent: h@1, g@1") == true)
    }
}
