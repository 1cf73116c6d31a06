import Foundation
import Host
import Synchronization
import Testing

let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

/// Builds an example in its own folder, as its README says, and returns the library's path.
///
/// Once per process and one at a time: tests run side by side, and two compilers may not write one file.
func example(_ library: String) throws -> String {
    try built.withLock { built in
        let language = String(library.split(separator: "/")[0])
        if built.insert(language).inserted { try make(in: "\(repository)/Examples/\(language)") }
        return "\(repository)/Examples/\(library)"
    }
}

private let built = Mutex<Set<String>>([])

/// A folder that goes away with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/mneme-examples-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A host that serves one library; `more` is JSON behind `"library": …`.
func serve(
    _ library: String, _ more: String = "", rowsPerCall: Int = 4096, offering columns: [String]
) throws -> ScorerHost {
    let folder = try TemporaryFolder()
    let file = "\(folder.path)/plugins.json"
    try """
    { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
      "turn": { "scoringBudgetMilliseconds": 1000, "rowsPerCall": \(rowsPerCall) },
      "scorers": [ { "id": "x", "library": "\(library)"\(more) } ] }
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let host = try ScorerHost.start(
        plugins: file,
        HostEnvironment(
            offeredColumns: columns,
            floor: FloorScorer(
                version: "test", columns: [], partNames: [],
                score: { block in [Float](repeating: 0, count: block.rowCount) }, parts: { _, _ in [] })))
    return host
}

extension ScorerHost {
    /// Why it isn't served; nil = it is.
    var refusal: LoadError? {
        guard case .refused(let error) = configuration.plugins.first?.state else { return nil }
        return error
    }

    /// Scores rows of named columns, with parts.
    func score(
        _ rows: [[String: Float]], _ change: (inout ScoringRequest) -> Void = { _ in }
    ) -> TurnScores {
        var request = ScoringRequest(
            rowIDs: rows.indices.map { UInt64($0) + 1 }, nowMilliseconds: 1_700_000_000_000)
        request.wantsParts = true
        change(&request)
        return score(request) { names in
            ColumnBlock(
                rowCount: rows.count, columnCount: names.count,
                values: rows.flatMap { row in names.map { row[$0] ?? 0 } }, present: names.map { _ in 1 })
        }
    }
}

extension [Float] {
    /// Scores are sums of a few float32: 1e-5 relative is the contract's own tolerance for parts.
    func isClose(to wanted: [Float]) -> Bool {
        count == wanted.count && zip(self, wanted).allSatisfy { abs($0 - $1) <= 1e-5 * Swift.max(1, abs($1)) }
    }
}
