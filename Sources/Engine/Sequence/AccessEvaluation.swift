import Evaluation
import Features
import Foundation
import Host
import Synchronization

/// Ranks every live item before each event of a stream's last part, through the real library behind the host, with
/// sessions; simple rankers beside it.
package struct AccessEvaluation: Sendable {
    package var folder: String
    /// Weights for `libMambaScorer.so`; nil = the simple rankers alone.
    package var weights: String?
    package var pluginFolders: [String]
    package var tier = "inline"
    /// Where the asking begins.
    package var share = 0.8
    package var seed: UInt64 = 7
    package var resamples = 2000

    package init(folder: String, weights: String?, pluginFolders: [String]) {
        self.folder = folder
        self.weights = weights
        self.pluginFolders = pluginFolders
    }

    package struct Row: Sendable {
        package var ranker: String
        /// Repository, or "macro average".
        package var part: String
        package var queries: Int
        package var metrics: [(name: String, mean: Double, low: Double, high: Double)]
    }

    package struct Table: Sendable {
        package var rows: [Row]
        package var scorer: String
        /// Of one turn through the host: event, columns not included.
        package var medianMicroseconds: Double
        package var slowestMicroseconds: Double
        package var meanCandidates: Double
        package var degraded: [String]
    }

    static let metrics: [RankingMetric] = [.hitRate5, .hitRate10, .recall10, .reciprocalRank10, .dcg10]

    package func run(progress: (_ part: String, _ done: Int, _ total: Int) -> Void) throws -> Table {
        let walked = try walked(progress: progress)
        let rankers = (weights == nil ? [] : ["mamba"]) + AccessBaseline.allCases.map(\.rawValue)
        return Table(
            rows: rankers.flatMap { rows($0, walked.found[$0] ?? [], walked.parts) }, scorer: walked.measured.scorer,
            medianMicroseconds: walked.measured.median, slowestMicroseconds: walked.measured.slowest,
            meanCandidates: walked.measured.meanCandidates, degraded: walked.measured.degraded.sorted())
    }

    /// One question and how a ranker did on it.
    struct Asked {
        var part: String
        var query: RankedQuery
        /// Events of the same actor before it.
        var earlierEvents: Int
    }

    struct Walked {
        var parts: [String]
        /// By ranker, all in the same order.
        var found: [String: [Asked]] = [:]
        var measured = AccessTimes()
    }

    func walked(progress: (_ part: String, _ done: Int, _ total: Int) -> Void) throws -> Walked {
        let streams: [AccessStream]
        switch Result(catching: { () throws(ImportError) in try AccessStream.gitAccess(Dataset(folder: folder)) }) {
        case .success(let read): streams = read
        case .failure(let error): throw EngineError(.invalidInput, error.description)
        }
        let source = MemoryEvents()
        let host = try weights.map {
            try MambaHost.start(weights: $0, tier: tier, pluginFolders: pluginFolders, events: source)
        }
        defer { withExtendedLifetime(host) {} }
        var walked = Walked(parts: streams.map(\.name))
        for stream in streams { try walk(stream, host, source, &walked) { progress(stream.name, $0, $1) } }
        return walked
    }

    private func walk(
        _ stream: AccessStream, _ host: ScorerHost?, _ source: MemoryEvents, _ walked: inout Walked,
        _ progress: (Int, Int) -> Void
    ) throws {
        var walk = AccessWalk(name: stream.name)
        var baselines = AccessBaselines()
        var earlier: [Int: Int] = [:]
        let key = RowID.make("session \(stream.name)", key: 0)
        let first = Int(Double(stream.events.count) * share)
        for (index, event) in stream.events.enumerated() {
            source.append(walk.event(event), session: key)
            if index >= first, let turn = AccessTurn(event, walk) {
                func note(_ ranker: String, _ scores: [Double]) {
                    guard let query = Self.judged(scores, turn, walk) else { return }
                    walked.found[ranker, default: []].append(
                        Asked(part: stream.name, query: query, earlierEvents: earlier[event.actor] ?? 0))
                }
                if let host {
                    let session = SessionTurn(session: key, sequence: UInt64(index + 1))
                    note("mamba", try ask(turn, event, walk, host, session, &walked.measured).map(Double.init))
                }
                for ranker in AccessBaseline.allCases {
                    note(ranker.rawValue, baselines.scores(ranker, turn.candidates, event, walk))
                }
                progress(index - first + 1, stream.events.count - first)
            }
            walk.record(event)
            baselines.record(event)
            earlier[event.actor, default: 0] += 1
        }
    }

    private func ask(
        _ turn: AccessTurn, _ event: AccessStream.Event, _ walk: AccessWalk, _ host: ScorerHost, _ session: SessionTurn,
        _ measured: inout AccessTimes
    ) throws -> [Float] {
        let facts = walk.facts(turn.candidates, at: event)
        var request = ScoringRequest(rowIDs: turn.candidates.map(walk.rowID), nowMilliseconds: event.atMilliseconds)
        request.utcOffsetSeconds = Int32(clamping: event.utcOffsetSeconds)
        request.session = session
        var columnTime = Duration.zero
        let clock = ContinuousClock()
        let start = clock.now
        let answer = host.score(request) { names in
            let began = clock.now
            defer { columnTime += clock.now - began }
            guard let matrix = try? ColumnMatrix(names: names, candidates: facts.candidates, turn: facts.turn) else {
                return ColumnBlock(rowCount: 0, columnCount: 0, values: [], present: [])
            }
            return ColumnBlock(
                rowCount: matrix.rows, columnCount: names.count, values: matrix.values, present: matrix.present)
        }
        measured.add(answer, (clock.now - start - columnTime).milliseconds * 1000, turn.candidates.count)
        return answer.scores
    }

    private static func judged(_ scores: [Double], _ turn: AccessTurn, _ walk: AccessWalk) -> RankedQuery? {
        let order = AccessBaselines.order(scores, turn.candidates, walk)
        let ranks = order.enumerated().filter { turn.gold.contains(turn.candidates[$1]) }.map { $0.offset + 1 }
        return RankedQuery(goldRanks: ranks, goldCount: turn.gold.count)
    }

    /// A line per part; the average counts every part alike, its interval resamples queries within parts.
    private func rows(_ ranker: String, _ queries: [Asked], _ parts: [String]) -> [Row] {
        var rows: [Row] = []
        for part in parts {
            let own = queries.filter { $0.part == part }.map(\.query)
            rows.append(
                Row(
                    ranker: ranker, part: part, queries: own.count,
                    metrics: Self.metrics.map { metric in
                        let interval = BootstrapInterval(Sample(own.map(metric.value)), resamples: resamples, seed: seed)
                        return (metric.rawValue, interval.mean, interval.low, interval.high)
                    }))
        }
        let means = Self.metrics.indices.map { place -> (name: String, mean: Double, low: Double, high: Double) in
            let count = Double(max(rows.count, 1))
            let mean = rows.reduce(0) { $0 + $1.metrics[place].mean } / count
            // Independent parts: variances add up.
            let half = rows.reduce(0) { $0 + pow(($1.metrics[place].high - $1.metrics[place].low) / 2, 2) }.squareRoot() / count
            return (Self.metrics[place].rawValue, mean, mean - half, mean + half)
        }
        rows.append(Row(ranker: ranker, part: "macro average", queries: queries.count, metrics: means))
        return rows
    }
}

/// What turns took and said.
struct AccessTimes {
    private var microseconds: [Double] = []
    private var candidates = 0
    private(set) var degraded: Set<String> = []
    private(set) var scorer = ""

    mutating func add(_ answer: TurnScores, _ time: Double, _ count: Int) {
        microseconds.append(time)
        candidates += count
        if let name = answer.answeredBy.first { scorer = name }
        degraded.formUnion(answer.degraded)
    }

    var median: Double { microseconds.isEmpty ? 0 : microseconds.sorted()[microseconds.count / 2] }
    var slowest: Double { microseconds.max() ?? 0 }
    var meanCandidates: Double { Double(candidates) / Double(max(microseconds.count, 1)) }
}

/// Events of the walks, for the host's sessions.
final class MemoryEvents: EventSource {
    private let stored = Mutex<[UInt64: [StoredAccess]]>([:])

    func append(_ event: StoredAccess, session: UInt64) { stored.withLock { $0[session, default: []].append(event) } }

    func events(session: UInt64, from first: UInt64, through last: UInt64, columns: [String], embeddings: Bool) -> EventBlock? {
        stored.withLock { stored in
            guard let all = stored[session], first >= 1, last <= all.count, first <= last else { return nil }
            let rows = all[Int(first) - 1..<Int(last)]
            var block = EventBlock(
                firstSequence: first, timesMilliseconds: rows.map(\.atMilliseconds), columnCount: columns.count, features: [],
                idOffsets: [0], ids: [], roles: [])
            let places = columns.map { EventCatalog.names.firstIndex(of: $0) ?? Int.max }
            for row in rows {
                for place in places { block.features.append(place < row.features.count ? row.features[place] : 0) }
                block.ids += row.ids
                block.roles += row.roles
                block.idOffsets.append(UInt32(block.ids.count))
            }
            return block
        }
    }
}
