import Evaluation
import Foundation

/// Walks a stream forward: before every event of its last part all items are ranked from the events before it.
struct StreamEvaluation {
    static let metrics: [RankingMetric] = [.hitRate5, .hitRate10, .reciprocalRank10, .reciprocalRank, .dcg10]

    var file: String
    var comparison = Comparison(Self.metrics.map(\.rawValue))

    init(file: String) { self.file = file }

    func run(progress: (_ done: Int, _ total: Int) -> Void) throws -> ComparisonTable {
        let stream = try InteractionStream(file: file)
        let rankers = StreamBaseline.fitting(stream)
        var places = [[Int]](repeating: [], count: rankers.count)
        var strata: [Int] = []
        var users: [Int64: Int] = [:]
        var clusters: [Int] = []
        var walk = StreamWalk(items: stream.items.count)
        let total = stream.events.count - stream.firstAsked
        for (number, event) in stream.events.enumerated() {
            if number >= stream.firstAsked {
                for (place, ranker) in rankers.enumerated() {
                    places[place].append(ranker.place(of: event.item, for: event, in: walk))
                }
                strata.append(ColdStart.stratum(earlierEvents: walk.eventCount[event.user] ?? 0))
                let next = users.count
                clusters.append(users[event.user, default: next])
                users[event.user] = clusters[clusters.count - 1]
                if strata.count % 1000 == 0 { progress(strata.count, total) }
            }
            walk.record(event, in: stream)
        }
        let runs = zip(rankers, places).map { ranker, places in
            RankerRun(ranker.rawValue, isBaseline: true, places.compactMap { RankedQuery(goldRanks: [$0], goldCount: 1) }, Self.metrics)
        }
        var comparison = comparison
        comparison.clusters = clusters
        return ComparisonTable(
            dataset: URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent().path, kind: "stream",
            task: """
                before each event of the part that is asked, all \(stream.items.count) items are ranked from the events before it; \
                what is chosen counts, whether it was chosen before or not
                """,
            queries: total, unit: "users", units: users.count, intervalMethod: comparison.method("users"),
            rows: comparison.rows(runs), strata: comparison.strata(runs, of: strata))
    }
}
