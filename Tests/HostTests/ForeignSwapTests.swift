import Foundation
import Host
import Testing

/// A foreign function is exchanged as any scorer is: all or nothing, and only what changed.
@Suite(.serialized) struct ForeignSwapTests {
    private let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    /// Writes plugins.json anew; the records are those of 0.95 and 0.9 to the power of ten.
    private func place(constant: String, score: String) throws {
        let entry = Foreign.decay.replacingOccurrences(of: "\"constant\": 0.95", with: "\"constant\": \(constant)")
            .replacingOccurrences(of: "0.5987369392383787", with: score)
        _ = try sandbox.foreignHost(entry, library: Foreign.libm)
    }

    private func host() throws -> ScorerHost { try sandbox.foreignHost(Foreign.decay, library: Foreign.libm) }

    @Test func anotherConstantIsAnotherModel() throws {
        let host = try host()
        #expect(host.reload(cause: "test").outcome == .unchanged)
        try place(constant: "0.9", score: "0.3486784401")
        let report = host.reload(cause: "test")
        #expect(report.outcome == .applied, "\(report.summary)")
        #expect(host.score(rows: 3).scores == [1, 0.9, 0.81])
    }

    @Test func aWrongSignatureLeavesTheIncumbentServing() throws {
        let host = try host()
        try place(constant: "0.9", score: "0.5987369392383787")
        let report = host.reload(cause: "test")
        #expect(report.outcome == .refused && report.summary.contains("is the signature right?"), "\(report.summary)")
        #expect(host.score(rows: 2).scores == [1, 0.95])
    }

    @Test func aFileOfGoldenRecordsIsPartOfTheConfiguration() throws {
        func write(_ score: Int) throws {
            _ = try sandbox.write("[ { \"row\": { \"a@1\": 1 }, \"score\": \(score) } ]", "golden.json")
        }
        try write(1)
        let host = try sandbox.foreignHost(
            Foreign.ofA("slow_past_two", golden: "{ \"path\": \"./golden.json\" }"))
        #expect(host.refusal() == nil && host.reload(cause: "test").outcome == .unchanged)
        try write(2)
        let report = host.reload(cause: "test")
        #expect(report.outcome == .refused && report.summary.contains("expected 2.0, found 1.0"), "\(report.summary)")
        #expect(host.score(rows: 2).scores == [0, 1])
    }
}
