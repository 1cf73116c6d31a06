import Foundation
import Glibc
import Host
import Platform
import Testing

/// Functions that know nothing of Mneme, in real workers.
@Suite(.serialized) struct ForeignTests {
    private let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    /// A host with one foreign scorer, x.
    private func host(
        _ foreign: String, library: String? = nil, sha256: String? = nil, more: String = "", rest: String = ""
    ) throws -> ScorerHost {
        let path = try library ?? Fixtures.library("foreign")
        let hash = try sha256 ?? SHA256.hexadecimal(of: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
        let text = """
            { "version": 1, "paths": { "objects": "objects" }, "turn": { "scoringBudgetMilliseconds": 1000 },
              "scorers": [ { "id": "x", "foreign": { "path": "\(path)", "sha256": "\(hash)", \(foreign) }\(more) } ]\(rest) }
            """
        return try ScorerHost.start(
            plugins: sandbox.write(text), HostEnvironment(offeredColumns: Sandbox.columns, floor: .test))
    }

    /// libm as this process has it.
    private static var libm: String {
        get throws {
            var place = platform_symbol_info()
            let handle = try #require(dlopen("libm.so.6", RTLD_NOW))
            let symbol = try #require(dlsym(handle, "pow"))
            try #require(platform_dladdr(symbol, &place) != 0)
            return String(cString: try #require(place.file))
        }
    }

    private static let decay = """
        "symbol": "pow", "call": "per-row", "returns": "f64", "scale": "probability",
        "arguments": [ { "type": "f64", "constant": 0.95 }, { "type": "f64", "column": "a@1" } ],
        "golden": [ { "row": { "a@1": 0 }, "score": 1.0 },
                    { "row": { "a@1": 10 }, "score": 0.5987369392383787, "tolerance": 1e-12 } ]
        """

    private static let rankRows = """
        "symbol": "rank_rows", "call": "batch", "returns": "void", "scale": "rank-only",
        "arguments": [ { "type": "f32*", "rows": ["b@1", "a@1"] }, { "type": "i32", "value": "row-count" },
                       { "type": "i32", "value": "column-count" }, { "type": "f32*", "output": "score" } ],
        "golden": [ { "row": { "a@1": 1, "b@1": 0 }, "score": 2 }, { "row": { "a@1": 3, "b@1": 0.5 }, "score": 6.5 } ]
        """

    /// A per-row function of column a.
    private static func ofA(_ symbol: String) -> String {
        """
        "symbol": "\(symbol)", "call": "per-row", "returns": "f64", "scale": "rank-only",
        "arguments": [ { "type": "f64", "column": "a@1" } ],
        "golden": [ { "row": { "a@1": 0 }, "score": 0 }, { "row": { "a@1": 1 }, "score": 1 } ]
        """
    }

    @Test func powOfTheMathLibraryRanksAsDecay() throws {
        let host = try host(Self.decay, library: try Self.libm)
        #expect(host.refusal() == nil, "\(String(describing: host.refusal()))")
        let turn = host.score(rows: 300)
        #expect(turn.degraded.isEmpty, "\(turn.degraded)")
        #expect(turn.scores == (0..<300).map { Float(pow(0.95, Double($0))) })
    }

    @Test func aBatchFunctionGetsItsColumnsInItsOrder() throws {
        let host = try host(Self.rankRows)
        #expect(host.refusal() == nil, "\(String(describing: host.refusal()))")
        // b = 10 · row, a = row.
        #expect(host.score(rows: 1000).scores == (0..<1000).map { Float(12 * $0) })
    }
}
