import Foundation
import Host

/// A folder with a plugins.json and an object store of its own.
final class Sandbox {
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.path + "/mneme-host-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func write(_ text: String, _ name: String = "plugins.json") throws -> String {
        try write(Array(text.utf8), name)
    }

    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    static let columns = ["a@1", "b@1"]

    /// A host with these scorers: JSON fragments behind `"id": …, "library": …`.
    func host(
        _ scorers: [(id: String, library: String, more: String)], rest: String = "",
        columns: [String] = Sandbox.columns, gate: Bool = false
    ) throws -> ScorerHost {
        let entries = scorers.map { "{ \"id\": \"\($0.id)\", \"library\": \"\($0.library)\"\($0.more) }" }
        let text = """
            { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
              "turn": { "scoringBudgetMilliseconds": 1000 },
              "scorers": [ \(entries.joined(separator: ",\n")) ]\(rest) }
            """
        var environment = HostEnvironment.test
        environment.offeredColumns = columns
        environment.usesLoadGate = gate
        environment.gateMeasuresTime = gate
        return try ScorerHost.start(plugins: write(text), environment)
    }

    func host(_ fixture: String, _ more: String = "", rest: String = "", gate: Bool = false) throws -> ScorerHost {
        try host([("x", Fixtures.library(fixture), more)], rest: rest, gate: gate)
    }
}

extension HostEnvironment {
    /// Without the load gate: what a bad scorer does while it serves is what most tests are about.
    static var test: HostEnvironment {
        var environment = HostEnvironment(offeredColumns: Sandbox.columns, floor: .test).unhurried
        environment.usesLoadGate = false
        return environment
    }
}

extension FloorScorer {
    /// −row under a column of its own, so that a test sees who ranked.
    static let test = FloorScorer(
        version: "test", columns: ["b@1"], partNames: ["minus-b"],
        score: { block in block.values.map { -$0 } }, parts: { block, row in [-block.values[row]] })
}

/// Rows a = row, b = 10 · row.
func request(_ rows: Int) -> ScoringRequest {
    ScoringRequest(rowIDs: (0..<UInt64(rows)).map { $0 + 1 }, nowMilliseconds: 1_700_000_000_000)
}

func columns(_ rows: Int) -> ([String]) -> ColumnBlock {
    { names in
        var values: [Float] = []
        for row in 0..<rows {
            for name in names { values.append(name == "b@1" ? Float(10 * row) : Float(row)) }
        }
        return ColumnBlock(
            rowCount: rows, columnCount: names.count, values: values, present: names.map { _ in 1 })
    }
}

extension ScorerHost {
    func score(rows: Int, _ change: (inout ScoringRequest) -> Void = { _ in }) -> TurnScores {
        var asked = request(rows)
        change(&asked)
        return score(asked, columns: columns(rows))
    }

    /// Why scorer x isn't served; nil = it is.
    func refusal(_ id: String = "x") -> LoadError? {
        guard case .refused(let error) = configuration.plugins.first(where: { $0.id == id })?.state else {
            return nil
        }
        return error
    }
}

extension HostEnvironment {
    /// For tests: the gate judges everything but speed.
    var unhurried: HostEnvironment {
        var environment = self
        environment.gateMeasuresTime = false
        return environment
    }
}
