import Foundation
import Host
import Platform
import Synchronization

/// A folder with plugins.json and objects of its own.
struct Bench {
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "/mneme-bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// Written beside and renamed into place, as package managers do it.
    func place(_ bytes: [UInt8], _ name: String) throws {
        let path = "\(folder)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        chmod(path, 0o755)
    }

    func write(_ scorer: String, rest: String = "") throws -> String {
        let path = "\(folder)/plugins.json"
        let text = """
            { "version": 1, "paths": { "objects": "objects" }, "trust": { "unpinned": "allow" },
              "turn": { "scoringBudgetMilliseconds": 1000 }, "scorers": [ \(scorer) ]\(rest) }
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        return path
    }

    static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
}

/// Any column that is asked for, from a seed; rows are told apart by it.
func benchColumns(_ rows: Int) -> @Sendable ([String]) -> ColumnBlock {
    { names in
        var values = [Float](repeating: 0, count: rows * names.count)
        for row in 0..<rows {
            for (place, name) in names.enumerated() {
                let word = name.utf8.reduce(UInt32(row) &* 2_654_435_761) { ($0 ^ UInt32($1)) &* 16_777_619 }
                values[row * names.count + place] = name.hasPrefix("memory.is_") ? Float(word & 1) : Float(word % 1000) / 500
            }
        }
        return ColumnBlock(rowCount: rows, columnCount: names.count, values: values, present: names.map { _ in 1 })
    }
}

func benchRequest(_ rows: Int) -> ScoringRequest {
    ScoringRequest(rowIDs: (1...UInt64(rows)).map { $0 }, nowMilliseconds: 1_700_000_000_000)
}

/// Every event uses three of sixty memories.
struct BenchEvents: EventSource {
    static func ids(_ number: UInt64) -> [UInt64] { (0..<3).map { (number &* 2_654_435_761 &+ $0 &* 40_503) % 60 + 1 } }

    func events(session: UInt64, from first: UInt64, through last: UInt64, columns: [String], embeddings: Bool) -> EventBlock? {
        let numbers = Array(first...last)
        let ids = numbers.map(Self.ids)
        return EventBlock(
            firstSequence: first, timesMilliseconds: numbers.map { 1_699_990_000_000 + Int64($0) * 10_000 },
            columnCount: columns.count, features: numbers.flatMap { number in columns.map { _ in Float(number % 7) / 7 } },
            idOffsets: (0...numbers.count).map { UInt32(3 * $0) }, ids: ids.flatMap { $0 }, roles: ids.flatMap { _ in [4, 3, 3] as [UInt8] })
    }
}

func residentKilobytes() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (Int(text.split(separator: " ").dropFirst().first ?? "0") ?? 0) * 4
}

func percentile(_ sorted: [Int64], _ share: Double) -> Double {
    sorted.isEmpty ? 0 : Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1000
}

final class Count: Sendable {
    private let value = Atomic<Int>(0)
    func add(_ number: Int = 1) { value.add(number, ordering: .relaxed) }
    var now: Int { value.load(ordering: .relaxed) }
}

/// Ends the run with a reason: a benchmark whose set-up fails has no figure to give.
func stop(_ reason: String) -> Never {
    FileHandle.standardError.write(Data("runtime-bench: \(reason)\n".utf8))
    exit(1)
}
