import Foundation
import Glibc
import Host
import Platform
import Testing
import Wire

/// Functions that know nothing of Mneme, in real workers.
@Suite(.serialized) struct ForeignTests {
    /// Its objects must stay while a worker may have to be restarted from them.
    private let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    private func served(_ foreign: String, library: String? = nil, more: String = "", rest: String = "")
        throws -> ScorerHost
    {
        let host = try sandbox.foreignHost(foreign, library: library, more: more, rest: rest)
        #expect(host.refusal() == nil, "\(String(describing: host.refusal()))")
        return host
    }

    @Test func powOfTheMathLibraryRanksAsDecay() throws {
        let turn = try served(Foreign.decay, library: Foreign.libm).score(rows: 300)
        #expect(turn.degraded.isEmpty, "\(turn.degraded)")
        #expect(turn.scores == (0..<300).map { Float(pow(0.95, Double($0))) })
    }

    @Test func theExampleOfThePageServesAsItStands() throws {
        let page = try String(
            contentsOf: Fixtures.root.appending(path: "docs/foreign-functions.md"), encoding: .utf8)
        let blocks = page.components(separatedBy: "```json").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        let path = try Foreign.libm
        let hash = SHA256.hexadecimal(of: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        let pinned = blocks.map { $0.replacingOccurrences(of: "SHA256", with: hash) }
        let entry = try #require(pinned.first).replacingOccurrences(
            of: "/lib/x86_64-linux-gnu/libm.so.6", with: path)
        let host = try ScorerHost.start(
            plugins: sandbox.write(
                "{ \"version\": 1, \"paths\": { \"objects\": \"objects\" }, \"scorers\": [ \(entry) ] }"),
            HostEnvironment(offeredColumns: ["memory.age_days@1"], floor: .test).unhurried)
        #expect(host.configuration.plugins.map(\.state) == [.serving])
        // The second names a library that isn't here; it must still be well written.
        let whole = "{ \"version\": 1, \"scorers\": [ \(pinned.joined(separator: ",")) ] }"
        #expect(try PluginsFile.read(bytes: Array(whole.utf8), path: "page").scorers.count == 2)
    }

    @Test func answersNameTheScorerAndTheFirstDigitsOfItsHash() throws {
        let host = try served(Foreign.rankRows)
        let hash = SHA256.hexadecimal(of: try Fixtures.bytes("foreign"))
        #expect(host.score(rows: 3).answeredBy == ["x \(hash.prefix(12))"])
        #expect(host.configuration.plugins.map(\.tier) == [.process])
        #expect(host.health["x"]?.walls == ["landlock", "first filter", "second filter"])
    }

    @Test func aBatchFunctionGetsItsColumnsInItsOrder() throws {
        // b = 10 · row, a = row.
        #expect(try served(Foreign.rankRows).score(rows: 1000).scores == (0..<1000).map { Float(12 * $0) })
        // More rows than one call takes.
        #expect(try served(Foreign.rankRows).score(rows: 5000).scores == (0..<5000).map { Float(12 * $0) })
    }

    @Test func aBatchMayTakeTwoVectorsOfDoublesAndReturnAStatus() throws {
        let blend = """
            "symbol": "blend", "call": "batch", "returns": "i32", "scale": "logit",
            "arguments": [ { "type": "f64*", "rows": ["a@1"] }, { "type": "f64*", "rows": ["b@1"] },
                           { "type": "f64", "constant": 0.25 }, { "type": "i64", "value": "row-count" },
                           { "type": "f64*", "output": "score" } ],
            \(Foreign.golden((a: 4, b: 0, score: 1), (a: 0, b: 4, score: 3)))
            """
        let expected = (0..<100).map { (row: Int) -> Float in Float(7.75 * Double(row)) }
        #expect(try served(blend).score(rows: 100).scores == expected)
    }

    @Test func floatsAndIntegersCrossAsDeclared() throws {
        let ratio = """
            "symbol": "ratio", "call": "per-row", "returns": "f32", "scale": "rank-only",
            "arguments": [ { "type": "f32", "column": "b@1" }, { "type": "f32", "column": "a@1" } ],
            \(Foreign.golden((a: 1, b: 3, score: 1.5), (a: 3, b: 1, score: 0.25)))
            """
        let expected = (0..<9).map { (row: Int) -> Float in Float(10 * row) / Float(1 + row) }
        #expect(try served(ratio).score(rows: 9).scores == expected)
        // Columns are rounded to the nearest integer; a negative i32 comes back negative.
        let whole = """
            "symbol": "whole", "call": "per-row", "returns": "i32", "scale": "rank-only",
            "arguments": [ { "type": "i32", "column": "a@1" }, { "type": "i64", "column": "b@1" } ],
            \(Foreign.golden((a: 1.6, b: 5, score: -3), (a: 3e9, b: 0, score: 2_147_483_647), (a: -4, b: -3e9, score: -1_294_967_300)))
            """
        #expect(try served(whole).score(rows: 5).scores == [0, -9, -18, -27, -36])
    }

    @Test func moreArgumentsThanRegistersArriveInTheirPlaces() throws {
        let types = ["f64", "f32", "i32", "i64", "f64", "f32", "i32", "i64", "f64", "f32"]
        let arguments = types.enumerated().map { index, type in
            index == 9
                ? "{ \"type\": \"\(type)\", \"column\": \"a@1\" }"
                : "{ \"type\": \"\(type)\", \"constant\": \(index + 1) }"
        }
        // Σ (n + 1)² for the nine constants, and 10 a.
        let many = """
            "symbol": "with_many", "call": "per-row", "returns": "f64", "scale": "rank-only",
            "arguments": [ \(arguments.joined(separator: ", ")) ],
            "golden": [ { "row": { "a@1": 0 }, "score": 285 }, { "row": { "a@1": 1 }, "score": 295 } ]
            """
        #expect(try served(many).score(rows: 3).scores == [285, 295, 305])
    }

    @Test func rowsWithoutAFiniteNumberAreLeftOut() throws {
        let turn = try served(Foreign.ofA("not_a_number_past_two")).score(rows: 6)
        #expect(turn.answeredBy.first?.hasPrefix("x ") == true)
        #expect(turn.degraded.contains { $0.contains("3 rows without a finite number") }, "\(turn.degraded)")
    }

    @Test func aCrashCostsOneAnswerAndTheWorkerComesBack() throws {
        let host = try served(Foreign.ofA("crashes_past_two"))
        let first = host.score(rows: 6)
        #expect(first.answeredBy == ["@floor test"] && first.degraded.contains { $0.contains("SIGSEGV") })
        #expect(eventually { host.health["x"]?.restarts == 1 })
        let second = host.score(rows: 3)
        #expect(second.scores == [0, 1, 2] && second.degraded.isEmpty)
    }

    @Test func aLateCallIsCancelledBetweenRowsAndTheWorkerStays() throws {
        // 3,000 rows take 3 s and more; the cancel word is looked at every 256.
        let host = try served(
            Foreign.ofA("slow_past_two"), more: ", \"deadlineMilliseconds\": 20, \"graceMilliseconds\": 2500")
        let turn = host.score(rows: 3000)
        #expect(turn.answeredBy == ["@floor test"] && turn.degraded.contains { $0.contains("late") })
        #expect(eventually { host.health["x"]?.drained == 1 })
        #expect(host.health["x"]?.restarts == 0)
        #expect(host.score(rows: 3).scores == [0, 1, 2])
    }

    @Test func aHangIsKilledAtItsHardDeadline() throws {
        let host = try served(
            Foreign.ofA("hangs_past_two"), more: ", \"deadlineMilliseconds\": 20, \"graceMilliseconds\": 30")
        #expect(host.score(rows: 6).answeredBy == ["@floor test"])
        #expect(eventually { host.health["x"]?.restarts == 1 })
        #expect(host.score(rows: 3).scores == [0, 1, 2])
    }

    @Test func aDamagedDescriptionIsNoFunction() {
        var order = ForeignOrder()
        order.symbol = "f"
        order.columnCount = 2
        order.arguments = [
            .constant(.i64, -1), .column(.f32, 1), .rows(.f64, [1, 0]), .count(.i32, .columns), .output(.f32),
        ]
        let bytes = order.encoded
        #expect(bytes.withUnsafeBytes { try? ForeignOrder(decoding: $0) } == order)
        for length in bytes.indices {
            #expect(bytes[..<length].withUnsafeBytes { try? ForeignOrder(decoding: $0) } == nil)
        }
        order.columnCount = 1
        #expect(order.encoded.withUnsafeBytes { try? ForeignOrder(decoding: $0) } == nil)
    }
}
