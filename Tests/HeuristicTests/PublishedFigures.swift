import Evaluation
import Features
import Foundation
import Heuristic

/// A prepared dialogue set, read from `data/` beside the checkout or from `/work/shared/data`.
struct DialogueSet {
    struct Memory: Decodable {
        let conv: String
        let id: String
        let session: Int
        let ts: String
        let speaker: String
        let text: String
        let image_caption: String?
    }

    struct Query: Decodable {
        let conv: String
        let question: String
        let evidence: [String]
        let category_name: String
        let asked_at: String?
    }

    let memories: [String: [Memory]]
    let queries: [Query]

    static func folder(_ name: String) -> String? {
        ["data", "../data", "../shared/data", "/work/shared/data"].map { "\($0)/\(name)/dev" }
            .first { FileManager.default.fileExists(atPath: "\($0)/queries.jsonl.gz") }
    }

    init(folder: String) throws {
        let rows: [Memory] = try Self.lines("\(folder)/memories.jsonl.gz")
        memories = Dictionary(grouping: rows, by: \.conv)
        let all: [Query] = try Self.lines("\(folder)/queries.jsonl.gz")
        queries = all.filter { !$0.evidence.isEmpty && $0.category_name != "adversarial" }
    }

    private static func lines<Line: Decodable>(_ path: String) throws -> [Line] {
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", path]
        let pipe = Pipe()
        gzip.standardOutput = pipe
        try gzip.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        gzip.waitUntilExit()
        let decoder = JSONDecoder()
        return try data.split(separator: UInt8(ascii: "\n")).map {
            try decoder.decode(Line.self, from: $0)
        }
    }

    /// "2023-05-08T13:56:00" as UTC.
    static func milliseconds(_ time: String) -> Int64 {
        let parts = time.split { !$0.isNumber }.compactMap { Int($0) }
        var components = DateComponents()
        (components.year, components.month, components.day) = (parts[0], parts[1], parts[2])
        (components.hour, components.minute, components.second) = (parts[3], parts[4], parts[5])
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0)!  // Greenwich exists
        return Int64(calendar.date(from: components)!.timeIntervalSince1970 * 1000)  // six valid parts
    }

    /// Ranks every conversation's memories for each of its questions.
    func ranked(_ parameters: [HeuristicParameters]) throws -> [[RankedQuery]] {
        var results = parameters.map { _ in [RankedQuery]() }
        var pools: [String: (CallerPool, [Int64])] = [:]
        for (conversation, turns) in memories {
            let times = turns.map { Self.milliseconds($0.ts) }
            let candidates = zip(turns, times).map { turn, time in
                var candidate = CallerPool.Candidate(text: turn.text)
                candidate.caption = turn.image_caption
                candidate.author = turn.speaker
                candidate.session = String(turn.session)
                candidate.occurredAtMilliseconds = time
                candidate.facts.createdAtMilliseconds = time
                return candidate
            }
            pools[conversation] = (CallerPool(candidates), times)
        }
        for query in queries {
            guard let (pool, times) = pools[query.conv], let turns = memories[query.conv] else { continue }
            let now = query.asked_at.map(Self.milliseconds) ?? times.max() ?? 0
            let matrix = try pool.features(
                question: query.question, moment: TurnMoment(nowMilliseconds: now)
            ).fill(requested: HeuristicColumns.names(mode: .bounded))
            for (index, choice) in parameters.enumerated() {
                var scores = [Float](repeating: 0, count: turns.count)
                matrix.values.withUnsafeBufferPointer { rows in
                    Heuristic(choice).score(
                        rows: rows.baseAddress!,  // conversations aren't empty
                        count: turns.count, stride: matrix.columnCount, into: &scores)
                }
                let order = Ranking.order(scores: scores, atMilliseconds: times)
                let ranking = order.map { turns[$0].id }
                if let ranked = RankedQuery(ranking: ranking, relevant: Set(query.evidence)) {
                    results[index].append(ranked)
                }
            }
        }
        return results
    }
}
