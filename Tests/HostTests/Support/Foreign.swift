import Foundation
import Glibc
import Host
import Platform
import Testing

extension Sandbox {
    /// A host with one foreign scorer, x.
    func foreignHost(
        _ foreign: String, library: String? = nil, sha256: String? = nil, more: String = "",
        rest: String = "",
        columns: [String] = Sandbox.columns
    ) throws -> ScorerHost {
        let path = try library ?? Fixtures.library("foreign")
        let hash = try sha256 ?? SHA256.hexadecimal(of: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
        let text = """
            { "version": 1, "paths": { "objects": "objects" }, "turn": { "scoringBudgetMilliseconds": 1000 },
              "scorers": [ { "id": "x", "foreign": { "path": "\(path)", "sha256": "\(hash)", \(foreign) }\(more) } ]\(rest) }
            """
        return try ScorerHost.start(
            plugins: write(text), HostEnvironment(offeredColumns: columns, floor: .test).unhurried)
    }
}

/// Descriptions of functions, for `foreignHost`.
enum Foreign {
    /// libm as this process has it.
    static var libm: String {
        get throws {
            var place = platform_symbol_info()
            let handle = try #require(dlopen("libm.so.6", RTLD_NOW))
            let symbol = try #require(dlsym(handle, "pow"))
            try #require(platform_dladdr(symbol, &place) != 0)
            return String(cString: try #require(place.file))
        }
    }

    static let decay = """
        "symbol": "pow", "call": "per-row", "returns": "f64", "scale": "probability",
        "arguments": [ { "type": "f64", "constant": 0.95 }, { "type": "f64", "column": "a@1" } ],
        "golden": [ { "row": { "a@1": 0 }, "score": 1.0 },
                    { "row": { "a@1": 10 }, "score": 0.5987369392383787, "tolerance": 1e-12 } ]
        """

    static let rankRows = """
        "symbol": "rank_rows", "call": "batch", "returns": "void", "scale": "rank-only",
        "arguments": [ { "type": "f32*", "rows": ["b@1", "a@1"] }, { "type": "i32", "value": "row-count" },
                       { "type": "i32", "value": "column-count" }, { "type": "f32*", "output": "score" } ],
        "golden": [ { "row": { "a@1": 1, "b@1": 0 }, "score": 2 }, { "row": { "a@1": 3, "b@1": 0.5 }, "score": 6.5 } ]
        """

    /// A per-row function of column a.
    static func ofA(_ symbol: String, golden: String = Foreign.goldenOfA) -> String {
        """
        "symbol": "\(symbol)", "call": "per-row", "returns": "f64", "scale": "rank-only",
        "arguments": [ { "type": "f64", "column": "a@1" } ],
        "golden": \(golden)
        """
    }

    static let goldenOfA =
        "[ { \"row\": { \"a@1\": 0 }, \"score\": 0 }, { \"row\": { \"a@1\": 1 }, \"score\": 1 } ]"

    /// A batch function of column a: rows, count, output.
    static func batchOfA(_ symbol: String) -> String {
        """
        "symbol": "\(symbol)", "call": "batch", "returns": "void", "scale": "rank-only",
        "arguments": [ { "type": "f32*", "rows": ["a@1"] }, { "type": "i32", "value": "row-count" },
                       { "type": "f32*", "output": "score" } ],
        "golden": \(goldenOfA)
        """
    }

    static func golden(_ rows: (a: Double, b: Double, score: Double)...) -> String {
        "\"golden\": ["
            + rows.map { "{ \"row\": { \"a@1\": \($0.a), \"b@1\": \($0.b) }, \"score\": \($0.score) }" }
            .joined(separator: ", ") + "]"
    }
}

/// Whether it becomes true within some seconds.
func eventually(seconds: Double = 5, _ isTrue: () -> Bool) -> Bool {
    let end = platform_monotonic_ns() + Int64(seconds * 1e9)
    while platform_monotonic_ns() < end {
        if isTrue() { return true }
        usleep(2_000)
    }
    return isTrue()
}
